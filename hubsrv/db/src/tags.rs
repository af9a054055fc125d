//! Tags: `tag`, `tag_config`, `tag_extra`.

use koji_api::types::NameOrId;
use koji_xmlrpc::{Struct, Value};

use crate::names::{self, Table};
use crate::{Arg, DbError, Query, Result, Tx, args, json, json_text, versioned};

/// A tag's configuration, without what it inherits.
#[derive(Debug, Clone, PartialEq)]
pub struct Tag {
    pub id: i64,
    pub name: String,
    pub perm_id: Option<i64>,
    /// Name of the permission that tagging needs.
    pub perm: Option<String>,
    /// Architectures, separated by spaces; `None` to inherit them.
    pub arches: Option<String>,
    pub locked: bool,
    pub maven_support: bool,
    pub maven_include_all: bool,
    /// Blocked keys are not among them.
    pub extra: Struct,
    /// When the tag was deleted, if it was looked up as a deleted one.
    pub revoke_event: Option<i64>,
    /// The event the caller asked for.
    pub query_event: Option<i64>,
}

/// The keys of `getTag`.
impl From<Tag> for Struct {
    fn from(t: Tag) -> Struct {
        let mut s = Struct::new();
        s.insert("id".into(), t.id.into());
        s.insert("name".into(), t.name.into());
        s.insert("perm_id".into(), t.perm_id.into());
        s.insert("perm".into(), t.perm.into());
        s.insert("arches".into(), t.arches.into());
        s.insert("locked".into(), t.locked.into());
        s.insert("maven_support".into(), t.maven_support.into());
        s.insert("maven_include_all".into(), t.maven_include_all.into());
        if let Some(event) = t.revoke_event {
            s.insert("revoke_event".into(), event.into());
        }
        s.insert("extra".into(), Value::Struct(t.extra));
        if let Some(event) = t.query_event {
            s.insert("query_event".into(), event.into());
        }
        s
    }
}

/// One key of a tag's extra data.
#[derive(Debug, Clone, PartialEq)]
pub struct Extra {
    pub key: String,
    /// `None` for a blocked key: it stops inheritance.
    pub value: Option<Value>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    name: String,
    perm_id: Option<i64>,
    perm: Option<String>,
    arches: Option<String>,
    locked: bool,
    maven_support: bool,
    maven_include_all: bool,
}

/// The tag as it is (`None`) or was at an event; `None` when it did not exist then.
pub async fn get(tx: &mut Tx, which: &NameOrId, event: Option<i64>) -> Result<Option<Tag>> {
    let row: Option<Row> = tx
        .row_as(
            "SELECT tag.id::bigint, tag.name, perm_id::bigint, permissions.name AS perm, arches, locked,
                    maven_support, maven_include_all
               FROM tag_config
               JOIN tag ON tag.id = tag_config.tag_id
               LEFT JOIN permissions ON permissions.id = tag_config.perm_id
              WHERE (tag.id = $1 OR tag.name = $2)
                AND CASE WHEN $3::bigint IS NULL THEN tag_config.active IS TRUE
                    ELSE create_event <= $3 AND (revoke_event IS NULL OR $3 < revoke_event) END",
            args![which.id(), which.name(), event],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let extra = extra(tx, row.id, event).await?;
    Ok(Some(Tag {
        id: row.id,
        name: row.name,
        perm_id: row.perm_id,
        perm: row.perm,
        arches: row.arches,
        locked: row.locked,
        maven_support: row.maven_support,
        maven_include_all: row.maven_include_all,
        extra: extra.into_iter().filter_map(|e| Some((e.key, e.value?))).collect(),
        revoke_event: None,
        query_event: event,
    }))
}

/// The tag as it is, or as it was before its deletion (`event = "auto"`).
pub async fn get_even_deleted(tx: &mut Tx, which: &NameOrId) -> Result<Option<Tag>> {
    let revoked = tx
        .maybe_int(
            "SELECT revoke_event FROM tag_config JOIN tag ON tag.id = tag_config.tag_id
              WHERE tag.id = $1 OR tag.name = $2 ORDER BY create_event DESC LIMIT 1",
            args![which.id(), which.name()],
        )
        .await?;
    let mut tag = get(tx, which, revoked.map(|event| event - 1)).await?;
    if let Some(tag) = &mut tag {
        tag.revoke_event = revoked;
    }
    Ok(tag)
}

/// The tag's own extra data, blocked keys included.
pub async fn extra(tx: &mut Tx, tag_id: i64, event: Option<i64>) -> Result<Vec<Extra>> {
    extra_of(tx, vec![tag_id], event).await.map(|all| all.into_iter().map(|(_, e)| e).collect())
}

/// The own extra data of several tags, with the tags' ids.
pub async fn extra_of(tx: &mut Tx, tags: Vec<i64>, event: Option<i64>) -> Result<Vec<(i64, Extra)>> {
    let rows: Vec<(i64, String, Option<String>)> = tx
        .rows_as(
            "SELECT tag_id::bigint, key, value FROM tag_extra
              WHERE tag_id = ANY($1)
                AND CASE WHEN $2::bigint IS NULL THEN active IS TRUE
                    ELSE create_event <= $2 AND (revoke_event IS NULL OR $2 < revoke_event) END
              ORDER BY create_event, key",
            args![tags, event],
        )
        .await?;
    rows.into_iter()
        .map(|(tag, key, text)| {
            let value = text.map(|text| serde_json::from_str(&text).map(json)).transpose().map_err(|e| {
                DbError::Other(format!("the extra data '{key}' of tag {tag} is no JSON ({e}); set it anew"))
            })?;
            Ok((tag, Extra { key, value }))
        })
        .collect()
}

/// The arches of several tags.
pub async fn arches_of(
    tx: &mut Tx,
    tags: Vec<i64>,
    event: Option<i64>,
) -> Result<Vec<(i64, String, Option<String>)>> {
    tx.rows_as(
        "SELECT tag.id::bigint, tag.name, arches
           FROM tag_config JOIN tag ON tag.id = tag_config.tag_id
          WHERE tag.id = ANY($1)
            AND CASE WHEN $2::bigint IS NULL THEN tag_config.active IS TRUE
                ELSE create_event <= $2 AND (revoke_event IS NULL OR $2 < revoke_event) END",
        args![tags, event],
    )
    .await
}

/// What `listTags` filters by besides the name.
#[derive(Debug, Clone, Copy)]
pub enum Carrying {
    Anything,
    Build(i64),
    /// Answers owner, blocked and extra arches too.
    Package(i64),
}

/// Existing tags. `pattern` is an SQL pattern, matched without regard to case.
pub fn list(carrying: Carrying, perms: bool, pattern: Option<String>) -> Query {
    let mut q = Query::from("tag_config")
        .columns(&[
            ("tag.id", "id"),
            ("tag.name", "name"),
            ("tag_config.arches", "arches"),
            ("tag_config.locked", "locked"),
            ("tag_config.maven_support", "maven_support"),
            ("tag_config.maven_include_all", "maven_include_all"),
        ])
        .join("JOIN tag ON tag.id = tag_config.tag_id")
        .at("tag_config", None);
    if perms {
        q = q
            .columns(&[("tag_config.perm_id", "perm_id"), ("permissions.name", "perm")])
            .join("LEFT JOIN permissions ON tag_config.perm_id = permissions.id");
    }
    q = match carrying {
        Carrying::Anything => q,
        Carrying::Build(id) => q
            .join("JOIN tag_listing ON tag.id = tag_listing.tag_id")
            .at("tag_listing", None)
            .filter("tag_listing.build_id = {}", id),
        Carrying::Package(id) => q
            .columns(&[
                ("users.id", "owner_id"),
                ("users.name", "owner_name"),
                ("tag_packages.blocked", "blocked"),
                ("tag_packages.extra_arches", "extra_arches"),
            ])
            .join("JOIN tag_packages ON tag.id = tag_packages.tag_id")
            .join(
                "JOIN tag_package_owners ON tag_packages.tag_id = tag_package_owners.tag_id \
                 AND tag_packages.package_id = tag_package_owners.package_id AND tag_package_owners.active IS TRUE",
            )
            .join("JOIN users ON tag_package_owners.owner = users.id")
            .at("tag_packages", None)
            .filter("tag_packages.package_id = {}", id),
    };
    q.filter_opt("tag.name ILIKE {}", pattern).order_by("tag_config.create_event, tag.id")
}

/// The versioned part of a tag's configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub arches: Option<String>,
    pub perm_id: Option<i64>,
    pub locked: bool,
    pub maven_support: bool,
    pub maven_include_all: bool,
}

