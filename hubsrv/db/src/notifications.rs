//! Who wants mail about builds, and who does not: `build_notifications`, `build_notifications_block`.

use koji_xmlrpc::Struct;

use crate::{Query, Result, Tx, args};

/// Builds that a subscription or a block is about; `None` is any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    pub package: Option<i64>,
    pub tag: Option<i64>,
}

fn all() -> Query {
    Query::from("build_notifications")
        .columns(&[
            ("id", "id"),
            ("user_id", "user_id"),
            ("package_id", "package_id"),
            ("tag_id", "tag_id"),
            ("success_only", "success_only"),
            ("email", "email"),
        ])
        .order_by("id")
}

fn all_blocks() -> Query {
    Query::from("build_notifications_block")
        .columns(&[("id", "id"), ("user_id", "user_id"), ("package_id", "package_id"), ("tag_id", "tag_id")])
        .order_by("id")
}

/// A user's subscriptions, with the keys of `getBuildNotifications`.
pub fn of_user(user: i64) -> Query {
    all().filter("user_id = {}", user)
}

pub fn blocks_of_user(user: i64) -> Query {
    all_blocks().filter("user_id = {}", user)
}

pub async fn get(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    tx.select_one(&all().filter("id = {}", id)).await
}

pub async fn get_block(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    tx.select_one(&all_blocks().filter("id = {}", id)).await
}

/// Whether the user has exactly this subscription.
pub async fn exists(tx: &mut Tx, user: i64, about: About, success_only: bool) -> Result<bool> {
    let row = tx
        .row(
            "SELECT 1 FROM build_notifications WHERE user_id = $1 AND package_id IS NOT DISTINCT FROM $2
                AND tag_id IS NOT DISTINCT FROM $3 AND success_only = $4",
            args![user, about.package, about.tag, success_only],
        )
        .await?;
    Ok(row.is_some())
}

pub async fn block_exists(tx: &mut Tx, user: i64, about: About) -> Result<bool> {
    let row = tx
        .row(
            "SELECT 1 FROM build_notifications_block WHERE user_id = $1
                AND package_id IS NOT DISTINCT FROM $2 AND tag_id IS NOT DISTINCT FROM $3",
            args![user, about.package, about.tag],
        )
        .await?;
    Ok(row.is_some())
}

pub async fn create(tx: &mut Tx, user: i64, about: About, success_only: bool, email: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO build_notifications (user_id, package_id, tag_id, success_only, email)
         VALUES ($1, $2, $3, $4, $5)",
        args![user, about.package, about.tag, success_only, email],
    )
    .await
    .map(drop)
}

pub async fn create_block(tx: &mut Tx, user: i64, about: About) -> Result<()> {
    tx.execute(
        "INSERT INTO build_notifications_block (user_id, package_id, tag_id) VALUES ($1, $2, $3)",
        args![user, about.package, about.tag],
    )
    .await
    .map(drop)
}

pub async fn update(tx: &mut Tx, id: i64, about: About, success_only: bool) -> Result<()> {
    tx.execute(
        "UPDATE build_notifications SET package_id = $2, tag_id = $3, success_only = $4 WHERE id = $1",
        args![id, about.package, about.tag, success_only],
    )
    .await
    .map(drop)
}

pub async fn delete(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute("DELETE FROM build_notifications WHERE id = $1", args![id]).await.map(drop)
}

pub async fn delete_block(tx: &mut Tx, id: i64) -> Result<()> {
    tx.execute("DELETE FROM build_notifications_block WHERE id = $1", args![id]).await.map(drop)
}
