//! The audit log: who did what, from where, with which result.

use crate::{Result, Tx, args};

/// One line.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    pub user_id: Option<i64>,
    pub user_name: Option<String>,
    pub ip: String,
    pub request_id: String,
    pub method: String,
    /// The parameters, shortened, without secrets.
    pub params: String,
    /// Code and text of the fault; `None` for a success.
    pub fault: Option<(i64, String)>,
}

pub async fn write(tx: &mut Tx, entry: &Entry) -> Result<()> {
    let (code, message) = match &entry.fault {
        Some((code, message)) => (Some(*code), Some(clean(message))),
        None => (None, None),
    };
    tx.execute(
        "INSERT INTO hub_audit (user_id, user_name, ip, request_id, method, params, fault, message)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            entry.user_id,
            entry.user_name.clone(),
            entry.ip.as_str(),
            entry.request_id.as_str(),
            clean(&entry.method),
            clean(&entry.params),
            code,
            message
        ],
    )
    .await
    .map(drop)
}

/// PostgreSQL's text has no NUL.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