impl Config {
    pub fn of(tag: &Tag) -> Config {
        Config {
            arches: tag.arches.clone(),
            perm_id: tag.perm_id,
            locked: tag.locked,
            maven_support: tag.maven_support,
            maven_include_all: tag.maven_include_all,
        }
    }

    fn row(&self) -> Vec<(&'static str, Arg)> {
        vec![
            ("arches", self.arches.clone().into()),
            ("perm_id", self.perm_id.into()),
            ("locked", self.locked.into()),
            ("maven_support", self.maven_support.into()),
            ("maven_include_all", self.maven_include_all.into()),
        ]
    }
}

/// Makes a tag, or brings a deleted one back under its old id; answers the id.
pub async fn create(tx: &mut Tx, name: &str, config: &Config) -> Result<i64> {
    let id = names::find_or_add(tx, Table::Tag, name).await?;
    let mut row = config.row();
    row.push(("tag_id", id.into()));
    versioned::insert(tx, "tag_config", row).await?;
    Ok(id)
}

pub async fn set_config(tx: &mut Tx, tag_id: i64, config: &Config) -> Result<()> {
    versioned::replace(tx, "tag_config", vec![("tag_id", tag_id.into())], config.row()).await
}

/// Sets one key of the extra data; `None` blocks it.
pub async fn set_extra(tx: &mut Tx, tag_id: i64, key: &str, value: Option<&Value>) -> Result<()> {
    versioned::replace(
        tx,
        "tag_extra",
        vec![("tag_id", tag_id.into()), ("key", key.into())],
        vec![("value", value.map(json_text).into())],
    )
    .await
}

pub async fn remove_extra(tx: &mut Tx, tag_id: i64, key: &str) -> Result<u64> {
    versioned::revoke(tx, "tag_extra", vec![("tag_id", tag_id.into()), ("key", key.into())]).await
}

/// Revokes all that makes up the tag and all that refers to it. The row of `tag` stays: history refers to it.
pub async fn delete(tx: &mut Tx, tag_id: i64) -> Result<()> {
    const PARTS: &[(&str, &str)] = &[
        ("tag_config", "tag_id"),
        ("tag_extra", "tag_id"),
        ("tag_inheritance", "tag_id"),
        ("tag_inheritance", "parent_id"),
        ("build_target_config", "build_tag"),
        ("build_target_config", "dest_tag"),
        ("tag_listing", "tag_id"),
        ("tag_packages", "tag_id"),
        ("tag_package_owners", "tag_id"),
        ("tag_external_repos", "tag_id"),
        ("group_config", "tag_id"),
        ("group_req_listing", "tag_id"),
        ("group_package_listing", "tag_id"),
    ];
    for (table, column) in PARTS {
        versioned::revoke(tx, table, vec![(column, tag_id.into())]).await?;
    }
    Ok(())
}
