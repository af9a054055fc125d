//! Is the session what it claims to be, and may it make this call now?

use koji_api::types::UserStatus;
use koji_api::{Fault, FaultKind};
use koji_db::changes::Look;
use koji_db::sessions::{self, Found};
use koji_db::{Mode, Tx};

use super::Credentials;
use crate::audit::{self, Note};
use crate::context::{Origin, Renewable, Session};
use crate::fault::Outcome;
use crate::hub::Hub;

/// Methods that an expired session may call: they renew it.
const LOGINS: &[&str] = &["login", "sslLogin"];

/// Methods that may be repeated with the same call number after they have succeeded.
const RETRY_WHITELIST: &[&str] = &[
    "host.taskWait",
    "host.taskUnwait",
    "host.taskSetWait",
    "host.updateHost",
    "host.setBuildRootState",
    "repoExpire",
    "repoDelete",
    "repoProblem",
];

/// Methods that a session may call although another one of the user's is exclusive.
const DESPITE_LOCK: &[&str] = &["exclusiveSession", "login", "logout"];

/// Seconds between two notes of a session's use: a write for each read would be most of the hub's work.
const TOUCH_EVERY: f64 = 60.0;

/// The outcome for a session that holds.
#[derive(Debug)]
pub enum Checked {
    Valid(Session),
    Expired(Renewable),
}

/// Checks in upstream's order: key, expiry, call number, user, exclusive lock. In a changing transaction the session's calls are
/// serialised from here on. A reading one may have a look at what has changed, made before it began.
pub async fn check(
    hub: &Hub,
    tx: &mut Tx,
    look: Option<&Look>,
    said: &Credentials,
    origin: &Origin,
    method: &'static str,
) -> Outcome<Checked> {
    let session = format!("session {}", said.id);
    if let Some(wait) = hub.session_keys.wait(&origin.ip, &session) {
        let text = format!(
            "too many wrong session keys from {}; try again in {} seconds",
            origin.ip,
            wait.as_secs() + 1
        );
        return refused(hub, origin, method, session, Fault::auth(text)).await;
    }
    let ip = hub.session_ip(origin);
    if tx.mode() == Mode::Write && i32::try_from(said.id).is_ok() {
        sessions::serialise(tx, said.id).await?;
    }
    let found = match (i32::try_from(said.id), look) {
        (Err(_), _) => None,
        (Ok(_), Some(look)) if tx.mode() == Mode::Read => hub.sessions.find(tx, look, said.id).await?,
        (Ok(_), _) => sessions::find(tx, said.id).await?,
    };
    let (found, why) = match found {
        None => (None, "unknown"),
        Some(found) if !same(&found.key, &said.key) => (None, "of another key"),
        Some(found) if found.closed => (Some(found), "closed"),
        Some(found) if found.hostip != ip => (Some(found), "of another address"),
        Some(found) => (Some(found), ""),
    };
    // who has the key does not guess
    if found.is_none() {
        hub.session_keys.failed(&origin.ip, &session);
    }
    let Some(found) = found.filter(|_| why.is_empty()) else {
        tracing::warn!(session = said.id, ip, "session refused: it is {why}");
        let fault = Fault::auth("Invalid session or bad credentials");
        return refused(hub, origin, method, session, fault).await;
    };
    let expired = found.expired || is_old(hub, &found);
    if expired && !found.expired {
        let mut own = hub.db.begin(Mode::Write);
        sessions::expire(&mut own, found.id).await?;
        own.commit().await?;
    }
    if expired && !LOGINS.contains(&method) {
        return Err(
            Fault::new(FaultKind::AuthExpired, format!("session \"{}\" has expired", found.id)).into()
        );
    }
    if let (Some(last), Some(callnum)) = (found.callnum, said.callnum) {
        if last > callnum {
            let text = format!("{last} > {callnum} (session {})", found.id);
            return Err(Fault::new(FaultKind::Sequence, text).into());
        }
        if last == callnum && !RETRY_WHITELIST.contains(&method) {
            let text = format!("unable to retry call {callnum} (method {method}) for session {}", found.id);
            return Err(Fault::new(FaultKind::Retry, text).into());
        }
    }
    if expired {
        return Ok(Checked::Expired(Renewable {
            id: found.id,
            master: found.master,
            exclusive: found.exclusive,
        }));
    }
    if found.user_status != UserStatus::Normal.code() {
        return Err(Fault::auth(format!("logins by {} are not allowed", found.user_name)).into());
    }
    let exclusive = found.exclusive || (found.holder.is_some() && found.holder == found.master);
    if found.holder.is_some() && !exclusive && !DESPITE_LOCK.contains(&method) {
        return Err(Fault::new(FaultKind::AuthLock, "User locked by another session").into());
    }
    if found.idle > TOUCH_EVERY {
        let mut own = hub.db.begin(Mode::Write);
        sessions::touch(&mut own, found.id).await?;
        own.commit().await?;
    }
    Ok(Checked::Valid(Session {
        id: found.id,
        master: found.master,
        user_id: found.user_id,
        user_name: found.user_name,
        user_type: found.user_type,
        auth_type: found.authtype,
        exclusive,
        host_id: found.host_id,
        perms: found.perms,
    }))
}

/// The fault, noted.
async fn refused<T>(
    hub: &Hub,
    origin: &Origin,
    method: &'static str,
    session: String,
    fault: Fault,
) -> Outcome<T> {
    let note = Note { method, params: serde_json::json!([session]).to_string() };
    audit::refused(&hub.db, None, origin, &note, &fault).await;
    Err(fault.into())
}

fn is_old(hub: &Hub, found: &Found) -> bool {
    let minutes = hub.settings().session_renewal_timeout;
    // far below 2^53
    minutes != 0 && found.age > (minutes * 60) as f64
}

/// Compares secrets in a time that does not depend on where they differ.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}
