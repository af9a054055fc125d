//! Events: the numbered points in history.

use koji_xmlrpc::Struct;

use crate::{Result, Tx, args};

/// `{id, ts}` of an event.
pub async fn get(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    tx.row(r#"SELECT id, date_part('epoch', "time") AS ts FROM events WHERE id = $1"#, args![id]).await
}

/// `{id, ts}` of the last event, or of the last one before a time in seconds since 1970.
pub async fn last(tx: &mut Tx, before: Option<f64>) -> Result<Option<Struct>> {
    tx.row(
        r#"SELECT id, date_part('epoch', "time") AS ts FROM events
            WHERE $1::float8 IS NULL OR date_part('epoch', "time") < $1 ORDER BY id DESC LIMIT 1"#,
        args![before],
    )
    .await
}
