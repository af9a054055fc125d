//! Login sessions, and the passwords of this hub.

use koji_api::types::UserType;
use koji_xmlrpc::Value;

use crate::touched::table;
use crate::{Query, Result, Tables, Tx, args};

/// Class of the advisory locks that serialise the changing calls of one session.
const LOCK_CLASS: i64 = 0x6b6f_6a69;

/// A session as found by its id, with its user: all that a request needs to know, in one row.
#[derive(Debug, Clone)]
pub struct Found {
    pub id: i64,
    pub key: String,
    pub hostip: String,
    pub closed: bool,
    pub expired: bool,
    pub master: Option<i64>,
    pub callnum: Option<i64>,
    pub authtype: i64,
    pub exclusive: bool,
    /// Seconds since it was opened or renewed.
    pub age: f64,
    /// Seconds since its last noted use.
    pub idle: f64,
    pub user_id: i64,
    pub user_name: String,
    pub user_status: i64,
    pub user_type: i64,
    /// The session that has the user's exclusive lock.
    pub holder: Option<i64>,
    pub host_id: Option<i64>,
    /// The user's permissions, groups' included.
    pub perms: Vec<String>,
}

const FIND: &str = "SELECT s.key, s.hostip, s.closed, s.expired, s.master, s.callnum, s.authtype,
           s.exclusive IS TRUE AS exclusive,
           extract(epoch FROM now() - coalesce(s.renew_time, s.start_time))::float8 AS age,
           extract(epoch FROM now() - s.update_time)::float8 AS idle,
           u.id AS user_id, u.name, u.status, u.usertype,
           (SELECT e.id FROM sessions e
             WHERE e.user_id = s.user_id AND e.exclusive = TRUE AND NOT e.closed) AS holder,
           (SELECT min(h.id) FROM host h WHERE h.user_id = s.user_id) AS host_id,
           ARRAY(SELECT p.name::text FROM user_perms up JOIN permissions p ON p.id = up.perm_id
         WHERE up.active IS TRUE AND (up.user_id = s.user_id OR up.user_id IN
               (SELECT g.group_id FROM user_groups g WHERE g.user_id = s.user_id AND g.active IS TRUE))
         GROUP BY p.name ORDER BY min(up.create_event)) AS perms
      FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE s.id = $1";

/// The session `id`, whatever its state. The key is not compared here.
pub async fn find(tx: &mut Tx, id: i64) -> Result<Option<Found>> {
    let row = tx.row(FIND, args![id]).await?;
    Ok(row.map(|row| found(id, &Value::Struct(row))))
}

/// What [`find`] reads; its times depend on the clock as well.
pub fn tables() -> Tables {
    ["sessions", "users", "host", "user_perms", "permissions", "user_groups"].into_iter().map(table).collect()
}

fn found(id: i64, row: &Value) -> Found {
    let int = |key: &str| row.int_at(key);
    let text = |key: &str| row.str_at(key).unwrap_or_default().to_owned();
    let seconds = |key: &str| row.get(key).and_then(Value::as_double).unwrap_or(0.0);
    let perms = row.get("perms").and_then(Value::as_array).unwrap_or_default();
    Found {
        id,
        key: text("key"),
        hostip: text("hostip"),
        closed: row.truthy_at("closed"),
        expired: row.truthy_at("expired"),
        master: int("master"),
        callnum: int("callnum"),
        authtype: int("authtype").unwrap_or(0),
        exclusive: row.truthy_at("exclusive"),
        age: seconds("age"),
        idle: seconds("idle"),
        user_id: int("user_id").unwrap_or(0),
        user_name: text("name"),
        user_status: int("status").unwrap_or(0),
        user_type: int("usertype").unwrap_or(0),
        holder: int("holder"),
        host_id: int("host_id"),
        perms: perms.iter().filter_map(|p| p.as_str().map(str::to_owned)).collect(),
    }
}

/// Makes the changing calls of a session go one after the other, until this transaction ends, so that a call
/// repeated while the first is still running meets its outcome.
pub async fn serialise(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute("SELECT pg_advisory_xact_lock($1::int, $2::int)", args![LOCK_CLASS, id]).await.map(drop)
}

/// Notes a call's number, in the transaction of its changes.
pub async fn set_callnum(tx: &mut Tx, id: i64, callnum: i64) -> Result<()> {
    tx.execute("UPDATE sessions SET callnum = $2 WHERE id = $1", args![id, callnum]).await.map(drop)
}

/// Notes that a session is used.
pub async fn touch(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute("UPDATE sessions SET update_time = now() WHERE id = $1 AND NOT closed", args![id])
        .await
        .map(drop)
}

/// Expires a session and those below it.
pub async fn expire(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute("UPDATE sessions SET expired = TRUE WHERE id = $1 OR master = $1", args![id]).await.map(drop)
}

/// Opens a session; its id.
pub async fn open(
    tx: &mut Tx,
    user_id: i64,
    key: &str,
    hostip: &str,
    authtype: i64,
    master: Option<i64>,
) -> Result<i64> {
    tx.int(
        "INSERT INTO sessions (user_id, key, hostip, authtype, master) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        args![user_id, key, hostip, authtype, master],
    )
    .await
}

/// Gives an expired session a new key. The call numbers begin anew, because clients begin anew.
pub async fn renew(tx: &mut Tx, id: i64, key: &str) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET key = $2, expired = FALSE, callnum = NULL, update_time = now(), renew_time = now()
          WHERE id = $1",
        args![id, key],
    )
    .await
    .map(drop)
}

