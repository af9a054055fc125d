//! Kerberos at the hub: takes the token of an HTTP Negotiate exchange (SPNEGO), says who sent it.
//!
//! The keytab is Kerberos' library's matter, which takes it from the environment: [`koji_config::environment`] sets it
//! before the hub has threads.

use koji_config::hub::HubSettings;

/// Why no login by Kerberos is possible, or why one was refused.
#[derive(Debug, thiserror::Error)]
pub enum KerberosError {
    #[error(
        "AuthKeytab is set, but Kerberos is not built into this koji-hub (feature kerberos); remove the option"
    )]
    NotBuilt,
    #[error("AuthPrincipal is set without AuthKeytab, the file with its key")]
    NoKeytab,
    #[error("the keys of AuthKeytab {keytab} cannot be used{principal}: {cause}")]
    Keytab { keytab: String, principal: String, cause: String },
    #[error("the token is not accepted: {0}")]
    Token(String),
    #[error("the exchange is not complete after one token; that is not supported")]
    Unfinished,
    #[error("the token is not of Kerberos")]
    Mechanism,
}

/// Who sent a token, and what the sender is to get back, so that it knows the hub.
#[derive(Debug)]
pub struct Accepted {
    pub principal: String,
    pub reply: Option<Vec<u8>>,
}

/// The acceptor that the settings ask for; `None` without AuthKeytab.
pub fn acceptor(settings: &HubSettings) -> Result<Option<Acceptor>, KerberosError> {
    match (&settings.auth_keytab, &settings.auth_principal) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(KerberosError::NoKeytab),
        (Some(keytab), principal) => Acceptor::new(keytab, principal.as_deref()).map(Some),
    }
}

pub use backend::Acceptor;

#[cfg(feature = "kerberos")]
mod backend {
    use std::path::Path;

    use gssapi::context::{SecurityContext as _, ServerCtx};
    use gssapi::credential::{Cred, CredUsage};
    use gssapi::error::Error;
    use gssapi::name::Name;
    use gssapi::oid::{GSS_MECH_KRB5, GSS_MECH_SPNEGO, GSS_NT_KRB5_PRINCIPAL, OidSet};

    use super::{Accepted, KerberosError};

    /// The hub's own keys. Its work blocks.
    #[derive(Debug)]
    pub struct Acceptor {
        cred: Cred,
    }

    impl Acceptor {
        pub(super) fn new(keytab: &Path, principal: Option<&str>) -> Result<Acceptor, KerberosError> {
            acquire(principal).map(|cred| Acceptor { cred }).map_err(|e| KerberosError::Keytab {
                keytab: keytab.display().to_string(),
                principal: principal.map(|p| format!(" for {p}")).unwrap_or_default(),
                cause: e.to_string(),
            })
        }

        pub fn accept(&self, token: &[u8]) -> Result<Accepted, KerberosError> {
            let wrong = |e: Error| KerberosError::Token(e.to_string());
            let mut context = ServerCtx::new(Some(self.cred.clone()));
            let reply = context.step(token, None).map_err(wrong)?;
            if !context.is_complete() {
                return Err(KerberosError::Unfinished);
            }
            // other mechanisms that may be installed have names of other kinds
            if context.mechanism().map_err(wrong)? != GSS_MECH_KRB5 {
                return Err(KerberosError::Mechanism);
            }
            let name = context.source_name().and_then(|n| n.display_name()).map_err(wrong)?;
            let principal = std::str::from_utf8(&name)
                .map_err(|_| KerberosError::Token("the principal is not UTF-8".into()))?
                .to_owned();
            Ok(Accepted { principal, reply: reply.map(|r| r.to_vec()) })
        }
    }

    fn acquire(principal: Option<&str>) -> Result<Cred, Error> {
        let name = principal.map(|p| Name::new(p.as_bytes(), Some(GSS_NT_KRB5_PRINCIPAL))).transpose()?;
        let mut mechanisms = OidSet::new();
        mechanisms.add(GSS_MECH_KRB5)?;
        mechanisms.add(GSS_MECH_SPNEGO)?;
        Cred::acquire(name.as_ref(), None, CredUsage::Accept, Some(&mechanisms))
    }
}

#[cfg(not(feature = "kerberos"))]
mod backend {
    use std::path::Path;

    use super::{Accepted, KerberosError};

    /// There is none without the feature `kerberos`.
    #[derive(Debug)]
    pub enum Acceptor {}

    impl Acceptor {
        pub(super) fn new(_: &Path, _: Option<&str>) -> Result<Acceptor, KerberosError> {
            Err(KerberosError::NotBuilt)
        }

        pub fn accept(&self, _: &[u8]) -> Result<Accepted, KerberosError> {
            match *self {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_work_are_refused() {
        assert!(acceptor(&HubSettings::default()).unwrap().is_none());
        let settings = HubSettings { auth_principal: Some("HTTP/h@X".into()), ..HubSettings::default() };
        assert!(matches!(acceptor(&settings), Err(KerberosError::NoKeytab)));
    }
}
