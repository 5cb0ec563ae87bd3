//! Words for a POSIX shell, so that printed commands work when they are pasted.

/// A word as it stands in a command: in quotes unless every character is plain.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "/._-+:=@%,".contains(character);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// How to call this program from another terminal.
pub(super) fn program() -> String {
    std::env::current_exe()
        .map_or_else(|_| "trailproof".to_owned(), |path| quoted(&path.display().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_put_in_quotes_where_a_shell_would_take_it_apart() {
        assert_eq!(quoted("/usr/bin/trailproof"), "/usr/bin/trailproof");
        assert_eq!(quoted("/a b/c"), "'/a b/c'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("a$b"), "'a$b'");
        assert_eq!(quoted(""), "''");
    }
}
