//! The findings as a person reads them, and as a program does.

use std::fmt::Write as _;

use anyhow::Context as _;
use serde::Serialize;

use crate::cli::terminal::{Color, Style, counted, printable};
use crate::model::{Finding, Verdict};

/// Everything that was found.
#[derive(Default)]
pub(super) struct Report {
    sections: Vec<Section>,
}

/// What was found about one part.
#[derive(Serialize)]
pub(super) struct Section {
    section: &'static str,
    findings: Vec<Finding>,
}

/// The form for programs.
#[derive(Serialize)]
struct Document<'a> {
    /// The worst of all verdicts.
    verdict: Verdict,
    sections: &'a [Section],
}

impl Report {
    pub(super) fn add(&mut self, section: &'static str, findings: Vec<Finding>) {
        self.sections.push(Section { section, findings });
    }

    /// Number of findings that make something not work.
    pub(super) fn count_failed(&self) -> usize {
        self.count(Verdict::Failed)
    }

    fn count(&self, verdict: Verdict) -> usize {
        let findings = self.sections.iter().flat_map(|section| &section.findings);
        findings.filter(|finding| finding.verdict == verdict).count()
    }

    /// One line for each finding, and one below it for what fixes it.
    pub(super) fn text(&self, style: Style) -> String {
        let mut text = String::new();
        for Section { section, findings } in &self.sections {
            let _ = writeln!(text, "{}", style.paint(Color::Bold, section));
            for (number, finding) in findings.iter().enumerate() {
                let (color, mark) = match finding.verdict {
                    Verdict::Ok => (Color::Green, "ok  "),
                    Verdict::Warning => (Color::Yellow, "warn"),
                    Verdict::Failed => (Color::BoldRed, "FAIL"),
                };
                // What a server has said must not move the cursor of its reader.
                let _ = writeln!(text, "  {}  {}", style.paint(color, mark), printable(&finding.message));
                // One command may fix several in a row: it stands below the last.
                let next = findings.get(number + 1);
                if let Some(fix) =
                    finding.fix.as_ref().filter(|_| next.is_none_or(|next| next.fix != finding.fix))
                {
                    let _ = writeln!(text, "        {} {}", style.paint(Color::Dim, "→"), printable(fix));
                }
            }
            text.push('\n');
        }
        let warnings = counted(self.count(Verdict::Warning), "warning");
        let _ = writeln!(text, "{} ok, {warnings}, {} failed", self.count(Verdict::Ok), self.count_failed());
        text
    }

    /// One object.
    pub(super) fn json(&self) -> anyhow::Result<String> {
        let verdicts =
            self.sections.iter().flat_map(|section| &section.findings).map(|finding| finding.verdict);
        let document = Document { verdict: verdicts.max().unwrap_or(Verdict::Ok), sections: &self.sections };
        let mut json = serde_json::to_string_pretty(&document).context("the findings cannot be written")?;
        json.push('\n');
        Ok(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report::default();
        report.add("storage", vec![Finding::ok("disk", "9 MiB are free")]);
        report.add("elasticsearch", vec![Finding::failed("node", "no \x1b[2J answer", "curl x")]);
        report
    }

    #[test]
    fn each_finding_is_followed_by_what_mends_it() {
        assert_eq!(
            report().text(Style::Plain),
            "storage\n  ok    9 MiB are free\n\nelasticsearch\n  FAIL  no \\u{1b}[2J answer\n        → curl x\n\n\
             1 ok, 0 warnings, 1 failed\n"
        );
    }

    #[test]
    fn what_fixes_several_in_a_row_is_said_once() {
        let mut report = Report::default();
        let failed = |message: &str, fix: &str| Finding::failed("privileges", message, fix);
        report.add("x", vec![failed("a", "grant"), failed("b", "grant"), failed("c", "other")]);

        let text = report.text(Style::Plain);

        assert!(
            text.starts_with("x\n  FAIL  a\n  FAIL  b\n        → grant\n  FAIL  c\n        → other\n"),
            "{text}"
        );
    }

    #[test]
    fn programs_get_the_worst_verdict_first() {
        let document: serde_json::Value = serde_json::from_str(&report().json().unwrap()).unwrap();

        assert_eq!(document["verdict"], "failed");
        assert_eq!(document["sections"][1]["findings"][0]["fix"], "curl x");
        assert_eq!(document["sections"][0]["findings"][0].get("fix"), None);
    }
}
