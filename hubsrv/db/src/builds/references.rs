//! What refers to a build: decides whether it can be deleted.

use koji_xmlrpc::{Struct, Value};

use crate::{Arg, Result, Tx, args};

/// What refers to a build, in the shape of `buildReferences`. With `lazy` the later fields are absent once something
/// was found.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    /// Tags that the build is in: `tag_id`, `name`.
    pub tags: Vec<Struct>,
    /// Rpms of complete builds in whose buildroots this build's rpms were.
    pub rpms: Option<Vec<Struct>>,
    /// Ids of archives that contain the build's rpms or archives.
    pub component_of: Option<Vec<i64>>,
    /// Archives in whose buildroots the build's archives were.
    pub archives: Option<Vec<Struct>>,
    /// Seconds since 1970 of the newest buildroot with something of the build; outer `None` when not asked for.
    pub last_used: Option<Option<f64>>,
}

impl Usage {
    pub fn into_struct(self) -> Struct {
        let mut out = Struct::new();
        let rows = |rows: Vec<Struct>| Value::Array(rows.into_iter().map(Value::Struct).collect());
        out.insert("tags".into(), rows(self.tags));
        if let Some(found) = self.rpms {
            out.insert("rpms".into(), rows(found));
        }
        if let Some(found) = &self.component_of {
            out.insert("component_of".into(), found.clone().into());
        }
        if let Some(found) = self.archives {
            out.insert("archives".into(), rows(found));
        }
        if let Some(last) = self.last_used {
            out.insert("last_used".into(), last.into());
            // the old name of component_of
            out.insert("images".into(), self.component_of.unwrap_or_default().into());
        }
        out
    }
}

/// At most `limit` references of each kind (`None`: all); `lazy` stops at the first kind that has some.
pub async fn references(tx: &mut Tx, build: i64, limit: Option<i64>, lazy: bool) -> Result<Usage> {
    let limit = limit.filter(|n| *n > 0);
    let mut usage = Usage {
        tags: tx
            .rows(
                "SELECT tag_listing.tag_id, tag.name FROM tag_listing JOIN tag ON tag.id = tag_listing.tag_id \
                 WHERE tag_listing.build_id = $1 AND tag_listing.active IS TRUE ORDER BY tag_listing.create_event",
                args![build],
            )
            .await?,
        ..Usage::default()
    };
    if lazy && !usage.tags.is_empty() {
        return Ok(usage);
    }
    let limited = |build: i64| vec![Arg::from(build), Arg::from(limit)];

    let rpms = tx
        .rows(
            "SELECT rpminfo.id, rpminfo.name, rpminfo.version, rpminfo.release, rpminfo.arch, rpminfo.build_id \
             FROM rpminfo JOIN build ON build.id = rpminfo.build_id \
             WHERE build.state = 1 AND rpminfo.buildroot_id IN ( \
               SELECT buildroot_listing.buildroot_id FROM buildroot_listing \
               JOIN rpminfo AS used ON used.id = buildroot_listing.rpm_id WHERE used.build_id = $1) \
             ORDER BY rpminfo.id LIMIT $2",
            limited(build),
        )
        .await?;
    let found = !rpms.is_empty();
    usage.rpms = Some(rpms);
    if lazy && found {
        return Ok(usage);
    }

    let mut component_of = tx
        .ints(
            "SELECT archive_rpm_components.archive_id FROM archive_rpm_components \
             JOIN rpminfo ON rpminfo.id = archive_rpm_components.rpm_id \
             JOIN archiveinfo ON archiveinfo.id = archive_rpm_components.archive_id \
             JOIN build ON build.id = archiveinfo.build_id \
             WHERE rpminfo.build_id = $1 AND build.state = 1 \
             ORDER BY archive_rpm_components.rpm_id, archive_rpm_components.archive_id LIMIT $2",
            limited(build),
        )
        .await?;
    usage.component_of = Some(component_of.clone());
    if lazy && !component_of.is_empty() {
        return Ok(usage);
    }

    let archives = tx
        .rows(
            "SELECT DISTINCT archiveinfo.id, archiveinfo.type_id, archivetypes.name AS type_name, \
               archiveinfo.build_id, archiveinfo.filename \
             FROM buildroot_archives JOIN archiveinfo AS used ON used.id = buildroot_archives.archive_id \
             JOIN archiveinfo ON archiveinfo.buildroot_id = buildroot_archives.buildroot_id \
             JOIN build ON build.id = archiveinfo.build_id \
             JOIN archivetypes ON archivetypes.id = archiveinfo.type_id \
             WHERE used.build_id = $1 AND build.state = 1 ORDER BY archiveinfo.id LIMIT $2",
            limited(build),
        )
        .await?;
    let found = !archives.is_empty();
    usage.archives = Some(archives);
    if lazy && found {
        return Ok(usage);
    }

    component_of.extend(
        tx.ints(
            "SELECT archive_components.archive_id FROM archive_components \
             JOIN archiveinfo AS used ON used.id = archive_components.component_id \
             JOIN archiveinfo ON archiveinfo.id = archive_components.archive_id \
             JOIN build ON build.id = archiveinfo.build_id \
             WHERE used.build_id = $1 AND build.state = 1 \
             ORDER BY archive_components.component_id, archive_components.archive_id LIMIT $2",
            limited(build),
        )
        .await?,
    );
    let found = !component_of.is_empty();
    usage.component_of = Some(component_of);
    if lazy && found {
        return Ok(usage);
    }

    let last: Option<(Option<f64>,)> = tx
        .row_as(
            "WITH used AS ( \
               SELECT buildroot_listing.buildroot_id FROM buildroot_listing \
               JOIN rpminfo ON rpminfo.id = buildroot_listing.rpm_id WHERE rpminfo.build_id = $1 \
               UNION SELECT buildroot_archives.buildroot_id FROM buildroot_archives \
               JOIN archiveinfo ON archiveinfo.id = buildroot_archives.archive_id WHERE archiveinfo.build_id = $1) \
             SELECT date_part('epoch', max(events.time)) FROM events WHERE events.id = ( \
               SELECT max(standard_buildroot.create_event) FROM standard_buildroot \
               JOIN used ON used.buildroot_id = standard_buildroot.buildroot_id)",
            args![build],
        )
        .await?;
    usage.last_used = Some(last.and_then(|r| r.0));
    Ok(usage)
}
