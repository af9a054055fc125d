use std::fmt;
use std::path::PathBuf;

use crate::ini::{IniError, Origin};

/// Why a configuration cannot be used. The texts name the file, the line and what to change.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("Config file {} can't be opened.", .0.display())]
    Missing(PathBuf),
    #[error("No config files found in directory: {}", .0.display())]
    EmptyDirectory(PathBuf),
    #[error("cannot read {}: {source}", .path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Syntax(#[from] IniError),
    /// Upstream's text, which scripts look for.
    #[error("no configuration for profile name: {0}")]
    NoProfile(String),
    #[error("{origin}: value for {option} config option must be {expected}, not {found:?}")]
    BadValue { origin: Origin, option: String, expected: String, found: String },
    #[error("{origin}: unknown config option: {option}{hint}")]
    UnknownOption { origin: Origin, option: String, hint: String },
    #[error("{origin}: invalid section found in config file: {section} (only [{allowed}] belongs here)")]
    UnknownSection { origin: Origin, section: String, allowed: &'static str },
}

/// Something in a configuration that is accepted but probably not meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Warning {
    pub origin: Origin,
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}
