//! Build hosts: `host`, `host_config`.

use koji_api::types::NameOrId;
use koji_xmlrpc::Struct;

use crate::{Arg, Query, Result, Tx, args, versioned};

/// A build host.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Host {
    pub id: i64,
    pub user_id: i64,
    pub name: String,
    /// When the host last reported, in seconds since 1970.
    pub update_ts: Option<f64>,
    pub ready: bool,
    pub task_load: f64,
    /// Separated by spaces.
    pub arches: Option<String>,
    pub capacity: f64,
    pub description: Option<String>,
    pub comment: Option<String>,
    pub enabled: bool,
}

/// The keys of `getHost`.
impl From<Host> for Struct {
    fn from(h: Host) -> Struct {
        let mut s = Struct::new();
        s.insert("id".into(), h.id.into());
        s.insert("user_id".into(), h.user_id.into());
        s.insert("name".into(), h.name.into());
        s.insert("update_ts".into(), h.update_ts.into());
        s.insert("ready".into(), h.ready.into());
        s.insert("task_load".into(), h.task_load.into());
        s.insert("arches".into(), h.arches.into());
        s.insert("capacity".into(), h.capacity.into());
        s.insert("description".into(), h.description.into());
        s.insert("comment".into(), h.comment.into());
        s.insert("enabled".into(), h.enabled.into());
        s
    }
}

/// What `listHosts` filters by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Hosts that have one of them.
    pub arches: Option<Vec<String>>,
    pub channel: Option<i64>,
    pub ready: Option<bool>,
    pub enabled: Option<bool>,
    pub user: Option<i64>,
}

fn all(event: Option<i64>) -> Query {
    Query::from("host_config")
        .columns(&[
            ("host.id::bigint", "id"),
            ("host.user_id::bigint", "user_id"),
            ("host.name::text", "name"),
            ("date_part('epoch', host.update_time)", "update_ts"),
            ("host.ready", "ready"),
            ("host.task_load", "task_load"),
            ("host_config.arches", "arches"),
            ("host_config.capacity", "capacity"),
            ("host_config.description", "description"),
            ("host_config.comment", "comment"),
            ("host_config.enabled", "enabled"),
        ])
        .join("JOIN host ON host.id = host_config.host_id")
        .at("host_config", event)
        .order_by("host_config.create_event, host.id")
}

/// The host with its configuration at an event.
pub async fn get(tx: &mut Tx, which: &NameOrId, event: Option<i64>) -> Result<Option<Host>> {
    let q = match which {
        NameOrId::Id(id) => all(event).filter("host.id = {}", *id),
        NameOrId::Name(name) => all(event).filter("host.name = {}", name),
    };
    Ok(tx.select_as(&q).await?.into_iter().next())
}

/// Hosts, with the keys of `listHosts`.
pub fn list(filter: &Filter) -> Query {
    let mut q = all(None);
    if let Some(channel) = filter.channel {
        q = q
            .join("JOIN host_channels ON host.id = host_channels.host_id")
            .at("host_channels", None)
            .filter("host_channels.channel_id = {}", channel);
    }
    q.filter_opt("string_to_array(host_config.arches, ' ') && {}::text[]", filter.arches.clone())
        .filter_opt("host.ready = {}", filter.ready)
        .filter_opt("host_config.enabled = {}", filter.enabled)
        .filter_opt("host.user_id = {}", filter.user)
}

/// When the host's user last called, as text and in seconds since 1970.
pub async fn last_update(tx: &mut Tx, host: i64) -> Result<Option<Struct>> {
    tx.row(
        "SELECT sessions.update_time, date_part('epoch', sessions.update_time) AS ts
           FROM sessions JOIN host ON sessions.user_id = host.user_id
          WHERE host.id = $1 ORDER BY sessions.update_time DESC LIMIT 1",
        args![host],
    )
    .await
}

/// The arches of all hosts, as they are written there.
pub async fn arches(tx: &mut Tx) -> Result<Vec<Struct>> {
    tx.rows(
        "SELECT arches FROM host_config WHERE active IS TRUE AND arches IS NOT NULL
          ORDER BY create_event, host_id",
        vec![],
    )
    .await
}

/// Adds a host for a user, with default capacity, enabled, in no channel; answers its id.
pub async fn add(tx: &mut Tx, user: i64, name: &str, arches: &str) -> Result<i64> {
    let id =
        tx.int("INSERT INTO host (user_id, name) VALUES ($1, $2) RETURNING id", args![user, name]).await?;
    versioned::insert(tx, "host_config", vec![("host_id", id.into()), ("arches", arches.into())]).await?;
    Ok(id)
}

/// Writes the versioned part of a host.
pub async fn set_config(tx: &mut Tx, h: &Host) -> Result<()> {
    let row: Vec<(&'static str, Arg)> = vec![
        ("arches", h.arches.clone().into()),
        ("capacity", h.capacity.into()),
        ("description", h.description.clone().into()),
        ("comment", h.comment.clone().into()),
        ("enabled", h.enabled.into()),
    ];
    versioned::replace(tx, "host_config", vec![("host_id", h.id.into())], row).await
}
