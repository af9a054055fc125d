//! Users, hosts' accounts, groups, and their permissions.

use koji_api::types::UserType;
use koji_xmlrpc::{Struct, Value};

use crate::{Query, Result, Tx, args, versioned};

/// How a caller names a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserRef {
    Id(i64),
    /// A name or a Kerberos principal.
    Text(String),
    /// What a struct says: all of it must match.
    Parts {
        id: Option<i64>,
        name: Option<String>,
        principal: Option<String>,
    },
}

impl From<i64> for UserRef {
    fn from(id: i64) -> UserRef {
        UserRef::Id(id)
    }
}
impl From<&str> for UserRef {
    fn from(text: &str) -> UserRef {
        UserRef::Text(text.to_owned())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub status: i64,
    pub usertype: i64,
}

impl User {
    pub fn is_group(&self) -> bool {
        self.usertype == UserType::Group.code()
    }
}

/// The keys `id`, `name`, `status`, `usertype` of `getUser`.
impl From<User> for Struct {
    fn from(u: User) -> Struct {
        [
            ("id".to_owned(), Value::Int(u.id)),
            ("name".to_owned(), Value::Str(u.name)),
            ("status".to_owned(), Value::Int(u.status)),
            ("usertype".to_owned(), Value::Int(u.usertype)),
        ]
        .into_iter()
        .collect()
    }
}

/// The user, host account or group.
pub async fn find(tx: &mut Tx, user: &UserRef) -> Result<Option<User>> {
    match user {
        UserRef::Id(id) => {
            tx.row_as(
                "SELECT id::bigint, name::text, status::bigint, usertype::bigint FROM users WHERE id = $1",
                args![*id],
            )
            .await
        }
        UserRef::Text(text) => {
            tx.row_as(
                "SELECT id::bigint, name::text, status::bigint, usertype::bigint FROM users
                  WHERE name = $1 OR id = (SELECT user_id FROM user_krb_principals WHERE krb_principal = $1)
                  ORDER BY name = $1 DESC LIMIT 1",
                args![text],
            )
            .await
        }
        UserRef::Parts { id, name, principal } => {
            tx.row_as(
                "SELECT id::bigint, name::text, status::bigint, usertype::bigint FROM users
                  WHERE ($1::bigint IS NULL OR id = $1) AND ($2::text IS NULL OR name = $2)
                    AND ($3::text IS NULL OR id = (SELECT user_id FROM user_krb_principals WHERE krb_principal = $3))
                  ORDER BY id LIMIT 1",
                args![*id, name.clone(), principal.clone()],
            )
            .await
        }
    }
}

pub async fn principals(tx: &mut Tx, user_id: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .rows_as(
            "SELECT krb_principal::text FROM user_krb_principals WHERE user_id = $1 ORDER BY krb_principal",
            args![user_id],
        )
        .await?;
    Ok(rows.into_iter().map(|(p,)| p).collect())
}

/// Ids and names of the groups that a user is a member of.
pub async fn groups(tx: &mut Tx, user_id: i64) -> Result<Vec<Struct>> {
    tx.rows(
        "SELECT g.id, g.name FROM user_groups ug JOIN users g ON g.id = ug.group_id
          WHERE ug.user_id = $1 AND ug.active IS TRUE AND g.usertype = $2 ORDER BY ug.create_event",
        args![user_id, UserType::Group.code()],
    )
    .await
}

/// The names of a user's permissions in the order they were granted; groups' ones follow the own.
pub async fn perms(tx: &mut Tx, user_id: i64, with_groups: bool) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .rows_as(
            "SELECT p.name::text FROM user_perms up JOIN permissions p ON p.id = up.perm_id
              WHERE up.active IS TRUE AND (up.user_id = $1 OR ($2 AND up.user_id IN
                    (SELECT group_id FROM user_groups WHERE user_id = $1 AND active IS TRUE)))
              GROUP BY p.name ORDER BY bool_or(up.user_id = $1) DESC, min(up.create_event)",
            args![user_id, with_groups],
        )
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// Each permission with where it comes from: nil for the user's own, names of groups.
pub async fn perm_sources(tx: &mut Tx, user_id: i64) -> Result<Struct> {
    let rows = tx
        .rows(
            "SELECT p.name, g.name AS source FROM user_perms up JOIN permissions p ON p.id = up.perm_id
               LEFT JOIN users g ON g.id = up.user_id AND up.user_id <> $1
              WHERE up.active IS TRUE AND (up.user_id = $1 OR up.user_id IN
                    (SELECT group_id FROM user_groups WHERE user_id = $1 AND active IS TRUE))
              ORDER BY up.user_id <> $1, up.create_event",
            args![user_id],
        )
        .await?;
    let mut sources = Struct::new();
    for row in rows.into_iter().map(Value::Struct) {
        let (Some(name), Some(source)) = (row.str_at("name"), row.get("source")) else { continue };
        let entry = sources.entry(name.to_owned()).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = entry {
            list.push(source.clone());
        }
    }
    Ok(sources)
}

/// Whether the user has the permission, directly or through a group.
pub async fn has_perm(tx: &mut Tx, user_id: i64, perm: &str) -> Result<bool> {
    Ok(perms(tx, user_id, true).await?.iter().any(|p| p == perm))
}

pub async fn all_perms(tx: &mut Tx) -> Result<Vec<Struct>> {
    tx.rows("SELECT id, name, description FROM permissions ORDER BY id", vec![]).await
}

/// Makes those who are about to make a user of that name go one after the other, until this transaction ends.
pub async fn one_at_a_time(tx: &mut Tx, name: &str) -> Result<()> {
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('user ' || $1, 0))", args![name])
        .await
        .map(drop)
}

