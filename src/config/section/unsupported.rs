//! Settings of other versions that this one would ignore: setting one is an error that says so.
//!
//! `DATABASE_URL` and `REDIS_URL` are often meant for another program, so the message says where the value comes from.

use crate::config::key::{Key, Unsupported};
use crate::config::origin::{Origin, Problem};
use crate::config::settings::Settings;

const NO_DATABASE: &str = "keeps nothing in PostgreSQL";
const NO_CACHE_TIER: &str = "has no second cache tier";
const NO_LEDGER: &str = "keeps no audit ledger";

pub(super) const DATABASE: Key = Key::table(
    "database",
    &[
        Key::unsupported("url", "DATABASE_URL", NO_DATABASE),
        Key::unsupported("owner_url", "TRAILPROOF_DATABASE_OWNER_URL", NO_DATABASE),
    ],
);

pub(super) const REDIS: Key = Key::table("redis", &[Key::unsupported("url", "REDIS_URL", NO_CACHE_TIER)]);

pub(super) const AUDIT: Key = Key::table(
    "audit",
    &[
        Key::unsupported("signing_key", "TRAILPROOF_AUDIT_SIGNING_KEY", NO_LEDGER),
        Key::unsupported("origin", "TRAILPROOF_AUDIT_ORIGIN", NO_LEDGER),
        Key::unsupported("archive_dir", "TRAILPROOF_AUDIT_ARCHIVE_DIR", NO_LEDGER),
    ],
);

pub(super) fn check(settings: &Settings) -> Vec<Problem> {
    settings.unsupported().map(|(path, setting, origin)| problem(path, setting, origin)).collect()
}

fn problem(path: &str, setting: &Unsupported, origin: &Origin) -> Problem {
    let (place, advice) = match origin {
        Origin::DotEnv { .. } => ("in .env", "remove it there".to_owned()),
        Origin::Environment(variable) => ("in the environment", format!("unset {variable}")),
        Origin::Default | Origin::File { .. } | Origin::Flag(_) => {
            ("in the file", "remove it there".to_owned())
        }
    };
    let Unsupported { variable, lack } = setting;
    let message = format!(
        "'{path}' ({variable}) is set {place}, but this version {lack} and would ignore it; {advice}"
    );
    Problem::new(origin.clone(), message)
}
