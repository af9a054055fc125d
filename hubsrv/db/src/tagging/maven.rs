//! `getLatestMavenArchives`: what a Maven repository of the tag holds.

use std::collections::{HashMap, HashSet};

use koji_xmlrpc::{Struct, Value};

use super::path;
use crate::{Query, Result, Tx, args, packages};

/// The newest version of every Maven artifact of a tag: of the nearest tag, there of the most recently tagged build. From tags
/// with `maven_include_all` every version.
pub async fn maven_archives(tx: &mut Tx, tag: i64, event: Option<i64>, inherit: bool) -> Result<Vec<Struct>> {
    let tags = path(tx, tag, event, inherit).await?;
    let listed: HashSet<i64> = packages::unblocked(tx, tag, None, event).await?;
    let include_all: HashSet<i64> = tx
        .ints(
            "SELECT tag_id FROM tag_config WHERE tag_id = ANY($1) AND maven_include_all \
             AND CASE WHEN $2::bigint IS NULL THEN active IS TRUE \
                 ELSE create_event <= $2 AND (revoke_event IS NULL OR $2 < revoke_event) END",
            args![tags.clone(), event],
        )
        .await?
        .into_iter()
        .collect();
    let rows = tx.select(&archives_of(tags, event)).await?;

    // group and artifact -> version -> build
    let mut included: HashMap<(String, String), HashMap<String, i64>> = HashMap::new();
    let mut seen = HashSet::new();
    let mut out = Vec::new();
    for row in rows {
        let int = |key: &str| row.get(key).and_then(Value::as_int).unwrap_or_default();
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        if !listed.contains(&int("pkg_id")) {
            continue;
        }
        let build = int("build_id");
        let versions = included.entry((text("group_id"), text("artifact_id"))).or_default();
        let wanted = match versions.get(&text("version")) {
            Some(of_build) => *of_build == build,
            None => versions.is_empty() || include_all.contains(&int("tag_id")),
        };
        if wanted && seen.insert(int("id")) {
            versions.insert(text("version"), build);
            out.push(row);
        }
    }
    Ok(out)
}

/// All Maven archives of the tags, in that order, most recently tagged builds first.
fn archives_of(tags: Vec<i64>, event: Option<i64>) -> Query {
    Query::from("tag_listing")
        .join_with(
            "JOIN unnest({}::bigint[]) WITH ORDINALITY AS path (tag_id, position) ON path.tag_id = tag_listing.tag_id",
            args![tags],
        )
        .join("JOIN tag ON tag.id = tag_listing.tag_id")
        .join("JOIN build ON build.id = tag_listing.build_id")
        .join("JOIN volume ON volume.id = build.volume_id")
        .join("JOIN package ON package.id = build.pkg_id")
        .join("JOIN archiveinfo ON archiveinfo.build_id = build.id")
        .join("JOIN maven_archives ON maven_archives.archive_id = archiveinfo.id")
        .columns(&[
            ("tag.id", "tag_id"),
            ("tag.name", "tag_name"),
            ("build.pkg_id", "pkg_id"),
            ("build.id", "build_id"),
            ("package.name", "build_name"),
            ("build.version", "build_version"),
            ("build.release", "build_release"),
            ("build.epoch", "build_epoch"),
            ("build.state", "state"),
            ("build.task_id", "task_id"),
            ("build.owner", "owner"),
            ("volume.id", "volume_id"),
            ("volume.name", "volume_name"),
            ("archiveinfo.id", "id"),
            ("archiveinfo.type_id", "type_id"),
            ("archiveinfo.buildroot_id", "buildroot_id"),
            ("archiveinfo.filename", "filename"),
            ("archiveinfo.size", "size"),
            ("archiveinfo.checksum", "checksum"),
            ("archiveinfo.checksum_type", "checksum_type"),
            ("archiveinfo.metadata_only", "metadata_only"),
            ("archiveinfo.extra::json", "extra"),
            ("maven_archives.group_id", "group_id"),
            ("maven_archives.artifact_id", "artifact_id"),
            ("maven_archives.version", "version"),
            ("tag_listing.create_event", "tag_event"),
        ])
        .at("tag_listing", event)
        .order_by("path.position, tag_listing.create_event DESC, build.id DESC, archiveinfo.id")
}
