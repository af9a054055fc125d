//! The history of versioned tables, with the names behind their ids.

mod tables;

use koji_xmlrpc::{Struct, Value};

pub use tables::{By, TABLES, Table};

use crate::{Arg, OptsError, Query, QueryOpts, Result, Tx, args};

/// Which rows of a table to answer. Limits of time hold when the row was created or revoked then.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Records that a row is about, each with an id; for [`By::GroupPackage`] and [`By::Key`] a text.
    pub about: Vec<(By, Arg)>,
    pub active: Option<bool>,
    /// A user who created or revoked.
    pub editor: Option<i64>,
    /// Seconds since 1970.
    pub after: Option<f64>,
    pub before: Option<f64>,
    pub after_event: Option<i64>,
    pub before_event: Option<i64>,
}

/// The table's rows.
pub fn query(table: &Table, filter: &Filter, opts: &QueryOpts) -> std::result::Result<Query, OptsError> {
    let mut q = Query::from(table.from)
        .columns(&[
            ("h.active", "active"),
            ("h.create_event", "create_event"),
            ("h.revoke_event", "revoke_event"),
            ("h.creator_id", "creator_id"),
            ("h.revoker_id", "revoker_id"),
            ("creator.name", "creator_name"),
            ("revoker.name", "revoker_name"),
            ("date_part('epoch', ev1.time)", "create_ts"),
            ("date_part('epoch', ev2.time)", "revoke_ts"),
        ])
        .columns(table.columns)
        .join("JOIN events AS ev1 ON ev1.id = h.create_event")
        .join("LEFT JOIN events AS ev2 ON ev2.id = h.revoke_event")
        .join("JOIN users AS creator ON creator.id = h.creator_id")
        .join("LEFT JOIN users AS revoker ON revoker.id = h.revoker_id");
    for join in table.joins {
        q = q.join(join);
    }
    for (by, value) in &filter.about {
        if let Some(clause) = table.clause(*by) {
            let times = clause.matches("{}").count();
            q = q.filter_all(clause, vec![value.clone(); times]);
        }
    }
    q = match filter.active {
        None => q,
        Some(true) => q.filter_sql("h.active IS TRUE"),
        Some(false) => q.filter_sql("h.active IS NULL"),
    };
    if let Some(user) = filter.editor {
        q = q.filter_all("h.creator_id = {} OR h.revoker_id = {}", args![user, user]);
    }
    if let Some(time) = filter.after {
        q = q.filter_all(
            "date_part('epoch', ev1.time) > {} OR date_part('epoch', ev2.time) > {}",
            args![time, time],
        );
    }
    if let Some(time) = filter.before {
        q = q.filter_all(
            "date_part('epoch', ev1.time) < {} OR date_part('epoch', ev2.time) < {}",
            args![time, time],
        );
    }
    if let Some(event) = filter.after_event {
        q = q.filter_all("h.create_event > {} OR h.revoke_event > {}", args![event, event]);
    }
    if let Some(event) = filter.before_event {
        q = q.filter_all("h.create_event < {} OR h.revoke_event < {}", args![event, event]);
    }
    q.order_by("h.create_event").options(opts)
}

/// Adds to a row which of the filter's limits its creation and its revocation meet.
pub fn mark(row: &mut Struct, filter: &Filter) {
    let of = |row: &Struct, key: &str| row.get(key).cloned().unwrap_or_default();
    let (created, revoked) = (of(row, "create_ts"), of(row, "revoke_ts"));
    let (create_event, revoke_event) = (of(row, "create_event"), of(row, "revoke_event"));
    let (creator, revoker) = (of(row, "creator_id"), of(row, "revoker_id"));
    // nil for what has not happened
    fn when<T>(value: Option<T>, test: impl FnOnce(T) -> bool) -> Value {
        value.map(test).into()
    }
    let mut put = |key: &str, value: Value| row.insert(key.to_owned(), value);
    if let Some(user) = filter.editor {
        put("_created_by", when(creator.as_int(), |id| id == user));
        put("_revoked_by", when(revoker.as_int(), |id| id == user));
    }
    if let Some(time) = filter.after {
        put("_created_after", when(created.as_double(), |t| t > time));
        put("_revoked_after", when(revoked.as_double(), |t| t > time));
    }
    if let Some(event) = filter.after_event {
        put("_created_after_event", when(create_event.as_int(), |e| e > event));
        put("_revoked_after_event", when(revoke_event.as_int(), |e| e > event));
    }
    if let Some(time) = filter.before {
        put("_created_before", when(created.as_double(), |t| t < time));
        put("_revoked_before", when(revoked.as_double(), |t| t < time));
    }
    if let Some(event) = filter.before_event {
        put("_created_before_event", when(create_event.as_int(), |e| e < event));
        put("_revoked_before_event", when(revoke_event.as_int(), |e| e < event));
    }
}

/// A time as PostgreSQL reads it, in seconds since 1970. Without a zone it is UTC.
pub async fn timestamp(tx: &mut Tx, text: &str) -> Result<f64> {
    let row = tx.row("SELECT date_part('epoch', $1::text::timestamptz) AS ts", args![text]).await?;
    Ok(row.and_then(|r| r.get("ts").and_then(Value::as_double)).unwrap_or_default())
}

/// The id of a host, disabled or not.
pub async fn host_id(tx: &mut Tx, which: &koji_api::types::NameOrId) -> Result<Option<i64>> {
    tx.maybe_int("SELECT id FROM host WHERE id = $1 OR name = $2", args![which.id(), which.name()]).await
}
