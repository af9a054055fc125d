//! The scripts for the shells.

/// A shell with a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    pub const ALL: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

    /// The name under which the shell finds it.
    pub fn file_name(self) -> &'static str {
        match self {
            Shell::Bash => "koji.bash",
            Shell::Zsh => "_koji",
            Shell::Fish => "koji.fish",
        }
    }

    /// For the program `koji`. Another name of the program, which is another profile, is completed by the same function.
    pub fn script(self) -> String {
        match self {
            Shell::Bash => include_str!("koji.bash"),
            Shell::Zsh => include_str!("koji.zsh"),
            Shell::Fish => include_str!("koji.fish"),
        }
        .replace("@WORD@", super::WORD)
    }
}
