//! When a tag changed: the events that touch its builds, packages, groups, inheritance, settings or external repos, its own
//! or inherited.

use crate::{Result, Tx, args, inheritance};

/// All events of interest as one column `event`, of the tags `$1` and of the external repos they have at `$2` (now, when that
/// is NULL).
macro_rules! events {
    () => {
        concat!(
            "SELECT update_event AS event FROM tag_updates WHERE tag_id = ANY($1)",
            events!(tag "tag_listing"),
            events!(tag "tag_inheritance"),
            events!(tag "tag_config"),
            events!(tag "tag_packages"),
            events!(tag "tag_external_repos"),
            events!(tag "tag_extra"),
            events!(tag "group_package_listing"),
            events!(tag "group_req_listing"),
            events!(tag "group_config"),
            events!(external "external_repo_config"),
            events!(external "external_repo_data"),
        )
    };
    (tag $table:literal) => { events!(both $table, "tag_id = ANY($1)") };
    (external $table:literal) => {
        events!(both $table, "external_repo_id IN (SELECT external_repo_id FROM tag_external_repos AS ter \
            WHERE ter.tag_id = ANY($1) AND CASE WHEN $2::bigint IS NULL THEN ter.active IS TRUE \
            ELSE ter.create_event <= $2 AND (ter.revoke_event IS NULL OR $2 < ter.revoke_event) END)")
    };
    (both $table:literal, $where:literal) => {
        concat!(
            " UNION ALL SELECT create_event FROM ", $table, " WHERE ", $where,
            " UNION ALL SELECT revoke_event FROM ", $table, " WHERE ", $where
        )
    };
}

/// The last event that changed the tag, before an event if one is given; `None` when the tag did not exist. The end of a
/// deleted tag is its last change.
pub async fn last(tx: &mut Tx, tag: i64, before: Option<i64>, inherit: bool) -> Result<Option<i64>> {
    let deleted = tx
        .maybe_int(
            "SELECT max(revoke_event) FROM tag_config WHERE tag_id = $1
              HAVING NOT coalesce(bool_or(active IS TRUE), FALSE)",
            args![tag],
        )
        .await?;
    if before.is_none() && deleted.is_some() {
        return Ok(deleted);
    }
    let tags = carriers(tx, tag, before, inherit).await?;
    let last = tx
        .maybe_int(
            concat!("SELECT max(event) FROM (", events!(), ") AS e WHERE $2::bigint IS NULL OR event < $2"),
            args![tags, before],
        )
        .await?;
    Ok(last.map(|last| deleted.map_or(last, |d| last.min(d))))
}

/// The first event that changed the tag, after an event if one is given, otherwise the tag's beginning; `None` when nothing
/// did.
pub async fn first(tx: &mut Tx, tag: i64, after: Option<i64>, inherit: bool) -> Result<Option<i64>> {
    let created =
        tx.maybe_int("SELECT min(create_event) FROM tag_config WHERE tag_id = $1", args![tag]).await?;
    let Some(after) = after else { return Ok(created) };
    let tags = carriers(tx, tag, Some(after), inherit).await?;
    let first = tx
        .maybe_int(
            concat!("SELECT min(event) FROM (", events!(), ") AS e WHERE event > $2"),
            args![tags, Some(after)],
        )
        .await?;
    Ok(first.map(|first| created.map_or(first, |c| first.max(c))))
}

async fn carriers(tx: &mut Tx, tag: i64, event: Option<i64>, inherit: bool) -> Result<Vec<i64>> {
    if inherit { inheritance::tags(tx, tag, event).await } else { Ok(vec![tag]) }
}

/// Whether an event after `event` changed one of the tags themselves.
pub async fn since(tx: &mut Tx, tags: Vec<i64>, event: i64) -> Result<bool> {
    let found = tx
        .maybe_int(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM tag_updates WHERE tag_id = ANY($1) AND update_event > $2)
                OR EXISTS (SELECT 1 FROM tag_listing WHERE tag_id = ANY($1) AND (create_event > $2 OR revoke_event > $2))
                OR EXISTS (SELECT 1 FROM tag_inheritance WHERE tag_id = ANY($1) AND (create_event > $2 OR revoke_event > $2))
                OR EXISTS (SELECT 1 FROM tag_config WHERE tag_id = ANY($1) AND (create_event > $2 OR revoke_event > $2))
                OR EXISTS (SELECT 1 FROM tag_extra WHERE tag_id = ANY($1) AND (create_event > $2 OR revoke_event > $2))
                OR EXISTS (SELECT 1 FROM tag_packages WHERE tag_id = ANY($1) AND (create_event > $2 OR revoke_event > $2))
                OR EXISTS (SELECT 1 FROM tag_external_repos
                            WHERE tag_id = ANY($1) AND (create_event > $2 OR revoke_event > $2))
                OR EXISTS (SELECT 1 FROM group_package_listing
                            WHERE tag_id = ANY($1) AND (create_event > $2 OR revoke_event > $2))
                OR EXISTS (SELECT 1 FROM group_req_listing
                            WHERE tag_id = ANY($1) AND (create_event > $2 OR revoke_event > $2))
                OR EXISTS (SELECT 1 FROM group_config WHERE tag_id = ANY($1) AND (create_event > $2 OR revoke_event > $2))",
            args![tags, event],
        )
        .await?;
    Ok(found.is_some())
}
