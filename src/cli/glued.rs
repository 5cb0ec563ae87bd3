//! Refuses values that are glued to a short option: `-service:gateway`, meant to exclude a service, would otherwise be read as
//! `-s ervice:gateway` and find nothing.

use std::ffi::OsString;

use clap::{Arg, Command};

/// Finds the first argument with a glued value, and says what to write instead.
pub(super) fn complaint(command: &Command, arguments: &[OsString]) -> Option<String> {
    let words = || arguments.iter().map(|argument| argument.to_str().unwrap_or_default());
    let subcommand = words().find_map(|word| command.find_subcommand(word))?;
    let options = words().take_while(|word| *word != "--");
    let clusters = options.filter(|word| !word.starts_with("--")).filter_map(|word| word.strip_prefix('-'));
    clusters.into_iter().find_map(|cluster| explain(subcommand, cluster))
}

fn explain(command: &Command, cluster: &str) -> Option<String> {
    let field = cluster.split_once(':').filter(|(field, _)| command.get_name() == "search" && is_name(field));
    if let Some((field, value)) = field {
        let term = format!("{field}:{value}");
        return Some(format!(
            "'-{term}' is read as options, not as a part of the query; to exclude write: NOT {term}"
        ));
    }
    let (option, value) = glued(command, cluster)?;
    let short = option.get_short()?;
    let long = option.get_long().unwrap_or_default();
    if let Some(value) = cluster.strip_prefix(long).and_then(|rest| rest.strip_prefix('=')) {
        return Some(format!("'-{cluster}' begins with one dash; write --{long} {value}"));
    }
    let excluded = match long {
        "service" | "level" => format!("; to exclude one write: NOT {long}:{value}"),
        _ => String::new(),
    };
    Some(format!("'-{cluster}' is taken apart as -{short} {value}; write: -{short} {value}{excluded}"))
}

/// The option of a cluster such as `-fn5` whose value directly follows its letter, and that value.
fn glued<'a>(command: &'a Command, cluster: &'a str) -> Option<(&'a Arg, &'a str)> {
    for (place, letter) in cluster.char_indices() {
        let option = command.get_arguments().find(|option| option.get_short() == Some(letter))?;
        if option.get_action().takes_values() {
            let value = cluster.get(place + letter.len_utf8()..)?;
            // One of a few words cannot be a slip that goes unseen, and an equals sign says what is meant.
            let is_safe =
                value.is_empty() || value.starts_with('=') || !option.get_possible_values().is_empty();
            return (!is_safe).then_some((option, value));
        }
    }
    None
}

/// Whether a text could be the name of a field.
fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'@');
    text.len() > 1 && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Arguments;

    fn complaint_of(arguments: &str) -> Option<String> {
        let arguments: Vec<_> = arguments.split(' ').map(OsString::from).collect();
        complaint(&Arguments::command(), &arguments)
    }

    #[test]
    fn a_value_that_is_glued_to_a_letter_is_refused_with_what_to_write() {
        for (arguments, expected) in [
            ("search level:error -service:gateway", "to exclude write: NOT service:gateway"),
            ("search -context.a.b:1", "to exclude write: NOT context.a.b:1"),
            ("search -sgateway", "write: -s gateway; to exclude one write: NOT service:gateway"),
            ("search -service", "write: -s ervice; to exclude one write: NOT service:ervice"),
            ("search -lerror", "write: -l error; to exclude one write: NOT level:error"),
            ("search -service=gateway", "write --service gateway"),
            ("search -n5 x", "write: -n 5"),
            ("search -fn5", "write: -n 5"),
            ("ingest - -sgateway", "write: -s gateway"),
            ("gen -n5", "write: -n 5"),
        ] {
            let complaint = complaint_of(arguments).unwrap_or_else(|| panic!("{arguments}: taken"));
            assert!(complaint.contains(expected), "{arguments}: {complaint}");
        }
    }

    #[test]
    fn values_that_stand_apart_are_taken() {
        for arguments in [
            "search -s gateway -l error -n 5",
            "search -s=gateway -ojson -f",
            "search --service=gateway --limit=5",
            "search -- -service:gateway",
            "search NOT service:gateway",
            "ingest - -s gateway",
            "--version",
            "nonsense -sgateway",
        ] {
            assert_eq!(complaint_of(arguments), None, "{arguments}");
        }
    }
}
