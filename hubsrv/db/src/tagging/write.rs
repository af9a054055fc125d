//! Tagging and untagging, without any rules: those are the hub's.

use koji_api::types::TagUpdateType;
use koji_xmlrpc::Struct;

use crate::{Result, Topic, Tx, args, versioned};

pub async fn is_tagged(tx: &mut Tx, tag: i64, build: i64) -> Result<bool> {
    let row = tx
        .row(
            "SELECT 1 FROM tag_listing WHERE tag_id = $1 AND build_id = $2 AND active IS TRUE",
            args![tag, build],
        )
        .await?;
    Ok(row.is_some())
}

/// Puts a build into a tag that does not have it.
pub async fn tag(tx: &mut Tx, tag: i64, build: i64) -> Result<()> {
    tx.announce_with(Topic::Tag(tag), [("tagged", build.into())]);
    versioned::insert(tx, "tag_listing", vec![("tag_id", tag.into()), ("build_id", build.into())]).await
}

/// Puts a build that the tag has into it again, which makes it the latest.
pub async fn retag(tx: &mut Tx, tag: i64, build: i64) -> Result<()> {
    tx.announce_with(Topic::Tag(tag), [("tagged", build.into())]);
    let key = vec![("tag_id", tag.into()), ("build_id", build.into())];
    versioned::replace(tx, "tag_listing", key, vec![]).await
}

/// Takes a build out of a tag; false when it was not in it.
pub async fn untag(tx: &mut Tx, tag: i64, build: i64) -> Result<bool> {
    let key = vec![("tag_id", tag.into()), ("build_id", build.into())];
    let revoked = versioned::revoke(tx, "tag_listing", key).await?;
    if revoked > 0 {
        tx.announce_with(Topic::Tag(tag), [("untagged", build.into())]);
    }
    Ok(revoked > 0)
}

/// Takes a build out of every tag.
pub async fn untag_everywhere(tx: &mut Tx, build: i64) -> Result<()> {
    for tag in tags_of(tx, build).await? {
        if let Some(id) = tag.get("id").and_then(koji_xmlrpc::Value::as_int) {
            untag(tx, id, build).await?;
        }
    }
    Ok(())
}

/// The tags that a build is in: `id`, `name`.
pub async fn tags_of(tx: &mut Tx, build: i64) -> Result<Vec<Struct>> {
    tx.rows(
        "SELECT tag.id, tag.name FROM tag_listing JOIN tag ON tag.id = tag_listing.tag_id \
         WHERE tag_listing.build_id = $1 AND tag_listing.active IS TRUE ORDER BY tag.id",
        args![build],
    )
    .await
}

/// Notes that a tag's contents changed in another way than by tagging.
pub async fn note_update(tx: &mut Tx, tag: i64, kind: TagUpdateType) -> Result<()> {
    let (event, user) = (tx.event().await?, tx.user()?);
    tx.announce(Topic::Tag(tag));
    tx.execute(
        "INSERT INTO tag_updates (tag_id, update_event, updater_id, update_type) VALUES ($1, $2, $3, $4)",
        args![tag, event, user, kind.code()],
    )
    .await
    .map(drop)
}
