//! What a tag's builds consist of: builds, rpms and archives of a [`super::select`]ion, in its order.

use std::collections::HashSet;

use super::Tagged;
use crate::builds::{self, BuildKind};
use crate::{Arg, OptsError, Query, QueryOpts, args};

/// Which rpms of the chosen builds are wanted, and how much of them.
#[derive(Debug, Clone, Default)]
pub struct Rpms {
    /// Only these architectures, `src` being one.
    pub arches: Option<Vec<String>>,
    /// A row for each signature, with its key in `sigkey`.
    pub signatures: bool,
    pub extra: bool,
}

/// Which archives of the chosen builds are wanted, and how much of them.
#[derive(Debug, Clone, Copy, Default)]
pub struct Archives {
    /// Only archives with Maven data, and with it.
    pub maven: bool,
    /// Only archives with Windows data, and with it.
    pub win: bool,
    pub extra: bool,
}

/// The chosen builds, as `listTagged` answers.
pub fn builds(chosen: &[Tagged], kind: Option<BuildKind>, extra: bool) -> Query {
    let query = Query::from("build").join_with(
        "JOIN unnest({}::bigint[], {}::bigint[], {}::bigint[]) WITH ORDINALITY \
         AS chosen (build_id, tag_id, create_event, position) ON chosen.build_id = build.id",
        columns_of(chosen),
    );
    let query = builds::joined(query)
        .join("JOIN tag ON tag.id = chosen.tag_id")
        .columns(&[
            ("tag.id", "tag_id"),
            ("tag.name", "tag_name"),
            ("build.id", "id"),
            ("chosen.create_event", "create_event"),
        ])
        .columns(builds::COLUMNS)
        .when(extra, |q| q.columns(&[("build.extra::json", "extra")]))
        .order_by("chosen.position");
    match kind {
        Some(kind) => kind.narrow(query),
        None => query,
    }
}

/// The rpms of the chosen builds, each once.
pub fn rpms(chosen: &[Tagged], want: &Rpms) -> Query {
    Query::from("rpminfo")
        .join_with(
            "JOIN unnest({}::bigint[]) WITH ORDINALITY AS chosen (build_id, position) \
             ON chosen.build_id = rpminfo.build_id",
            args![each_once(chosen)],
        )
        .columns(&[
            ("rpminfo.name", "name"),
            ("rpminfo.version", "version"),
            ("rpminfo.release", "release"),
            ("rpminfo.arch", "arch"),
            ("rpminfo.id", "id"),
            ("rpminfo.epoch", "epoch"),
            ("rpminfo.draft", "draft"),
            ("rpminfo.payloadhash", "payloadhash"),
            ("rpminfo.size", "size"),
            ("rpminfo.buildtime", "buildtime"),
            ("rpminfo.buildroot_id", "buildroot_id"),
            ("rpminfo.build_id", "build_id"),
            ("rpminfo.metadata_only", "metadata_only"),
        ])
        .when(want.extra, |q| q.columns(&[("rpminfo.extra::json", "extra")]))
        .when(want.signatures, |q| {
            q.join("LEFT JOIN rpmsigs ON rpmsigs.rpm_id = rpminfo.id")
                .columns(&[("rpmsigs.sigkey", "sigkey")])
        })
        .filter_opt("rpminfo.arch = ANY({})", want.arches.clone())
        .order_by(if want.signatures {
            "chosen.position, rpminfo.id, rpmsigs.sigkey"
        } else {
            "chosen.position, rpminfo.id"
        })
}

/// The archives of the chosen builds, each once.
pub fn archives(chosen: &[Tagged], want: Archives) -> Query {
    Query::from("archiveinfo")
        .join_with(
            "JOIN unnest({}::bigint[]) WITH ORDINALITY AS chosen (build_id, position) \
             ON chosen.build_id = archiveinfo.build_id",
            args![each_once(chosen)],
        )
        .join("JOIN btype ON btype.id = archiveinfo.btype_id")
        .columns(&[
            ("archiveinfo.id", "id"),
            ("archiveinfo.type_id", "type_id"),
            ("archiveinfo.btype_id", "btype_id"),
            ("btype.name", "btype"),
            ("archiveinfo.build_id", "build_id"),
            ("archiveinfo.buildroot_id", "buildroot_id"),
            ("archiveinfo.filename", "filename"),
            ("archiveinfo.size", "size"),
            ("archiveinfo.checksum", "checksum"),
            ("archiveinfo.checksum_type", "checksum_type"),
            ("archiveinfo.metadata_only", "metadata_only"),
        ])
        .when(want.maven, |q| {
            q.join("JOIN maven_archives ON maven_archives.archive_id = archiveinfo.id").columns(&[
                ("maven_archives.group_id", "maven_group_id"),
                ("maven_archives.artifact_id", "maven_artifact_id"),
                ("maven_archives.version", "maven_version"),
            ])
        })
        .when(want.win, |q| {
            q.join("JOIN win_archives ON win_archives.archive_id = archiveinfo.id").columns(&[
                ("win_archives.relpath", "relpath"),
                ("win_archives.platforms", "platforms"),
                ("win_archives.flags", "flags"),
            ])
        })
        .when(want.extra, |q| q.columns(&[("archiveinfo.extra::json", "extra")]))
        .order_by("chosen.position, archiveinfo.id")
}

/// Complete builds that are in no tag.
pub fn untagged(package: Option<String>, draft: Option<bool>, opts: &QueryOpts) -> Result<Query, OptsError> {
    Query::from("build")
        .join("JOIN package ON package.id = build.pkg_id")
        .columns(&[
            ("build.id", "id"),
            ("package.name", "name"),
            ("build.version", "version"),
            ("build.release", "release"),
        ])
        .filter_sql("build.state = 1")
        .filter_sql(
            "NOT EXISTS (SELECT 1 FROM tag_listing WHERE tag_listing.build_id = build.id AND tag_listing.active IS TRUE)",
        )
        .filter_opt("package.name = {}", package)
        .filter_opt("build.draft = {}", draft)
        .order_by("build.id")
        .options(opts)
}

fn columns_of(chosen: &[Tagged]) -> Vec<Arg> {
    let column = |of: fn(&Tagged) -> i64| chosen.iter().map(of).collect::<Vec<i64>>();
    args![column(|t| t.build_id), column(|t| t.tag_id), column(|t| t.create_event)]
}

/// A build that is in several tags of the path counts where it stands last, as upstream counts it.
fn each_once(chosen: &[Tagged]) -> Vec<i64> {
    let mut seen = HashSet::with_capacity(chosen.len());
    let mut ids: Vec<i64> = chosen.iter().rev().map(|t| t.build_id).filter(|id| seen.insert(*id)).collect();
    ids.reverse();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_in_two_tags_counts_once() {
        let tagged = |build_id, tag_id| Tagged { build_id, tag_id, package_id: 1, create_event: 1 };
        assert_eq!(each_once(&[tagged(1, 1), tagged(2, 1), tagged(1, 2), tagged(3, 2)]), [2, 1, 3]);
    }
}
