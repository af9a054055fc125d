//! How a command fails: what happened and why in the first line, what to do in the next, one exit status.
//!
//! The first line is what upstream's client says where it says something, since scripts look for it. Backtraces and the
//! insides of an error are shown with `--debug` only.

use std::fmt;

use koji_client::{ClientError, HubFault};
use koji_config::ConfigError;

use crate::advice;
use crate::machine::{Machine, Problem};

/// The end of a command that did not do what was asked.
#[derive(Debug)]
pub struct CommandError {
    /// One line, possibly more when there is a remedy; empty when everything was said already.
    pub message: String,
    pub status: u8,
    /// The usage of the command is shown, as for options that do not parse.
    pub usage: bool,
    /// What usually helps, one line; empty where the message says it.
    pub remedy: String,
    /// The insides of the error, for `--debug`; may be empty.
    pub detail: String,
}

pub type Result<T = ()> = std::result::Result<T, CommandError>;

impl CommandError {
    /// A failure at run time: status 1.
    pub fn new(message: impl Into<String>) -> CommandError {
        CommandError {
            message: message.into(),
            status: 1,
            usage: false,
            remedy: String::new(),
            detail: String::new(),
        }
    }

    /// Arguments that make no sense: status 2, with the command's usage.
    pub fn usage(message: impl Into<String>) -> CommandError {
        CommandError { status: 2, usage: true, ..CommandError::new(message) }
    }

    /// With what usually helps.
    pub fn with_remedy(self, remedy: impl Into<String>) -> CommandError {
        CommandError { remedy: remedy.into(), ..self }
    }

    /// The status alone, when everything was said already.
    pub fn status(status: u8) -> CommandError {
        CommandError { status, ..CommandError::new("") }
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<ClientError> for CommandError {
    fn from(e: ClientError) -> CommandError {
        CommandError {
            remedy: advice::remedy(&e).unwrap_or_default(),
            detail: format!("{e:?}"),
            ..CommandError::new(e.to_string())
        }
    }
}

impl From<HubFault> for CommandError {
    fn from(e: HubFault) -> CommandError {
        ClientError::Fault(e).into()
    }
}

impl From<ConfigError> for CommandError {
    fn from(e: ConfigError) -> CommandError {
        let remedy = match &e {
            ConfigError::NoProfile(_) => {
                "`koji doctor` names the profiles there are; KOJI_PROFILE and --profile choose one"
            }
            _ => "",
        };
        // a configuration that says what cannot be is like options that do, as for upstream's client
        let status = match &e {
            ConfigError::Read { .. } | ConfigError::Syntax(_) => 1,
            _ => 2,
        };
        CommandError { status, ..CommandError::new(e.to_string()).with_remedy(remedy) }
    }
}

impl From<std::io::Error> for CommandError {
    fn from(e: std::io::Error) -> CommandError {
        use std::io::ErrorKind as K;
        let remedy = match e.kind() {
            K::StorageFull | K::QuotaExceeded => "make room on the disk, then start the command again",
            K::PermissionDenied | K::ReadOnlyFilesystem => "choose a file or directory that you can write to",
            _ => "",
        };
        CommandError { detail: format!("{e:?}"), ..CommandError::new(e.to_string()).with_remedy(remedy) }
    }
}

impl From<koji_localbuild::Error> for CommandError {
    fn from(e: koji_localbuild::Error) -> CommandError {
        use koji_localbuild::Error as E;
        let detail = format!("{e:?}");
        match e {
            E::Hub(e) => e.into(),
            E::Buildroot(e) => e.into(),
            E::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                CommandError::from(source)
            }
            E::Offline { .. } => CommandError::new(e.to_string())
                .with_remedy("run the same once without --offline: what is fetched stays in the cache"),
            E::Tampered { .. } => CommandError::new(e.to_string())
                .with_remedy("the file is not used; whoever keeps it has another one than was recorded"),
            e => CommandError { detail, ..CommandError::new(e.to_string()) },
        }
    }
}

impl From<koji_buildroot::Error> for CommandError {
    fn from(e: koji_buildroot::Error) -> CommandError {
        use koji_buildroot::Error as E;
        match e {
            E::Missing { .. } | E::Sandbox { .. } => {
                let problem = Problem::of(e, &Machine::here());
                CommandError::new(problem.text).with_remedy(problem.remedy)
            }
            e => CommandError { detail: format!("{e:?}"), ..CommandError::new(e.to_string()) },
        }
    }
}

impl From<anyhow::Error> for CommandError {
    fn from(e: anyhow::Error) -> CommandError {
        CommandError { detail: format!("{e:?}"), ..CommandError::new(format!("{e:#}")) }
    }
}
