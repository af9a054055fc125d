//! `listRPMs`.

use super::COLUMNS;
use crate::{OptsError, Query, QueryOpts};

/// Which rpms to list. Every field narrows; the default lists all.
#[derive(Debug, Clone, Default)]
pub struct RpmFilter {
    pub build: Option<i64>,
    /// Built in this buildroot.
    pub buildroot: Option<i64>,
    /// Installed in this buildroot; adds `component_buildroot_id` and `is_update` to the rows.
    pub component_of_buildroot: Option<i64>,
    /// Part of this image (an archive).
    pub image: Option<i64>,
    /// Built on this host.
    pub host: Option<i64>,
    pub arches: Option<Vec<String>>,
    pub draft: Option<bool>,
}

/// The query that lists the rpms of `filter`.
pub fn list(filter: RpmFilter, opts: &QueryOpts) -> Result<Query, OptsError> {
    let f = filter;
    Query::from("rpminfo")
        .join("JOIN external_repo ON external_repo.id = rpminfo.external_repo_id")
        .columns(COLUMNS)
        .columns(&[("rpminfo.name || '-' || rpminfo.version || '-' || rpminfo.release", "nvr")])
        .when(f.component_of_buildroot.is_some(), |q| {
            q.join("JOIN buildroot_listing ON buildroot_listing.rpm_id = rpminfo.id").columns(&[
                ("buildroot_listing.buildroot_id", "component_buildroot_id"),
                ("buildroot_listing.is_update", "is_update"),
            ])
        })
        .when(f.image.is_some(), |q| {
            q.join("JOIN archive_rpm_components ON archive_rpm_components.rpm_id = rpminfo.id")
        })
        .when(f.host.is_some(), |q| {
            q.join("JOIN standard_buildroot ON standard_buildroot.buildroot_id = rpminfo.buildroot_id")
        })
        .filter_opt("rpminfo.build_id = {}", f.build)
        .filter_opt("rpminfo.buildroot_id = {}", f.buildroot)
        .filter_opt("buildroot_listing.buildroot_id = {}", f.component_of_buildroot)
        .filter_opt("archive_rpm_components.archive_id = {}", f.image)
        .filter_opt("standard_buildroot.host_id = {}", f.host)
        .filter_opt("rpminfo.arch = ANY({})", f.arches)
        .filter_opt("rpminfo.draft = {}", f.draft)
        .order_by("rpminfo.id")
        .options(opts)
}
