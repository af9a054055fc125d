//! Build targets: `build_target`, `build_target_config`.

use koji_api::types::NameOrId;
use koji_xmlrpc::Struct;

use crate::names::{self, Table};
use crate::{Query, Result, Tx, args, versioned};

/// Where builds come from and go to.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Target {
    pub id: i64,
    pub name: String,
    pub build_tag: i64,
    pub build_tag_name: String,
    pub dest_tag: i64,
    pub dest_tag_name: String,
}

/// The keys of `getBuildTarget`.
impl From<Target> for Struct {
    fn from(t: Target) -> Struct {
        let mut s = Struct::new();
        s.insert("id".into(), t.id.into());
        s.insert("build_tag".into(), t.build_tag.into());
        s.insert("dest_tag".into(), t.dest_tag.into());
        s.insert("name".into(), t.name.into());
        s.insert("build_tag_name".into(), t.build_tag_name.into());
        s.insert("dest_tag_name".into(), t.dest_tag_name.into());
        s
    }
}

/// What `getBuildTargets` filters by.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub which: Option<NameOrId>,
    pub build_tag: Option<i64>,
    pub dest_tag: Option<i64>,
}

/// The targets of an event, with the keys of `getBuildTargets`.
pub fn list(filter: &Filter, event: Option<i64>) -> Query {
    let q = Query::from("build_target_config")
        .columns(&[
            ("build_target.id", "id"),
            ("build_tag", "build_tag"),
            ("dest_tag", "dest_tag"),
            ("build_target.name", "name"),
            ("tag1.name", "build_tag_name"),
            ("tag2.name", "dest_tag_name"),
        ])
        .join("JOIN build_target ON build_target_config.build_target_id = build_target.id")
        .join("JOIN tag AS tag1 ON build_target_config.build_tag = tag1.id")
        .join("JOIN tag AS tag2 ON build_target_config.dest_tag = tag2.id")
        .at("build_target_config", event)
        .filter_opt("build_tag = {}", filter.build_tag)
        .filter_opt("dest_tag = {}", filter.dest_tag)
        .order_by("build_target_config.create_event, build_target.id");
    match &filter.which {
        None => q,
        Some(NameOrId::Id(id)) => q.filter("build_target.id = {}", *id),
        Some(NameOrId::Name(name)) => q.filter("build_target.name = {}", name),
    }
}

/// The target, if it exists at the event.
pub async fn get(tx: &mut Tx, which: &NameOrId, event: Option<i64>) -> Result<Option<Target>> {
    tx.row_as(
        "SELECT build_target.id::bigint, build_target.name, build_tag::bigint, tag1.name AS build_tag_name,
                dest_tag::bigint, tag2.name AS dest_tag_name
           FROM build_target_config
           JOIN build_target ON build_target_config.build_target_id = build_target.id
           JOIN tag AS tag1 ON build_target_config.build_tag = tag1.id
           JOIN tag AS tag2 ON build_target_config.dest_tag = tag2.id
          WHERE (build_target.id = $1 OR build_target.name = $2)
            AND CASE WHEN $3::bigint IS NULL THEN active IS TRUE
                ELSE create_event <= $3 AND (revoke_event IS NULL OR $3 < revoke_event) END",
        args![which.id(), which.name(), event],
    )
    .await
}

/// Makes a target, or brings a deleted one back under its old id.
pub async fn create(tx: &mut Tx, name: &str, build_tag: i64, dest_tag: i64) -> Result<()> {
    let id = names::find_or_add(tx, Table::BuildTarget, name).await?;
    set(tx, id, build_tag, dest_tag).await
}

pub async fn set(tx: &mut Tx, id: i64, build_tag: i64, dest_tag: i64) -> Result<()> {
    versioned::replace(
        tx,
        "build_target_config",
        vec![("build_target_id", id.into())],
        vec![("build_tag", build_tag.into()), ("dest_tag", dest_tag.into())],
    )
    .await
}

pub async fn delete(tx: &mut Tx, id: i64) -> Result<u64> {
    versioned::revoke(tx, "build_target_config", vec![("build_target_id", id.into())]).await
}
