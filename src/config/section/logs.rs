//! Section `logs`: what is read and written in the search engine, and under which names.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::Deserialize;
use toml::Value as TomlValue;

use crate::config::key::{Key, Map, Print, Shape, Value};
use crate::config::kind::{Complaint, Kind, word};
use crate::config::origin::{Problem, shown};
use crate::config::settings::Settings;
use crate::model::field::FIELDS;
use crate::model::index_name::NameError;
use crate::model::nearest::did_you_mean;
use crate::model::{EnvName, IndexPattern, LogField, Preset};

/// Longest name of a field in a mapping; longer ones are a slip.
const MAX_PATH_BYTES: usize = 255;
/// Elasticsearch takes 4 KiB of address; some of it is for the rest.
const MAX_INDICES_BYTES: usize = 3_500;

pub(super) const TABLE: Key = Key::table(
    "logs",
    &[
        Key::value("preset", "TRAILPROOF_LOGS_PRESET", Kind::Text(preset)),
        Key::value("indices", "TRAILPROOF_LOGS_INDICES", Kind::List(index_pattern)),
        Key::value("env", "TRAILPROOF_LOGS_ENV", Kind::Text(env_name)),
        Key { name: "fields", shape: Shape::Map(Map { read_name: field_name, entry: FIELD_PATH }) },
    ],
);

const FIELD_PATH: &Shape =
    &Shape::Value(Value { variable: None, kind: Kind::Text(field_path), print: Print::Whole });

/// Section `logs`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logs {
    /// Names in the indices that are read.
    pub preset: Preset,
    /// Patterns that are read; none means our own indices.
    #[serde(default)]
    pub indices: Vec<IndexPattern>,
    /// Last part of the names of our own indices.
    pub env: EnvName,
    /// Our field to its name in the indices that are read; wins over the preset.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

fn preset(text: &str) -> Result<String, Complaint> {
    word(text, &Preset::ALL.map(Preset::as_str))
}

fn index_pattern(text: &str) -> Result<String, Complaint> {
    read::<IndexPattern>(text)
}

fn env_name(text: &str) -> Result<String, Complaint> {
    read::<EnvName>(text)
}

fn read<Name: FromStr<Err = NameError> + ToString>(text: &str) -> Result<String, Complaint> {
    let name = text.parse::<Name>().map_err(|error| format!("{error}, not '{}'", shown(text)))?;
    Ok(name.to_string())
}

/// One of our fields, under any of its names.
fn field_name(word: &str) -> Result<String, Complaint> {
    let field = LogField::by_name(word).map(|field| field.name().to_owned());
    field.ok_or_else(|| {
        let hint = did_you_mean(word, FIELDS.iter().map(|field| field.name));
        format!("names no field{hint}")
    })
}

/// The dotted path of a field in a mapping.
fn field_path(text: &str) -> Result<String, Complaint> {
    let is_allowed =
        |letter: char| !letter.is_whitespace() && !letter.is_control() && !"*,\"'\\".contains(letter);
    let is_path = text.len() <= MAX_PATH_BYTES
        && text.split('.').all(|part| !part.is_empty() && part.chars().all(is_allowed));
    if !is_path {
        return Err(
            "must be the name of a field: parts with dots between them, without blanks, stars, commas and \
                    quotes"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}

pub(super) fn check(settings: &Settings) -> Vec<Problem> {
    long_indices(settings).into_iter().collect()
}

/// All patterns stand in the address of every search.
fn long_indices(settings: &Settings) -> Option<Problem> {
    let patterns = settings.given("logs.indices")?.value.as_ref()?.as_array()?;
    let bytes: usize = patterns.iter().filter_map(TomlValue::as_str).map(|pattern| pattern.len() + 1).sum();
    if bytes <= MAX_INDICES_BYTES {
        return None;
    }
    let message = format!(
        "'logs.indices' is {bytes} bytes long; at most {MAX_INDICES_BYTES} fit into a request to Elasticsearch; use \
         patterns with stars, or an alias"
    );
    settings.problem("logs.indices", message)
}
