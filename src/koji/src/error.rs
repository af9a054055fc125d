//! How a command fails: one message, one exit status.

use std::fmt;

/// The end of a command that did not do what was asked.
#[derive(Debug)]
pub struct CommandError {
    /// One line, possibly more when there is a remedy; empty when everything was said already.
    pub message: String,
    pub status: u8,
    /// The usage of the command is shown, as for options that do not parse.
    pub usage: bool,
}

pub type Result<T = ()> = std::result::Result<T, CommandError>;

impl CommandError {
    /// A failure at run time: status 1.
    pub fn new(message: impl Into<String>) -> CommandError {
        CommandError { message: message.into(), status: 1, usage: false }
    }

    /// Arguments that make no sense: status 2, with the command's usage.
    pub fn usage(message: impl Into<String>) -> CommandError {
        CommandError { message: message.into(), status: 2, usage: true }
    }

    /// The status alone, when everything was said already.
    pub fn status(status: u8) -> CommandError {
        CommandError { message: String::new(), status, usage: false }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<koji_client::ClientError> for CommandError {
    fn from(e: koji_client::ClientError) -> CommandError {
        CommandError::new(e.to_string())
    }
}
impl From<koji_client::HubFault> for CommandError {
    fn from(e: koji_client::HubFault) -> CommandError {
        CommandError::new(format!("{}: {e}", e.class()))
    }
}
impl From<koji_config::ConfigError> for CommandError {
    fn from(e: koji_config::ConfigError) -> CommandError {
        CommandError::new(e.to_string())
    }
}
impl From<std::io::Error> for CommandError {
    fn from(e: std::io::Error) -> CommandError {
        CommandError::new(e.to_string())
    }
}
impl From<anyhow::Error> for CommandError {
    fn from(e: anyhow::Error) -> CommandError {
        CommandError::new(format!("{e:#}"))
    }
}
