//! `trailproof config show` and `trailproof config check`.

use std::fmt::Write as _;

use crate::config::Loaded;

/// Whether each value is followed by the place it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShowOrigin {
    /// `section.key = value  # where from`.
    Yes,
    /// `section.key = value`.
    No,
}

/// One line for each setting; secrets are `***`.
#[must_use]
pub fn show(loaded: &Loaded, show_origin: ShowOrigin) -> String {
    let mut text = String::new();
    for setting in &loaded.values {
        let _ = write!(text, "{} = {}", setting.path, setting.value);
        if show_origin == ShowOrigin::Yes {
            let _ = write!(text, "  # {}", setting.origin.describe());
        }
        text.push('\n');
    }
    text
}

/// Says what a good configuration was read from, and warns of what is likely a mistake.
#[must_use]
pub fn check(loaded: &Loaded) -> String {
    let given = loaded.count_given();
    let file = loaded.file.as_deref().unwrap_or("none");
    let mut text = format!("configuration ok: {given} settings given, the rest by default; file: {file}\n");
    for warning in loaded.config.warnings() {
        let _ = writeln!(text, "warning: {}", warning.message);
    }
    text
}
