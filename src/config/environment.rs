//! Reads settings from environment variables, from `.env`, and from the files that `…_FILE` variables name.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::key::{self, Shape, file_variable};
use super::kind::Given;
use super::origin::{Origin, Problem, shown};
use super::section::ROOT;
use super::settings::Settings;
use crate::model::nearest::nearest;

/// Our prefix; variables that carry it must be known.
const PREFIX: &str = "TRAILPROOF_";
/// Variables with our prefix that are no settings: those of client commands, and the path of the file.
const OTHER_VARIABLES: &[&str] = &["TRAILPROOF_URL", "TRAILPROOF_TOKEN", "TRAILPROOF_CONFIG"];
/// Beginnings of variables that belong to the test suite.
const OTHER_PREFIXES: &[&str] = &["TRAILPROOF_TEST_", "TRAILPROOF_SERVERS_"];
/// Longest value that a `…_FILE` variable may bring.
const MAX_VALUE_BYTES: u64 = 65_536;

/// Variables with the place of each.
pub(crate) type Variables = BTreeMap<String, (String, Origin)>;

/// Gives each variable of the process its place.
pub(crate) fn variables_of_process(environment: &BTreeMap<String, String>) -> Variables {
    environment
        .iter()
        .map(|(name, value)| (name.clone(), (value.clone(), Origin::Environment(name.clone()))))
        .collect()
}

/// Reads the text of `.env`, line by line, so that each problem has a line.
///
/// A value stands on one line. `$` would bring in other variables, which would make a password with that letter
/// something else, so for our variables it must stand in single quotes.
pub(crate) fn variables_of_dot_env(text: &str, problems: &mut Vec<Problem>) -> Variables {
    let mut variables = Variables::new();
    for (number, line) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        let origin = Origin::DotEnv { line: Some(number) };
        let Some(parsed) = dotenvy::from_read_iter(format!("{line}\n").as_bytes()).next() else {
            continue;
        };
        let Ok((name, value)) = parsed else {
            problems.push(Problem::new(origin, "is not of the form NAME=value"));
            continue;
        };
        if is_ours(&name) && has_open_dollar(line) {
            problems
                .push(Problem::new(origin, format!("'{name}' holds a $; put the value in single quotes")));
            continue;
        }
        if let Some((_, Origin::DotEnv { line: Some(first) })) = variables.get(&name) {
            let message = format!("'{}' stands on line {first} already", shown(&name));
            problems.push(Problem::new(origin, message));
            continue;
        }
        variables.insert(name, (value, origin));
    }
    variables
}

/// Reads all settings among `variables`; relative paths of `…_FILE` start at `directory`.
pub(crate) fn read(variables: &Variables, directory: &Path, problems: &mut Vec<Problem>) -> Settings {
    let mut settings = Settings::default();
    for (path, shape) in key::paths(ROOT) {
        let Some(variable) = shape.variable() else { continue };
        match shape {
            Shape::Value(declared) => match value_of(&path, variable, variables, directory) {
                Ok(None) => {}
                Ok(Some((value, origin))) => {
                    problems.extend(settings.take(&path, declared, Given::Text(&value), origin));
                }
                Err(problem) => problems.push(problem),
            },
            Shape::Unsupported(setting) => {
                let file = file_variable(variable);
                let given = set_value(variables, variable).or_else(|| set_value(variables, &file));
                if let Some((_, origin)) = given {
                    settings.note(&path, setting, origin.clone());
                }
            }
            Shape::Table(_) | Shape::Map(_) => {}
        }
    }
    problems.extend(variables.iter().filter_map(|(name, (value, origin))| unknown(name, value, origin)));
    settings
}

/// The value of a variable that is set and not empty: an empty one is how compose files say "not set".
pub(crate) fn set_value<'a>(variables: &'a Variables, name: &str) -> Option<&'a (String, Origin)> {
    variables.get(name).filter(|(value, _)| !value.is_empty())
}

fn value_of(
    path: &str,
    variable: &str,
    variables: &Variables,
    directory: &Path,
) -> Result<Option<(String, Origin)>, Problem> {
    let file_variable = file_variable(variable);
    let value = set_value(variables, variable);
    let file = set_value(variables, &file_variable);
    if let (Some((_, origin)), Some(_)) = (value, file) {
        let message = format!("{variable} and {file_variable} are both set; keep one");
        return Err(Problem::new(origin.clone(), message));
    }
    if let Some((name, origin)) = file {
        let content = read_file(&directory.join(name)).map_err(|reason| {
            Problem::new(origin.clone(), format!("cannot read '{}': {reason}", shown(name)))
        })?;
        return Ok(Some((content, origin.clone())));
    }
    let Some((value, origin)) = value else {
        return Ok(None);
    };
    if value.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Problem::new(origin.clone(), format!("'{path}' is not UTF-8")));
    }
    Ok(Some((value.clone(), origin.clone())))
}

/// Reads a mounted secret, without the one line end that editors put behind it.
fn read_file(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(MAX_VALUE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_VALUE_BYTES) {
        return Err(format!("longer than {MAX_VALUE_BYTES} bytes"));
    }
    let mut text = String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

/// Every known variable, with what it sets.
fn known_variables() -> impl Iterator<Item = (&'static str, &'static Shape)> {
    key::paths(ROOT).into_iter().filter_map(|(_, shape)| Some((shape.variable()?, shape)))
}

fn shape_of(name: &str) -> Option<&'static Shape> {
    known_variables()
        .find(|(variable, _)| *variable == name || file_variable(variable) == name)
        .map(|(_, shape)| shape)
}

/// Whether the value may come to be used here.
fn is_ours(name: &str) -> bool {
    shape_of(name).map_or_else(|| name.starts_with(PREFIX), Shape::is_supported)
}

fn unknown(name: &str, value: &str, origin: &Origin) -> Option<Problem> {
    let is_other = OTHER_VARIABLES.contains(&name)
        || OTHER_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || is_service_link(name, value);
    if !name.starts_with(PREFIX) || shape_of(name).is_some() || is_other {
        return None;
    }
    let hint = nearest_variable(name).map_or_else(String::new, |found| format!("; did you mean '{found}'?"));
    Some(Problem::new(origin.clone(), format!("unknown variable '{}'{hint}", shown(name))))
}

/// The variable that a misspelt one stands for. Our prefix is left out: it would make all of them look alike.
fn nearest_variable(name: &str) -> Option<&'static str> {
    let supported =
        || known_variables().filter(|(_, shape)| shape.is_supported()).map(|(variable, _)| variable);
    let found = nearest(bare(name), supported().map(bare))?;
    supported().find(|variable| bare(variable) == found)
}

fn bare(variable: &str) -> &str {
    variable.strip_prefix(PREFIX).unwrap_or(variable)
}

/// Whether Kubernetes made the variable: a Service named `trailproof` (or `trailproof-…`) puts its address into
/// the environment of every pod beside it, as `TRAILPROOF_SERVICE_HOST` or `TRAILPROOF_PORT_8002_TCP`.
fn is_service_link(name: &str, value: &str) -> bool {
    let names_port = name
        .rsplit_once("_PORT_")
        .is_some_and(|(_, rest)| rest.starts_with(|first: char| first.is_ascii_digit()));
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || names_port
        || (name.ends_with("_PORT") && value.contains("://"))
}

/// Whether a line holds a `$` that stands neither in single quotes nor behind a backslash.
fn has_open_dollar(line: &str) -> bool {
    let value = line.split_once('=').map_or("", |(_, value)| value.trim_start());
    !value.starts_with('\'') && value.replace("\\$", "").contains('$')
}
