//! The configuration: flags, environment, `.env`, file and defaults laid over each other, then checked as a whole.
//!
//! `section/` holds the settings, a file for each section; `default.toml` their defaults and explanations.
//! The loader reads nothing of the process: [`Sources::of_process`] is the one place that does.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize as _;
use toml::Value;

mod environment;
mod file;
mod key;
mod kind;
mod listing;
mod origin;
mod reference;
mod section;
mod settings;
mod sources;

pub use listing::EffectiveValue;
pub use origin::{ConfigErrors, Origin};
pub use reference::reference;
pub use section::{
    Auth, Config, Elasticsearch, Http, Limits, Log, Logs, Retention, Security, ServerUrl, Storage,
};
pub use sources::{Flags, Sources};

use crate::model::Finding;
use kind::Given;
use origin::Problem;
use settings::Settings;

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "trailproof.toml";
/// The variable that names a file.
const FILE_VARIABLE: &str = "TRAILPROOF_CONFIG";
/// Largest configuration file.
const MAX_FILE_BYTES: u64 = 1_048_576;

/// A configuration that holds together.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The typed values.
    pub config: Config,
    /// Every value with its origin, fit to be printed.
    pub values: Vec<EffectiveValue>,
    /// The file that was read, as it was named.
    pub file: Option<String>,
}

impl Loaded {
    /// How many settings were given by anybody.
    pub(crate) fn count_given(&self) -> usize {
        self.values.iter().filter(|setting| setting.origin != Origin::Default).count()
    }
}

impl Config {
    /// Reads and checks the configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it at once, each with its place and, for a slip, the nearest valid word.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigErrors> {
        let mut problems = Vec::new();
        let dot_env = sources.dot_env.as_deref().unwrap_or_default();
        let dot_env = environment::variables_of_dot_env(dot_env, &mut problems);
        let process = environment::variables_of_process(&sources.environment);

        let mut settings = file::read_defaults(&mut problems);
        let flag = sources.flags.config.as_ref().map(|path| path.to_string_lossy().into_owned());
        let named = flag.or_else(|| {
            [&process, &dot_env]
                .into_iter()
                .find_map(|variables| environment::set_value(variables, FILE_VARIABLE))
                .map(|(path, _)| path.clone())
        });
        let file = read_file(&sources.directory, named.as_deref(), &mut problems);
        if let Some((path, text)) = &file {
            settings.overlay(file::read(text, path, &mut problems));
        }
        settings.overlay(environment::read(&dot_env, &sources.directory, &mut problems));
        settings.overlay(environment::read(&process, &sources.directory, &mut problems));
        take_flags(&mut settings, &sources.flags, &mut problems);
        problems.extend(section::check(&settings));
        if !problems.is_empty() {
            return Err(ConfigErrors::new(problems));
        }

        let config = Self::deserialize(Value::Table(settings.tree())).map_err(|error| {
            ConfigErrors::new(vec![Problem::new(Origin::Default, error.message().to_owned())])
        })?;
        let values = listing::effective_values(&settings);
        Ok(Loaded { config, values, file: file.map(|(path, _)| path) })
    }

    /// What is legal but likely a mistake.
    #[must_use]
    pub fn warnings(&self) -> Vec<Finding> {
        let shared = |setting: &str, variable: &str| {
            Finding::warning(
                "configuration",
                format!(
                    "{setting} is not set, so one is kept in the data directory; all replicas must have the same"
                ),
                format!("echo \"{variable}=$(openssl rand -hex 32)\" >> .env"),
            )
        };
        let mut warnings = Vec::new();
        let is_cluster = !self.elasticsearch.url.is_empty();
        if is_cluster && self.security.master_key.is_none() {
            warnings.push(shared("security.master_key", "TRAILPROOF_SECURITY_MASTER_KEY"));
        }
        if is_cluster && self.auth.hs256_secret.is_none() {
            warnings.push(shared("auth.hs256_secret", "TRAILPROOF_AUTH_HS256_SECRET"));
        }
        warnings
    }
}

/// Lays the flags over everything else.
fn take_flags(settings: &mut Settings, flags: &Flags, problems: &mut Vec<Problem>) {
    let declared = key::value_at(section::ROOT, "storage.dir");
    if let (Some(dir), Some(declared)) = (&flags.data_dir, declared) {
        let given = dir.to_string_lossy();
        let origin = Origin::Flag("--data-dir");
        problems.extend(settings.take("storage.dir", declared, Given::Text(&given), origin));
    }
    let address = settings.text("http.bind").and_then(|text| text.parse::<SocketAddr>().ok());
    if let (Some(port), Some(mut address)) = (flags.port, address) {
        address.set_port(port);
        settings.replace("http.bind", Value::String(address.to_string()), Origin::Flag("--port"));
    }
}

/// Reads the file that is named, else the default one where it is there: its path as named, and its text.
fn read_file(directory: &Path, named: Option<&str>, problems: &mut Vec<Problem>) -> Option<(String, String)> {
    let path = named.unwrap_or(DEFAULT_FILE);
    let file = match File::open(directory.join(path)) {
        Ok(file) => file,
        Err(error) if named.is_none() && error.kind() == ErrorKind::NotFound => return None,
        Err(error) => {
            problems.push(Problem::new(Origin::file(path), format!("cannot be read: {error}")));
            return None;
        }
    };
    let mut bytes = Vec::new();
    if let Err(error) = file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes) {
        problems.push(Problem::new(Origin::file(path), format!("cannot be read: {error}")));
        return None;
    }
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_FILE_BYTES) {
        problems.push(Problem::new(Origin::file(path), format!("is longer than {MAX_FILE_BYTES} bytes")));
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some((path.to_owned(), text)),
        Err(error) => {
            let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = valid.split(|byte| *byte == b'\n').count();
            problems.push(Problem::new(Origin::line(path, line), "is not UTF-8"));
            None
        }
    }
}
