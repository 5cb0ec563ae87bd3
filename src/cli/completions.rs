//! `trailproof completions SHELL`: a script by which a shell completes commands and flags.

use clap::{Args, Command, ValueEnum};
use clap_complete::Shell;

const EXAMPLES: &str = "\
Examples:
  trailproof completions bash > ~/.local/share/bash-completion/completions/trailproof
  trailproof completions zsh > \"${fpath[1]}/_trailproof\"
  trailproof completions fish > ~/.config/fish/completions/trailproof.fish";

/// Arguments of `trailproof completions`.
#[derive(Clone, Debug, Args)]
#[command(before_help = EXAMPLES)]
pub(super) struct CompletionsArgs {
    /// The shell that reads the script.
    #[arg(value_enum)]
    shell: ShellName,
}

/// Shells that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ShellName {
    Bash,
    Zsh,
    Fish,
}

/// The script.
pub(super) fn script(args: &CompletionsArgs, mut command: Command) -> String {
    let shell = match args.shell {
        ShellName::Bash => Shell::Bash,
        ShellName::Zsh => Shell::Zsh,
        ShellName::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "trailproof", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
