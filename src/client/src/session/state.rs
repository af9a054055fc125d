//! What a login leaves behind.

use std::fmt;
use std::path::PathBuf;

use koji_xmlrpc::{Struct, Value};
use serde::{Deserialize, Serialize};

/// A session as the hub names it; enough for another process to go on with it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    #[serde(rename = "session-id")]
    pub id: i64,
    /// Secret: whoever has it is the user.
    #[serde(rename = "session-key")]
    pub key: String,
    /// The hub takes the session from headers; without it (hubs before 1.31) from the URL.
    #[serde(rename = "header-auth", default)]
    pub header_auth: bool,
}

impl fmt::Debug for SessionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionInfo").field("id", &self.id).finish_non_exhaustive()
    }
}

/// How to log in; kept for the renewal of an expired session.
#[derive(Clone)]
pub enum Credentials {
    Password {
        user: String,
        password: String,
    },
    /// A TLS client certificate.
    Ssl {
        /// PEM file with the certificate and its key.
        cert: PathBuf,
        /// Log in as this user instead, where the hub allows the certificate to.
        proxyuser: Option<String>,
        /// Authentication type to record for `proxyuser`.
        proxyauthtype: Option<i64>,
    },
    /// Kerberos. Where keytab and tickets are is the process's environment's matter.
    Gssapi {
        /// Whose ticket, where there are several.
        principal: Option<String>,
        /// Log in as this user instead, where the hub allows the principal to.
        proxyuser: Option<String>,
        proxyauthtype: Option<i64>,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credentials::Password { user, .. } => write!(f, "Password({user})"),
            Credentials::Ssl { cert, .. } => write!(f, "Ssl({})", cert.display()),
            Credentials::Gssapi { principal, .. } => write!(f, "Gssapi({principal:?})"),
        }
    }
}

/// A logged-in session.
#[derive(Debug)]
pub(crate) struct Login {
    pub info: SessionInfo,
    /// Number of the next call. The hub refuses a number it has seen, so that nothing runs twice.
    pub callnum: i64,
    pub credentials: Option<Credentials>,
    pub exclusive: bool,
}

impl Login {
    pub fn new(info: SessionInfo, credentials: Option<Credentials>) -> Self {
        Login { info, callnum: 0, credentials, exclusive: false }
    }

    pub fn next_callnum(&mut self) -> i64 {
        let callnum = self.callnum;
        self.callnum += 1;
        callnum
    }

    /// Renewed: same id, new key, calls counted from 0 again.
    pub fn renew(&mut self, info: SessionInfo) {
        self.info = info;
        self.callnum = 0;
    }
}

impl Credentials {
    /// Method, parameters and keyword arguments of the login call. `renew` holds the exclusiveness of the
    /// session that is renewed.
    pub(crate) fn call(&self, renew: Option<bool>) -> (&'static str, Vec<Value>, Struct) {
        let mut kwargs = Struct::new();
        let (name, params) = match self {
            Credentials::Password { user, password } => {
                kwargs.insert("opts".into(), Value::Nil);
                ("login", vec![Value::from(user), Value::from(password)])
            }
            Credentials::Ssl { proxyuser, proxyauthtype, .. }
            | Credentials::Gssapi { proxyuser, proxyauthtype, .. } => {
                kwargs.insert("proxyuser".into(), proxyuser.clone().into());
                if let Some(authtype) = proxyauthtype {
                    kwargs.insert("proxyauthtype".into(), Value::Int(*authtype));
                }
                ("sslLogin", Vec::new())
            }
        };
        if let Some(exclusive) = renew {
            kwargs.insert("renew".into(), Value::Bool(true));
            kwargs.insert("exclusive".into(), Value::Bool(exclusive));
        }
        (name, params, kwargs)
    }
}
