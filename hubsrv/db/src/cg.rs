//! Content generators: who may import for them, and builds they have reserved.

use koji_xmlrpc::{Struct, Value};

use crate::{Result, Tx, args, versioned};

/// Each generator with somebody allowed to use it: `{name: {id, users}}`.
pub async fn all(tx: &mut Tx) -> Result<Struct> {
    let rows = tx
        .rows(
            "SELECT cg.name, cg.id, array_agg(u.name::text ORDER BY cu.create_event) AS users
               FROM cg_users cu JOIN content_generator cg ON cg.id = cu.cg_id JOIN users u ON u.id = cu.user_id
              WHERE cu.active IS TRUE GROUP BY cg.id, cg.name ORDER BY cg.id",
            args![],
        )
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|mut row| match row.shift_remove("name") {
            Some(Value::Str(name)) => Some((name, Value::Struct(row))),
            _ => None,
        })
        .collect())
}

pub async fn has_access(tx: &mut Tx, cg_id: i64, user_id: i64) -> Result<bool> {
    let found = tx
        .maybe_int(
            "SELECT 1 FROM cg_users WHERE cg_id = $1 AND user_id = $2 AND active IS TRUE",
            args![cg_id, user_id],
        )
        .await?;
    Ok(found.is_some())
}

pub async fn grant(tx: &mut Tx, cg_id: i64, user_id: i64) -> Result<()> {
    versioned::insert(tx, "cg_users", vec![("cg_id", cg_id.into()), ("user_id", user_id.into())]).await
}

pub async fn revoke(tx: &mut Tx, cg_id: i64, user_id: i64) -> Result<()> {
    let key = vec![("cg_id", cg_id.into()), ("user_id", user_id.into())];
    versioned::revoke(tx, "cg_users", key).await.map(drop)
}

/// The secret of a build's reservation.
pub async fn token(tx: &mut Tx, build_id: i64) -> Result<Option<String>> {
    tx.maybe_text("SELECT token FROM build_reservations WHERE build_id = $1 FOR UPDATE", args![build_id])
        .await
}

pub async fn reserve(tx: &mut Tx, build_id: i64, token: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO build_reservations (build_id, token, created) VALUES ($1, $2, now())",
        args![build_id, token],
    )
    .await
    .map(drop)
}

pub async fn release(tx: &mut Tx, build_id: i64) -> Result<()> {
    tx.execute("DELETE FROM build_reservations WHERE build_id = $1", args![build_id]).await.map(drop)
}
