//! The audit log: every change that a call made and every one that was refused.
//!
//! A change is noted in its own transaction: either both are there or none. A refusal gets a transaction of its own.
//! What the builders do in their daily work is recorded where it belongs (tasks, builds, buildroots), so of `host.*` only
//! refusals are noted.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use koji_api::Fault;
use koji_db::{Db, Mode, Tx, audit, to_json};
use koji_xmlrpc::{Struct, Value};

use crate::context::{Origin, Session};

/// Longest text of parameters that is kept, in bytes.
const PARAMS_MAX: usize = 2000;
/// Refusals of callers without a session that are kept for each second; more only go to the log.
const ANONYMOUS_PER_SECOND: u64 = 20;

/// Methods whose success changes nothing but the session itself.
const QUIET: &[&str] =
    &["subsession", "exclusiveSession", "sharedSession", "logout", "logoutChild", "uploadFile", "rawUpload"];

/// What a call was, for its line.
#[derive(Debug, Clone)]
pub struct Note {
    pub method: &'static str,
    pub params: String,
}

impl Note {
    pub fn new(method: &'static str, args: &[Value], kwargs: &Struct) -> Note {
        Note { method, params: summary(method, args, kwargs) }
    }
}

/// Notes a change in its transaction.
pub async fn changed(
    tx: &mut Tx,
    session: Option<&Session>,
    origin: &Origin,
    note: &Note,
) -> koji_db::Result<()> {
    let who = session.map_or("-", |s| s.user_name.as_str());
    tracing::info!(target: "koji_hub::audit", user = who, ip = %origin.ip, method = note.method, params = %note.params, "changed");
    if QUIET.contains(&note.method) || note.method.starts_with("host.") {
        return Ok(());
    }
    audit::write(tx, &entry(session, origin, note, None)).await
}

/// Notes a refusal, in a transaction of its own.
pub async fn refused(db: &Db, session: Option<&Session>, origin: &Origin, note: &Note, fault: &Fault) {
    let who = session.map_or("-", |s| s.user_name.as_str());
    tracing::warn!(
        target: "koji_hub::audit",
        user = who, ip = %origin.ip, method = note.method, params = %note.params, code = fault.kind.code(), "refused: {fault}"
    );
    if session.is_none() && !within_limit() {
        return;
    }
    let mut tx = db.begin(Mode::Write);
    let written = match audit::write(&mut tx, &entry(session, origin, note, Some(fault))).await {
        Ok(()) => tx.commit().await,
        Err(e) => Err(e),
    };
    if let Err(e) = written {
        tracing::error!("the refusal could not be noted in the audit log: {e}");
    }
}

/// As [`refused`], inside a transaction that goes on.
pub async fn refused_within(
    tx: &mut Tx,
    session: Option<&Session>,
    origin: &Origin,
    note: &Note,
    fault: &Fault,
) -> koji_db::Result<()> {
    tracing::warn!(target: "koji_hub::audit", ip = %origin.ip, method = note.method, params = %note.params, "refused: {fault}");
    audit::write(tx, &entry(session, origin, note, Some(fault))).await
}

fn entry(session: Option<&Session>, origin: &Origin, note: &Note, fault: Option<&Fault>) -> audit::Entry {
    audit::Entry {
        user_id: session.map(|s| s.user_id),
        // of a login: who it was, whether there is a user for that or not
        user_name: session
            .map(|s| s.user_name.clone())
            .or_else(|| origin.identity.as_ref().map(ToString::to_string)),
        ip: origin.ip.clone(),
        request_id: origin.request_id.clone(),
        method: note.method.to_owned(),
        params: note.params.clone(),
        fault: fault.map(|f| (f.kind.code(), f.message.clone())),
    }
}

/// The parameters as JSON, cut; of logins only the name, of uploads no data.
fn summary(method: &str, args: &[Value], kwargs: &Struct) -> String {
    let shown = match method {
        "login" | "sslLogin" => args.get(..1).unwrap_or_default(),
        "uploadFile" => args.get(..5).unwrap_or(args),
        _ => args,
    };
    let mut all: Vec<serde_json::Value> = shown.iter().map(to_json).collect();
    if !kwargs.is_empty() && method != "login" {
        all.push(to_json(&Value::Struct(kwargs.clone())));
    }
    let mut text = serde_json::Value::Array(all).to_string();
    if text.len() > PARAMS_MAX {
        text.truncate(text.floor_char_boundary(PARAMS_MAX));
        text.push_str("...");
    }
    text
}

fn within_limit() -> bool {
    static SECOND: AtomicI64 = AtomicI64::new(0);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now =
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0));
    if SECOND.swap(now, Ordering::Relaxed) != now {
        COUNT.store(0, Ordering::Relaxed);
    }
    COUNT.fetch_add(1, Ordering::Relaxed) < ANONYMOUS_PER_SECOND
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_bulk_stay_out() {
        let kwargs: Struct = [("password".to_owned(), Value::from("p"))].into_iter().collect();
        assert_eq!(summary("login", &["alice".into(), "secret".into()], &kwargs), r#"["alice"]"#);
        assert_eq!(summary("tagBuild", &["f45".into(), 7_i64.into()], &Struct::new()), r#"["f45",7]"#);
        let long = summary("echo", &["ž".repeat(3000).into()], &Struct::new());
        assert!(long.ends_with("...") && long.len() <= PARAMS_MAX + 3);
    }
}
