//! Whom to write to about a build: subscriptions and those who do not want any.

use crate::notifications::About;
use crate::{Result, Tx, args};

/// Somebody to write to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Recipient {
    pub user_id: i64,
    pub email: String,
}

/// Those who subscribed to builds of the package (or of any) in the tag (or in any), and are no blocked accounts or hosts. Without
/// `complete`, subscriptions to successes only do not count. A tag of `None` stands for builds that are in no tag.
pub async fn subscribers(tx: &mut Tx, about: About, complete: bool) -> Result<Vec<Recipient>> {
    tx.rows_as(
        "SELECT build_notifications.user_id::bigint, build_notifications.email \
         FROM build_notifications JOIN users ON users.id = build_notifications.user_id \
         WHERE users.status = 0 AND users.usertype IN (0, 2) \
           AND (build_notifications.package_id IS NULL OR build_notifications.package_id = $1) \
           AND (build_notifications.tag_id IS NULL OR build_notifications.tag_id = $2) \
           AND ($3 OR NOT build_notifications.success_only) \
         ORDER BY build_notifications.id",
        args![about.package, about.tag, complete],
    )
    .await
}

/// Those of `users` who do not want mail about it.
pub async fn blocking(tx: &mut Tx, users: Vec<i64>, about: About) -> Result<Vec<i64>> {
    tx.ints(
        "SELECT user_id FROM build_notifications_block WHERE user_id = ANY($1) \
           AND (package_id IS NULL OR package_id = $2) AND (tag_id IS NULL OR tag_id = $3)",
        args![users, about.package, about.tag],
    )
    .await
}