pub async fn is_open(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(tx.maybe_int("SELECT id FROM sessions WHERE id = $1 AND NOT closed", args![id]).await?.is_some())
}

pub async fn belongs_to(tx: &mut Tx, id: i64, user_id: i64) -> Result<bool> {
    let found =
        tx.maybe_int("SELECT id FROM sessions WHERE id = $1 AND user_id = $2", args![id, user_id]).await?;
    Ok(found.is_some())
}

/// Closes a session and those below it.
pub async fn close(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET expired = TRUE, exclusive = NULL, closed = TRUE WHERE id = $1 OR master = $1",
        args![id],
    )
    .await
    .map(drop)
}

/// Closes a session only if it is below `master`.
pub async fn close_child(tx: &mut Tx, id: i64, master: i64) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET expired = TRUE, exclusive = NULL, closed = TRUE WHERE id = $1 AND master = $2",
        args![id, master],
    )
    .await
    .map(drop)
}

/// The session that has the user's exclusive lock; the user's row stays locked, so that only one can take it.
pub async fn lock_exclusive(tx: &mut Tx, user_id: i64) -> Result<Option<i64>> {
    tx.execute("SELECT id FROM users WHERE id = $1 FOR UPDATE", args![user_id]).await?;
    tx.maybe_int(
        "SELECT id FROM sessions WHERE user_id = $1 AND exclusive = TRUE AND NOT closed FOR UPDATE",
        args![user_id],
    )
    .await
}

pub async fn set_exclusive(tx: &mut Tx, id: i64, exclusive: bool) -> Result<()> {
    let value = exclusive.then_some(true);
    tx.execute("UPDATE sessions SET exclusive = $2 WHERE id = $1", args![id, value]).await.map(drop)
}

/// Which sessions [`query`] answers.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    One(i64),
    /// All of a user that have not expired.
    OfUser(i64),
}

/// Sessions as `getSessionInfo` answers them, without their keys; with `details` also id and address.
pub fn query(which: Which, details: bool) -> Query {
    let query = Query::from("sessions").columns(&[
        ("user_id", "user_id"),
        ("expired", "expired"),
        ("master", "master"),
        ("authtype", "authtype"),
        ("callnum", "callnum"),
        ("start_time", "start_time"),
        ("date_part('epoch', start_time)", "start_ts"),
        ("update_time", "update_time"),
        ("date_part('epoch', update_time)", "update_ts"),
        ("renew_time", "renew_time"),
        ("date_part('epoch', renew_time)", "renew_ts"),
        ("exclusive", "exclusive"),
    ]);
    let query = query.when(details, |q| q.columns(&[("hostip", "hostip"), ("id", "id")]));
    match which {
        Which::One(id) => query.filter("id = {}", id),
        Which::OfUser(user) => {
            query.filter("user_id = {}", user).filter_sql("expired IS FALSE").order_by("id")
        }
    }
}

/// What a password is compared with.
#[derive(Debug)]
pub struct Account {
    pub user_id: i64,
    pub name: String,
    pub status: i64,
    /// Our hash, in PHC form.
    pub hash: Option<String>,
    /// Upstream's column; only counts without a hash.
    pub plain: Option<String>,
}

/// The account called `name` that may log in with a password: people and hosts, no groups.
pub async fn account(tx: &mut Tx, name: &str) -> Result<Option<Account>> {
    let row = tx
        .row(
            "SELECT u.id, u.name, u.status, h.hash, u.password
               FROM users u LEFT JOIN hub_password h ON h.user_id = u.id
              WHERE u.name = $1 AND u.usertype <> $2",
            args![name, UserType::Group.code()],
        )
        .await?;
    Ok(row.map(Value::Struct).map(|row| Account {
        user_id: row.int_at("id").unwrap_or(0),
        name: row.str_at("name").unwrap_or_default().to_owned(),
        status: row.int_at("status").unwrap_or(0),
        hash: row.str_at("hash").map(str::to_owned),
        plain: row.str_at("password").map(str::to_owned),
    }))
}

/// Stores a password's hash and removes upstream's plain text.
pub async fn set_password(tx: &mut Tx, user_id: i64, hash: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO hub_password (user_id, hash) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed = now()",
        args![user_id, hash],
    )
    .await?;
    tx.execute("UPDATE users SET password = NULL WHERE id = $1 AND password IS NOT NULL", args![user_id])
        .await
        .map(drop)
}

/// The users with a password in upstream's column, and whether they have one of this hub, too.
pub async fn plain_passwords(tx: &mut Tx) -> Result<Vec<(String, bool)>> {
    tx.rows_as(
        "SELECT u.name::text, h.user_id IS NOT NULL FROM users u LEFT JOIN hub_password h ON h.user_id = u.id
          WHERE u.password IS NOT NULL ORDER BY u.name",
        args![],
    )
    .await
}

/// Empties upstream's column.
pub async fn drop_plain_passwords(tx: &mut Tx) -> Result<()> {
    tx.execute("UPDATE users SET password = NULL WHERE password IS NOT NULL", args![]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::touched::read_by_built;

    #[test]
    fn what_a_session_depends_on() {
        assert_eq!(read_by_built(&FIND.replace("now()", "")), tables());
    }
}
