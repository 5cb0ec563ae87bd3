//! `trailproof token`: makes a token with the secret that the server of this configuration accepts.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use aws_lc_rs::rand::SecureRandom;
use clap::Args;

use crate::access::secret::token_secret;
use crate::access::{TokenRules, TokenSigner};
use crate::config::{Config, Flags};
use crate::model::{Micros, Role};

/// Longest life of a token, in seconds: 366 days.
const MAX_TTL_SECONDS: u64 = 366 * 86_400;

const EXAMPLES: &str = "\
Examples:
  export TRAILPROOF_TOKEN=$(trailproof token --role sre --ttl 8h)
  trailproof token --role developer --services gateway,auth-service
  trailproof token --role service --subject shipper --ttl 366d        for a program that sends lines";

/// Arguments of `trailproof token`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct TokenArgs {
    /// Role: viewer, developer, sre, auditor, admin or service; may be repeated.
    #[arg(long = "role", value_name = "ROLE", required = true, value_delimiter = ',', value_parser = parse_role)]
    pub(super) roles: Vec<Role>,
    /// Services that the token is narrowed to; viewer and developer see nothing without.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(super) services: Vec<String>,
    /// How long the token is good: a number with s, m, h or d; at most 366d.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_ttl)]
    pub(super) ttl: Duration,
    /// Who the token is for.
    #[arg(long, default_value = "cli")]
    pub(super) subject: String,
    /// Configuration file.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Data directory.
    #[arg(long, value_name = "DIR")]
    pub(super) data_dir: Option<PathBuf>,
}

impl TokenArgs {
    /// The flags that are settings.
    pub(super) fn flags(&self) -> Flags {
        Flags { config: self.config.clone(), port: None, data_dir: self.data_dir.clone() }
    }
}

/// Makes the token, and the secret in the data directory where there is none yet.
///
/// # Errors
/// The secret cannot be used, or the subject is unusable.
pub(super) fn run(
    args: &TokenArgs,
    config: &Config,
    random: &dyn SecureRandom,
    now: Micros,
) -> anyhow::Result<String> {
    if args.subject.is_empty() || args.subject.len() > 256 || args.subject.contains(char::is_control) {
        bail!("--subject must be 1 to 256 bytes without control characters");
    }
    if args.services.iter().any(String::is_empty) {
        bail!("--services must be a comma list of names, such as gateway,auth-service");
    }
    let secret = token_secret(&config.auth, &config.storage.dir, random)?;
    let signer = TokenSigner::new(&secret, TokenRules::from(&config.auth));
    signer.mint(&args.subject, &args.roles, &args.services, args.ttl, now).context("no token was made")
}

fn parse_role(text: &str) -> Result<Role, String> {
    let words = Role::ALL.map(Role::as_str).join(", ");
    Role::parse(text).ok_or_else(|| format!("must be one of {words}"))
}

fn parse_ttl(text: &str) -> Result<Duration, String> {
    let complaint = || "must be a number with s, m, h or d, such as 30m, and at most 366d".to_owned();
    let units = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)];
    let found = units.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(*unit)?, *seconds)));
    let (number, unit_seconds) = found.ok_or_else(complaint)?;
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit_seconds));
    match seconds {
        Some(seconds @ 1..=MAX_TTL_SECONDS) if is_plain => Ok(Duration::from_secs(seconds)),
        Some(_) | None => Err(complaint()),
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use clap::Parser;

    use super::*;
    use crate::access::{TokenKey, TokenVerifier};
    use crate::config::Sources;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: TokenArgs,
    }

    const NOW: Micros = Micros::new(1_790_000_000_000_000);

    fn parse(arguments: &[&str]) -> Result<TokenArgs, clap::Error> {
        let words = ["token"].iter().chain(arguments);
        Command::try_parse_from(words).map(|command| command.args)
    }

    fn config(directory: &std::path::Path) -> Config {
        let flags = Flags { data_dir: Some(directory.join("data")), ..Flags::default() };
        let sources = Sources { flags, directory: directory.to_owned(), ..Sources::default() };
        Config::load(&sources).unwrap().config
    }

    #[test]
    fn a_token_is_accepted_by_the_server_of_the_same_directory() {
        let directory = tempfile::tempdir().unwrap();
        let config = config(directory.path());
        let args =
            parse(&["--role", "viewer", "--role", "developer", "--services", "b,a", "--ttl", "30m"]).unwrap();

        let token = run(&args, &config, &SystemRandom::new(), NOW).unwrap();

        let secret = token_secret(&config.auth, &config.storage.dir, &SystemRandom::new()).unwrap();
        let verifier = TokenVerifier::new(&TokenKey::Hs256(secret), TokenRules::from(&config.auth));
        let principal = verifier.verify(&token, NOW.plus(29 * 60_000_000)).unwrap();
        assert_eq!(principal.subject, "cli");
        assert_eq!(principal.roles, [Role::Viewer, Role::Developer]);
        assert_eq!(principal.services, ["a", "b"]);
        assert!(verifier.verify(&token, NOW.plus(31 * 60_000_000)).is_err());
    }

    #[test]
    fn a_life_is_a_number_with_a_unit_of_at_most_366_days() {
        assert_eq!(parse_ttl("1h"), Ok(Duration::from_hours(1)));
        assert_eq!(parse_ttl("366d"), Ok(Duration::from_secs(MAX_TTL_SECONDS)));
        for text in ["", "h", "1", "0s", "367d", "-1h", "+1h", "1.5h", "1w", "99999999999999999999d", "1 h"] {
            assert!(parse_ttl(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_command_without_a_role_or_with_an_unknown_one_is_refused() {
        assert!(parse(&[]).is_err());
        assert!(parse(&["--role", "root"]).is_err());
        assert!(parse(&["--role", "sre", "--ttl", "367d"]).is_err());
    }

    #[test]
    fn a_subject_that_the_server_would_refuse_is_refused_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let args = parse(&["--role", "sre", "--subject", ""]).unwrap();

        let error = run(&args, &config(directory.path()), &SystemRandom::new(), NOW).unwrap_err();

        assert_eq!(error.to_string(), "--subject must be 1 to 256 bytes without control characters");
    }
}
