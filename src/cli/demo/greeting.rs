//! What a demo says when it is ready: at most 20 lines, ending in commands that work when they are pasted.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use super::state::DemoState;
use crate::cli::shell::{program, quoted};
use crate::cli::terminal::{Color, Style, grouped};

/// Port that needs no naming.
pub(super) const DEFAULT_PORT: u16 = 8_002;
use crate::model::Role;

/// Everything that is said.
pub(super) struct Greeting<'a> {
    pub(super) state: &'a DemoState,
    pub(super) port: u16,
    pub(super) folder: &'a Path,
    pub(super) token_file: &'a Path,
    pub(super) lines: u64,
    pub(super) seeded: Duration,
    pub(super) is_kept: bool,
    /// Tokens are secrets: they are shown to a person, and left out of anything that may be a file.
    pub(super) shows_tokens: bool,
}

impl Greeting<'_> {
    pub(super) fn write(&self, out: &mut impl Write, style: Style) -> io::Result<()> {
        let url = &self.state.url;
        let label = |text: &str| style.paint(Color::Dim, format!("{text:<8}")).to_string();
        let title = style.paint(Color::Bold, concat!("trailproof ", env!("CARGO_PKG_VERSION")));
        let (lines, seconds) = (grouped(self.lines), self.seeded.as_secs_f64());
        let fate = if self.is_kept { "kept at the end" } else { "removed at the end; --keep keeps it" };
        writeln!(out, "{title}   mode: embedded (demo)")?;
        writeln!(out, "  {}  {lines} log lines of the last 24 hours, made in {seconds:.1} s", label("data"))?;
        writeln!(out, "  {}  {}  ({fate})", label("folder"), self.folder.display())?;
        writeln!(out, "  {}  {url}/api/v1/logs/search", label("API"))?;
        writeln!(out, "  {}  {url}/docs  (Swagger UI: Authorize with a token, Try it out)", label("docs"))?;
        writeln!(out, "  {}  {url}/health   {}  {url}/metrics", label("health"), label("metrics"))?;
        self.write_tokens(out, &label("tokens"))?;
        writeln!(out, "\nSomething went wrong three hours ago. In another terminal:")?;
        writeln!(out, "  {}", self.curl())?;
        writeln!(out, "  {}", self.search())?;
        writeln!(out, "Ctrl-C ends the demo.")?;
        out.flush()
    }

    fn write_tokens(&self, out: &mut impl Write, label: &str) -> io::Result<()> {
        if !self.shows_tokens {
            return writeln!(out, "  {label}  {}", self.token_file.display());
        }
        writeln!(out, "  {label}  for this demo only, also in {}", self.token_file.display())?;
        for (role, token) in &self.state.tokens {
            writeln!(out, "    {role:<9} {token}")?;
        }
        Ok(())
    }

    /// The token comes from the file, so that it stays out of the history of the shell.
    fn curl(&self) -> String {
        let file = quoted(&self.token_file.display().to_string());
        let token = format!(r#"$(sed 's/.*"{}":"\([^"]*\)".*/\1/' {file})"#, Role::Sre.as_str());
        let url = &self.state.url;
        format!(
            r#"curl -s -H "Authorization: Bearer {token}" '{url}/api/v1/logs/search?query=level:error&limit=2'"#
        )
    }

    /// On another port it names the server: another demo may run on the usual one.
    fn search(&self) -> String {
        let program = program();
        let server =
            if self.port == DEFAULT_PORT { String::new() } else { format!(" --url {}", self.state.url) };
        format!("{program} search level:error --since 24h{server}")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn greeting(shows_tokens: bool, token_file: &str) -> String {
        let tokens: BTreeMap<_, _> =
            Role::ALL.map(|role| (role.as_str().to_owned(), format!("token-of-{role:?}"))).into();
        let state = DemoState { url: "http://127.0.0.1:1".to_owned(), pid: 1, tokens };
        let greeting = Greeting {
            state: &state,
            port: 1,
            folder: Path::new("/t/demo"),
            token_file: Path::new(token_file),
            lines: 50_000,
            seeded: Duration::from_millis(1_234),
            is_kept: false,
            shows_tokens,
        };
        let mut out = Vec::new();
        greeting.write(&mut out, Style::Plain).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn at_most_twenty_lines_are_said() {
        for shows_tokens in [false, true] {
            let text = greeting(shows_tokens, "/t/demo/tokens.json");

            assert!(text.lines().count() <= 20, "{text}");
        }
    }

    #[test]
    fn tokens_are_shown_to_a_person_and_to_nobody_else() {
        let (shown, hidden) = (greeting(true, "/t/tokens.json"), greeting(false, "/t/tokens.json"));

        for role in Role::ALL {
            assert!(shown.contains(&format!("token-of-{role:?}")), "{shown}");
        }
        assert!(!hidden.contains("token-of-"), "{hidden}");
        assert!(hidden.lines().any(|line| line.trim().ends_with("/t/tokens.json")), "{hidden}");
    }

    #[test]
    fn a_path_with_blanks_stands_in_quotes() {
        let text = greeting(false, "/t/a b/it's/tokens.json");

        assert!(text.contains(r"'/t/a b/it'\''s/tokens.json'"), "{text}");
    }
}
