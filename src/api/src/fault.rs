//! Faults: what a hub answers when a call fails.

use std::fmt;

/// The class of a fault, with the code that stands for it on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// Anything the hub did not foresee; code 1.
    Internal,
    Generic,
    Lock,
    Auth,
    Tag,
    ActionNotAllowed,
    Build,
    AuthLock,
    AuthExpired,
    Sequence,
    Retry,
    PreBuild,
    PostBuild,
    Buildroot,
    FunctionDeprecated,
    ServerOffline,
    LiveCD,
    Plugin,
    Callback,
    Appliance,
    Parameter,
    Import,
    Configuration,
    LiveMedia,
    GssapiAuth,
    NameValidation,
}

impl FaultKind {
    /// Every kind with its code and the class name that clients print.
    const TABLE: &'static [(FaultKind, i64, &'static str)] = &[
        (FaultKind::Internal, 1, "Fault"),
        (FaultKind::Generic, 1000, "GenericError"),
        (FaultKind::Lock, 1001, "LockError"),
        (FaultKind::Auth, 1002, "AuthError"),
        (FaultKind::Tag, 1003, "TagError"),
        (FaultKind::ActionNotAllowed, 1004, "ActionNotAllowed"),
        (FaultKind::Build, 1005, "BuildError"),
        (FaultKind::AuthLock, 1006, "AuthLockError"),
        (FaultKind::AuthExpired, 1007, "AuthExpired"),
        (FaultKind::Sequence, 1008, "SequenceError"),
        (FaultKind::Retry, 1009, "RetryError"),
        (FaultKind::PreBuild, 1010, "PreBuildError"),
        (FaultKind::PostBuild, 1011, "PostBuildError"),
        (FaultKind::Buildroot, 1012, "BuildrootError"),
        (FaultKind::FunctionDeprecated, 1013, "FunctionDeprecated"),
        (FaultKind::ServerOffline, 1014, "ServerOffline"),
        (FaultKind::LiveCD, 1015, "LiveCDError"),
        (FaultKind::Plugin, 1016, "PluginError"),
        (FaultKind::Callback, 1017, "CallbackError"),
        (FaultKind::Appliance, 1018, "ApplianceError"),
        (FaultKind::Parameter, 1019, "ParameterError"),
        (FaultKind::Import, 1020, "ImportError"),
        (FaultKind::Configuration, 1021, "ConfigurationError"),
        (FaultKind::LiveMedia, 1022, "LiveMediaError"),
        (FaultKind::GssapiAuth, 1023, "GSSAPIAuthError"),
        (FaultKind::NameValidation, 1024, "NameValidationError"),
    ];

    pub fn code(self) -> i64 {
        Self::TABLE.iter().find(|row| row.0 == self).map_or(1, |row| row.1)
    }

    /// `None` for a code that no hub of Koji's protocol sends.
    pub fn from_code(code: i64) -> Option<FaultKind> {
        Self::TABLE.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    /// The class name that clients show, such as `TagError`.
    pub fn class(self) -> &'static str {
        Self::TABLE.iter().find(|row| row.0 == self).map_or("Fault", |row| row.2)
    }
}

/// A failed call: a kind and one text for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    pub message: String,
}

impl Fault {
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Fault {
        Fault { kind, message: message.into() }
    }
    pub fn generic(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Generic, message)
    }
    pub fn internal(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Internal, message)
    }
    pub fn auth(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Auth, message)
    }
    pub fn tag(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Tag, message)
    }
    pub fn not_allowed(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::ActionNotAllowed, message)
    }
    pub fn build(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Build, message)
    }
    pub fn buildroot(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Buildroot, message)
    }
    pub fn lock(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Lock, message)
    }
    pub fn import(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Import, message)
    }
    pub fn parameter(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::Parameter, message)
    }
    pub fn name_validation(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::NameValidation, message)
    }
    pub fn offline(message: impl Into<String>) -> Fault {
        Fault::new(FaultKind::ServerOffline, message)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl From<crate::methods::BindError> for Fault {
    fn from(e: crate::methods::BindError) -> Fault {
        Fault::parameter(e.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_classes_are_unique_and_reversible() {
        for (kind, code, class) in FaultKind::TABLE {
            assert_eq!(kind.code(), *code);
            assert_eq!(FaultKind::from_code(*code), Some(*kind));
            assert_eq!(FaultKind::TABLE.iter().filter(|row| row.2 == *class).count(), 1);
        }
    }
}
