//! `listArchives`.

use crate::{Arg, OptsError, Query, QueryOpts};

/// Which archives to list. Every field narrows; the default lists all.
#[derive(Debug, Clone, Default)]
pub struct ArchiveFilter {
    pub id: Option<i64>,
    pub build: Option<i64>,
    /// Built in this buildroot.
    pub buildroot: Option<i64>,
    /// Used in this buildroot; adds `component_buildroot_id` and `project` to the rows.
    pub component_of_buildroot: Option<i64>,
    /// Built on this host; adds `host_id` to the rows.
    pub host: Option<i64>,
    /// Part of this archive.
    pub component_of: Option<i64>,
    pub filename: Option<String>,
    pub size: Option<i64>,
    pub checksum: Option<String>,
    pub checksum_type: Option<i64>,
    pub kind: Option<ArchiveKind>,
}

/// Archives of one kind, with the kind's columns.
#[derive(Debug, Clone)]
pub enum ArchiveKind {
    Maven {
        group_id: Option<String>,
        artifact_id: Option<String>,
        version: Option<String>,
    },
    /// `platforms` and `flags` are words that all have to be among the archive's.
    Win {
        relpath: Option<String>,
        platforms: Vec<String>,
        flags: Vec<String>,
    },
    Image {
        arch: Option<String>,
    },
    /// Any other type, by its id in `btype`.
    Other(i64),
}

/// The query that lists the archives of `filter`.
pub fn list(filter: ArchiveFilter, opts: &QueryOpts) -> Result<Query, OptsError> {
    let f = filter;
    let query = Query::from("archiveinfo")
        .join("JOIN archivetypes ON archivetypes.id = archiveinfo.type_id")
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
            ("archiveinfo.extra::json", "extra"),
            ("archivetypes.name", "type_name"),
            ("archivetypes.description", "type_description"),
            ("archivetypes.extensions", "type_extensions"),
            ("archivetypes.compression_type", "compression_type"),
        ])
        .when(f.component_of_buildroot.is_some(), |q| {
            q.join("JOIN buildroot_archives ON buildroot_archives.archive_id = archiveinfo.id").columns(&[
                ("buildroot_archives.buildroot_id", "component_buildroot_id"),
                ("buildroot_archives.project_dep", "project"),
            ])
        })
        .when(f.component_of.is_some(), |q| {
            q.join("JOIN archive_components ON archive_components.component_id = archiveinfo.id")
        })
        .when(f.host.is_some(), |q| {
            q.join("JOIN standard_buildroot ON standard_buildroot.buildroot_id = archiveinfo.buildroot_id")
                .columns(&[("standard_buildroot.host_id", "host_id")])
        })
        .filter_opt("archiveinfo.id = {}", f.id)
        .filter_opt("archiveinfo.build_id = {}", f.build)
        .filter_opt("archiveinfo.buildroot_id = {}", f.buildroot)
        .filter_opt("buildroot_archives.buildroot_id = {}", f.component_of_buildroot)
        .filter_opt("archive_components.archive_id = {}", f.component_of)
        .filter_opt("standard_buildroot.host_id = {}", f.host)
        .filter_opt("archiveinfo.filename = {}", f.filename)
        .filter_opt("archiveinfo.size = {}", f.size)
        .filter_opt("archiveinfo.checksum = {}", f.checksum)
        .filter_opt("archiveinfo.checksum_type = {}", f.checksum_type);
    narrow(query, f.kind).order_by("archiveinfo.id").options(opts)
}

fn narrow(query: Query, kind: Option<ArchiveKind>) -> Query {
    match kind {
        None => query,
        Some(ArchiveKind::Maven { group_id, artifact_id, version }) => query
            .join("JOIN maven_archives ON maven_archives.archive_id = archiveinfo.id")
            .columns(&[
                ("maven_archives.group_id", "group_id"),
                ("maven_archives.artifact_id", "artifact_id"),
                ("maven_archives.version", "version"),
            ])
            .filter_opt("maven_archives.group_id = {}", group_id)
            .filter_opt("maven_archives.artifact_id = {}", artifact_id)
            .filter_opt("maven_archives.version = {}", version),
        Some(ArchiveKind::Win { relpath, platforms, flags }) => query
            .join("JOIN win_archives ON win_archives.archive_id = archiveinfo.id")
            .columns(&[
                ("win_archives.relpath", "relpath"),
                ("win_archives.platforms", "platforms"),
                ("win_archives.flags", "flags"),
            ])
            .filter_opt("win_archives.relpath = {}", relpath)
            .when(!platforms.is_empty(), |q| {
                q.filter("string_to_array(win_archives.platforms, ' ') @> {}::text[]", Arg::from(platforms))
            })
            .when(!flags.is_empty(), |q| {
                q.filter("string_to_array(win_archives.flags, ' ') @> {}::text[]", Arg::from(flags))
            }),
        Some(ArchiveKind::Image { arch }) => query
            .join("JOIN image_archives ON image_archives.archive_id = archiveinfo.id")
            .columns(&[("image_archives.arch", "arch")])
            .filter_opt("image_archives.arch = {}", arch),
        Some(ArchiveKind::Other(btype)) => query.filter("archiveinfo.btype_id = {}", btype),
    }
}