pub async fn create(tx: &mut Tx, name: &str, usertype: UserType, status: i64) -> Result<i64> {
    tx.int(
        "INSERT INTO users (name, usertype, status) VALUES ($1, $2, $3) RETURNING id",
        args![name, usertype.code(), status],
    )
    .await
}

pub async fn rename(tx: &mut Tx, user_id: i64, name: &str) -> Result<()> {
    tx.execute("UPDATE users SET name = $2 WHERE id = $1", args![user_id, name]).await.map(drop)
}

pub async fn set_type(tx: &mut Tx, user_id: i64, usertype: UserType) -> Result<()> {
    tx.execute("UPDATE users SET usertype = $2 WHERE id = $1", args![user_id, usertype.code()])
        .await
        .map(drop)
}

pub async fn set_status(tx: &mut Tx, user_id: i64, status: i64) -> Result<()> {
    tx.execute("UPDATE users SET status = $2 WHERE id = $1", args![user_id, status]).await.map(drop)
}

/// Expires all sessions of a user and gives up its exclusive lock.
pub async fn expire_sessions(tx: &mut Tx, user_id: i64) -> Result<()> {
    tx.execute(
        "UPDATE sessions SET expired = TRUE, exclusive = NULL WHERE user_id = $1 AND NOT closed",
        args![user_id],
    )
    .await
    .map(drop)
}

pub async fn add_principal(tx: &mut Tx, user_id: i64, principal: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO user_krb_principals (user_id, krb_principal) VALUES ($1, $2)",
        args![user_id, principal],
    )
    .await
    .map(drop)
}

/// Whether it was there.
pub async fn remove_principal(tx: &mut Tx, user_id: i64, principal: &str) -> Result<bool> {
    let n = tx
        .execute(
            "DELETE FROM user_krb_principals WHERE user_id = $1 AND krb_principal = $2",
            args![user_id, principal],
        )
        .await?;
    Ok(n > 0)
}

pub async fn describe_perm(tx: &mut Tx, perm_id: i64, description: &str) -> Result<()> {
    tx.execute("UPDATE permissions SET description = $2 WHERE id = $1", args![perm_id, description])
        .await
        .map(drop)
}

pub async fn grant(tx: &mut Tx, user_id: i64, perm_id: i64) -> Result<()> {
    versioned::insert(tx, "user_perms", vec![("user_id", user_id.into()), ("perm_id", perm_id.into())]).await
}

pub async fn revoke(tx: &mut Tx, user_id: i64, perm_id: i64) -> Result<()> {
    let key = vec![("user_id", user_id.into()), ("perm_id", perm_id.into())];
    versioned::revoke(tx, "user_perms", key).await.map(drop)
}

pub async fn is_member(tx: &mut Tx, group_id: i64, user_id: i64) -> Result<bool> {
    let found = tx
        .maybe_int(
            "SELECT 1 FROM user_groups WHERE group_id = $1 AND user_id = $2 AND active IS TRUE",
            args![group_id, user_id],
        )
        .await?;
    Ok(found.is_some())
}

pub async fn add_member(tx: &mut Tx, group_id: i64, user_id: i64) -> Result<()> {
    versioned::insert(tx, "user_groups", vec![("user_id", user_id.into()), ("group_id", group_id.into())])
        .await
}

pub async fn drop_member(tx: &mut Tx, group_id: i64, user_id: i64) -> Result<()> {
    let key = vec![("user_id", user_id.into()), ("group_id", group_id.into())];
    versioned::revoke(tx, "user_groups", key).await.map(drop)
}

pub async fn members(tx: &mut Tx, group_id: i64) -> Result<Vec<Struct>> {
    tx.rows(
        "SELECT u.id, u.name, u.usertype,
                ARRAY(SELECT k.krb_principal::text FROM user_krb_principals k WHERE k.user_id = u.id
                       ORDER BY k.krb_principal) AS krb_principals
           FROM user_groups ug JOIN users u ON u.id = ug.user_id
          WHERE ug.group_id = $1 AND ug.active IS TRUE ORDER BY u.id",
        args![group_id],
    )
    .await
}

/// Users of the types, whose name begins with `prefix`, that hold a permission (its id, and whether groups count).
pub fn list(types: Option<Vec<i64>>, prefix: Option<&str>, perm: Option<(i64, bool)>) -> Query {
    Query::from("users")
        .columns(&[
            ("users.id", "id"),
            ("users.name", "name"),
            ("users.status", "status"),
            ("users.usertype", "usertype"),
            (
                "ARRAY(SELECT k.krb_principal::text FROM user_krb_principals k WHERE k.user_id = users.id \
                 ORDER BY k.krb_principal)",
                "krb_principals",
            ),
        ])
        .filter_opt("users.usertype = ANY ({})", types)
        .filter_opt("starts_with(lower(users.name), lower({}))", prefix)
        .filter_opt(
            "EXISTS (SELECT 1 FROM user_perms up WHERE up.active IS TRUE AND up.perm_id = {} AND up.user_id = users.id)",
            perm.filter(|(_, inherited)| !inherited).map(|(id, _)| id),
        )
        .filter_opt(
            "EXISTS (SELECT 1 FROM user_perms up WHERE up.active IS TRUE AND up.perm_id = {} AND (up.user_id = users.id \
             OR up.user_id IN (SELECT g.group_id FROM user_groups g WHERE g.user_id = users.id AND g.active IS TRUE)))",
            perm.filter(|(_, inherited)| *inherited).map(|(id, _)| id),
        )
        .order_by("users.id")
}
