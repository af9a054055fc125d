//! Versioned rows: the heart of the data model, written only here.
//!
//! A versioned table has `create_event`, `revoke_event`, `creator_id`, `revoker_id` and `active`. A row is current while
//! `active` is TRUE; revoked rows have NULL there (never FALSE: the unique constraints rely on it). An edit revokes the
//! current row and inserts the next one with the same event.

use std::fmt::Write as _;

use crate::{Arg, Result, Tx};

/// Inserts the current row of a versioned table with the transaction's event and user.
pub async fn insert(tx: &mut Tx, table: &'static str, row: Vec<(&'static str, Arg)>) -> Result<()> {
    let (event, user) = (tx.event().await?, tx.user()?);
    let mut columns = String::new();
    let mut values = String::new();
    let mut args = Vec::with_capacity(row.len() + 2);
    let all = row.into_iter().chain([("create_event", Arg::from(event)), ("creator_id", Arg::from(user))]);
    for (i, (column, value)) in all.enumerate() {
        let comma = if i > 0 { ", " } else { "" };
        let _ = write!(columns, "{comma}{column}");
        args.push(value);
        let _ = write!(values, "{comma}${}", args.len());
    }
    tx.execute_built(format!("INSERT INTO {table} ({columns}) VALUES ({values})"), &args).await?;
    Ok(())
}

/// Revokes the current rows in which all of `key` match; the number of rows revoked.
pub async fn revoke(tx: &mut Tx, table: &'static str, key: Vec<(&'static str, Arg)>) -> Result<u64> {
    let (event, user) = (tx.event().await?, tx.user()?);
    let mut sql =
        format!("UPDATE {table} SET revoke_event = $1, revoker_id = $2, active = NULL WHERE active IS TRUE");
    let mut args = vec![Arg::from(event), Arg::from(user)];
    for (column, value) in key {
        args.push(value);
        let _ = write!(sql, " AND {column} = ${}", args.len());
    }
    tx.execute_built(sql, &args).await
}

/// Replaces the current row with `key` by one with `key` and `row`.
pub async fn replace(
    tx: &mut Tx,
    table: &'static str,
    key: Vec<(&'static str, Arg)>,
    row: Vec<(&'static str, Arg)>,
) -> Result<()> {
    revoke(tx, table, key.clone()).await?;
    insert(tx, table, key.into_iter().chain(row).collect()).await
}
