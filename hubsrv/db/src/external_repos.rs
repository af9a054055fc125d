//! External repositories and their tags: `external_repo`, `external_repo_config`, `tag_external_repos`.

use std::collections::HashSet;

use koji_api::types::NameOrId;
use koji_xmlrpc::Struct;

use crate::names::{self, Table};
use crate::{Query, Result, Tx, args, inheritance, versioned};

/// A repository outside the build system.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ExternalRepo {
    pub id: i64,
    pub name: String,
    /// Ends in `/`; may contain `$arch`.
    pub url: String,
}

/// The keys of `getExternalRepo`.
impl From<ExternalRepo> for Struct {
    fn from(r: ExternalRepo) -> Struct {
        let mut s = Struct::new();
        s.insert("id".into(), r.id.into());
        s.insert("name".into(), r.name.into());
        s.insert("url".into(), r.url.into());
        s
    }
}

/// The repositories of an event, with the keys of `listExternalRepos`.
pub fn list(which: Option<&NameOrId>, url: Option<&str>, event: Option<i64>) -> Query {
    let q = Query::from("external_repo")
        .columns(&[
            ("external_repo.id", "id"),
            ("external_repo.name", "name"),
            ("external_repo_config.url", "url"),
        ])
        .join("JOIN external_repo_config ON external_repo_id = external_repo.id")
        .at("external_repo_config", event)
        .filter_opt("external_repo_config.url = {}", url)
        .order_by("external_repo_config.create_event, external_repo.id");
    match which {
        None => q,
        Some(NameOrId::Id(id)) => q.filter("external_repo.id = {}", *id),
        Some(NameOrId::Name(name)) => q.filter("external_repo.name = {}", name),
    }
}

/// The repository, if it exists at the event.
pub async fn get(tx: &mut Tx, which: &NameOrId, event: Option<i64>) -> Result<Option<ExternalRepo>> {
    tx.row_as(
        "SELECT external_repo.id::bigint, external_repo.name, url
           FROM external_repo JOIN external_repo_config ON external_repo_id = external_repo.id
          WHERE (external_repo.id = $1 OR external_repo.name = $2)
            AND CASE WHEN $3::bigint IS NULL THEN active IS TRUE
                ELSE create_event <= $3 AND (revoke_event IS NULL OR $3 < revoke_event) END",
        args![which.id(), which.name(), event],
    )
    .await
}

/// Links between tags and repositories, by priority, with the keys of `getTagExternalRepos`.
pub fn of_tags(tags: Option<Vec<i64>>, repo: Option<i64>, event: Option<i64>) -> Query {
    Query::from("tag_external_repos")
        .columns(&[
            ("external_repo.id", "external_repo_id"),
            ("external_repo.name", "external_repo_name"),
            ("priority", "priority"),
            ("tag.id", "tag_id"),
            ("tag.name", "tag_name"),
            ("url", "url"),
            ("merge_mode", "merge_mode"),
            ("arches", "arches"),
        ])
        .join("JOIN tag ON tag_external_repos.tag_id = tag.id")
        .join("JOIN external_repo ON tag_external_repos.external_repo_id = external_repo.id")
        .join("JOIN external_repo_config ON external_repo.id = external_repo_config.external_repo_id")
        .at("tag_external_repos", event)
        .at("external_repo_config", event)
        .filter_opt("tag.id = ANY({})", tags)
        .filter_opt("external_repo.id = {}", repo)
        .order_by("priority, tag_external_repos.create_event, tag.id")
}

/// The repositories of a tag and of all it inherits from, nearest tag first, by priority within a tag, each
/// repository once.
pub async fn inherited(tx: &mut Tx, tag_id: i64, event: Option<i64>) -> Result<Vec<Struct>> {
    let tags = inheritance::tags(tx, tag_id, event).await?;
    let rows = tx.select(&of_tags(Some(tags.clone()), None, event)).await?;
    let id = |row: &Struct, key: &str| row.get(key).and_then(|v| v.as_int());
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    for tag in tags {
        for row in rows.iter().filter(|row| id(row, "tag_id") == Some(tag)) {
            if seen.insert(id(row, "external_repo_id")) {
                out.push(row.clone());
            }
        }
    }
    Ok(out)
}

/// Makes a repository, or brings a deleted one back under its old id; answers the id.
pub async fn create(tx: &mut Tx, name: &str, url: &str) -> Result<i64> {
    let id = names::find_or_add(tx, Table::ExternalRepo, name).await?;
    set_url(tx, id, url).await?;
    Ok(id)
}

pub async fn set_url(tx: &mut Tx, id: i64, url: &str) -> Result<()> {
    versioned::replace(
        tx,
        "external_repo_config",
        vec![("external_repo_id", id.into())],
        vec![("url", url.into())],
    )
    .await
}

/// The tags that use a repository.
pub async fn tags_of(tx: &mut Tx, id: i64) -> Result<Vec<i64>> {
    tx.ints("SELECT tag_id FROM tag_external_repos WHERE external_repo_id = $1 AND active IS TRUE", args![id])
        .await
}

/// Deletes a repository and takes it off all tags; answers those tags.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<Vec<i64>> {
    let tags = tags_of(tx, id).await?;
    versioned::revoke(tx, "tag_external_repos", vec![("external_repo_id", id.into())]).await?;
    versioned::revoke(tx, "external_repo_config", vec![("external_repo_id", id.into())]).await?;
    Ok(tags)
}

/// How a tag uses a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagLink {
    /// Unique within a tag.
    pub priority: i64,
    pub merge_mode: String,
    /// Architectures for which it is used, separated by spaces; `None` for all.
    pub arches: Option<String>,
}

/// Adds a repository to a tag, in place of the link that is there.
pub async fn set_link(tx: &mut Tx, tag_id: i64, repo_id: i64, link: &TagLink) -> Result<()> {
    versioned::replace(
        tx,
        "tag_external_repos",
        vec![("tag_id", tag_id.into()), ("external_repo_id", repo_id.into())],
        vec![
            ("priority", link.priority.into()),
            ("merge_mode", link.merge_mode.as_str().into()),
            ("arches", link.arches.clone().into()),
        ],
    )
    .await
}

pub async fn remove_link(tx: &mut Tx, tag_id: i64, repo_id: i64) -> Result<u64> {
    let key = vec![("tag_id", tag_id.into()), ("external_repo_id", repo_id.into())];
    versioned::revoke(tx, "tag_external_repos", key).await
}
