//! Channels of build hosts: `channels`, `host_channels`.

use koji_api::types::NameOrId;
use koji_xmlrpc::Struct;

use crate::{Query, Result, Tx, args, versioned};

/// Hosts in a channel take its tasks.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Channel {
    pub id: i64,
    pub name: String,
    pub description: Option<String>,
    /// A disabled channel takes no new tasks.
    pub enabled: bool,
    pub comment: Option<String>,
}

/// The keys of `getChannel`.
impl From<Channel> for Struct {
    fn from(c: Channel) -> Struct {
        let mut s = Struct::new();
        s.insert("id".into(), c.id.into());
        s.insert("name".into(), c.name.into());
        s.insert("description".into(), c.description.into());
        s.insert("enabled".into(), c.enabled.into());
        s.insert("comment".into(), c.comment.into());
        s
    }
}

pub async fn get(tx: &mut Tx, which: &NameOrId) -> Result<Option<Channel>> {
    tx.row_as(
        "SELECT id::bigint, name::text, description, enabled, comment FROM channels WHERE id = $1 OR name = $2",
        args![which.id(), which.name()],
    )
    .await
}

const COLUMNS: &[(&str, &str)] = &[
    ("channels.id", "id"),
    ("channels.name", "name"),
    ("channels.description", "description"),
    ("channels.enabled", "enabled"),
    ("channels.comment", "comment"),
];

/// All channels, or those that are or are not enabled.
pub fn list(enabled: Option<bool>) -> Query {
    Query::from("channels")
        .columns(COLUMNS)
        .filter_opt("channels.enabled = {}", enabled)
        .order_by("channels.id")
}

/// The channels of a host at an event.
pub fn of_host(host: i64, event: Option<i64>, enabled: Option<bool>) -> Query {
    Query::from("host_channels")
        .columns(COLUMNS)
        .join("JOIN channels ON channels.id = host_channels.channel_id")
        .at("host_channels", event)
        .filter("host_channels.host_id = {}", host)
        .filter_opt("channels.enabled = {}", enabled)
        .order_by("channels.id")
}

/// Whether a host is in a channel now.
pub async fn has_host(tx: &mut Tx, channel: i64, host: i64) -> Result<bool> {
    let row = tx
        .row(
            "SELECT 1 FROM host_channels WHERE channel_id = $1 AND host_id = $2 AND active IS TRUE",
            args![channel, host],
        )
        .await?;
    Ok(row.is_some())
}

pub async fn add(tx: &mut Tx, name: &str, description: Option<&str>) -> Result<i64> {
    tx.int("INSERT INTO channels (name, description) VALUES ($1, $2) RETURNING id", args![name, description])
        .await
}

/// Writes all columns of a channel; channels are not versioned.
pub async fn update(tx: &mut Tx, c: &Channel) -> Result<()> {
    tx.execute(
        "UPDATE channels SET name = $2, description = $3, enabled = $4, comment = $5 WHERE id = $1",
        args![c.id, &c.name, c.description.clone(), c.enabled, c.comment.clone()],
    )
    .await
    .map(drop)
}

pub async fn add_host(tx: &mut Tx, channel: i64, host: i64) -> Result<()> {
    versioned::insert(tx, "host_channels", vec![("host_id", host.into()), ("channel_id", channel.into())])
        .await
}

pub async fn remove_host(tx: &mut Tx, channel: i64, host: i64) -> Result<u64> {
    versioned::revoke(tx, "host_channels", vec![("host_id", host.into()), ("channel_id", channel.into())])
        .await
}
