//! What a method works with: the hub, the caller's session, and one transaction.

use std::sync::Arc;

use koji_api::Fault;
use koji_db::Tx;

use crate::auth::Identity;
use crate::hub::Hub;

/// The caller, when logged in.
#[derive(Debug, Clone)]
pub struct Session {
    pub id: i64,
    /// The master session's id for a subsession.
    pub master: Option<i64>,
    pub user_id: i64,
    pub user_name: String,
    /// `koji_api::types::UserType`
    pub user_type: i64,
    /// `koji_api::types::AuthType`
    pub auth_type: i64,
    /// Holds the user's exclusive lock, itself or through its master.
    pub exclusive: bool,
    /// The build host this user is, if it is one.
    pub host_id: Option<i64>,
    /// Permissions, groups' included; read once for a call.
    pub perms: Vec<String>,
}

/// A session that has expired and may be renewed by logging in again.
#[derive(Debug, Clone)]
pub struct Renewable {
    pub id: i64,
    pub master: Option<i64>,
    pub exclusive: bool,
}

/// Where a request came from.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Unique for each request; in every log line.
    pub request_id: String,
    pub ip: String,
    /// Who the caller is by TLS, Kerberos or a trusted web server; only logins ask for it.
    pub identity: Option<Identity>,
}

/// The context of one call.
pub struct Cx {
    pub hub: Arc<Hub>,
    pub tx: Tx,
    pub session: Option<Session>,
    /// The caller's session has expired: only a login may follow, and renews it.
    pub renewable: Option<Renewable>,
    pub origin: Origin,
    /// The method being called; inside a multicall, the one whose turn it is.
    pub method: &'static str,
    /// Inside a multicall, whose transaction goes on after this call.
    pub nested: bool,
    /// How many methods of [`crate::methods::CALLS_ANOTHER`] are at work in this call.
    pub depth: usize,
}

impl Cx {
    pub fn session(&self) -> Result<&Session, Fault> {
        self.session.as_ref().ok_or_else(|| Fault::not_allowed("you must be logged in for this operation"))
    }

    pub fn user_id(&self) -> Result<i64, Fault> {
        self.session().map(|s| s.user_id)
    }

    /// The build host that calls, in its exclusive session.
    pub fn host_id(&self) -> Result<i64, Fault> {
        let session = self.session.as_ref().ok_or_else(|| Fault::auth("Not logged-in"))?;
        let host =
            session.host_id.ok_or_else(|| Fault::auth(format!("User {} is not a host", session.user_id)))?;
        if !session.exclusive {
            return Err(Fault::auth("This method requires an exclusive session"));
        }
        Ok(host)
    }

    /// Exactly this permission: being an admin does not imply it.
    pub fn has_perm(&self, perm: &str) -> bool {
        self.session.as_ref().is_some_and(|s| s.perms.iter().any(|p| p == perm))
    }

    pub fn is_admin(&self) -> bool {
        self.has_perm("admin")
    }

    /// This permission or admin; otherwise the fault that clients know.
    pub fn assert_perm(&self, perm: &str) -> Result<(), Fault> {
        if self.has_perm(perm) || self.is_admin() {
            return Ok(());
        }
        let who = match &self.session {
            Some(session) => format!("logged in as {}", session.user_name),
            None => "user not logged in".to_owned(),
        };
        Err(Fault::not_allowed(format!("{perm} permission required ({who})")))
    }
}
