//! Making and changing builds. Rules about who may and when are the hub's.

use koji_api::types::BuildState;

use crate::{Arg, Result, Topic, Tx, args};

/// A build to make, or what a recycled one becomes.
#[derive(Debug, Clone)]
pub struct NewBuild {
    pub package_id: i64,
    pub version: String,
    /// For a draft with its `,draft_<id>` mark.
    pub release: String,
    pub epoch: Option<i64>,
    pub draft: bool,
    pub state: BuildState,
    pub task_id: Option<i64>,
    pub owner_id: i64,
    pub volume_id: i64,
    pub source: Option<String>,
    /// JSON.
    pub extra: Option<String>,
    pub cg_id: Option<i64>,
    /// Seconds since 1970; `None` is now.
    pub start: Option<f64>,
    /// Seconds since 1970; `None` is now. Of no meaning while building.
    pub completion: Option<f64>,
}

/// The id of the next build.
pub async fn new_id(tx: &mut Tx) -> Result<i64> {
    tx.int("SELECT nextval('build_id_seq')", vec![]).await
}

/// Inserts the build `id`, with the transaction's event as its creation. False when there is one of that name, version and
/// release, also when somebody else added it at the same time.
pub async fn insert(tx: &mut Tx, id: i64, build: &NewBuild) -> Result<bool> {
    let event = tx.event().await?;
    let mut values = values(build);
    values.extend(args![id, build.package_id, &build.version, &build.release, build.draft, event]);
    let added = tx.execute(
        "INSERT INTO build (epoch, state, task_id, owner, volume_id, source, extra, cg_id, start_time, completion_time, \
           id, pkg_id, version, release, draft, create_event) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, coalesce(to_timestamp($9), now()), \
           CASE WHEN $2 = 0 THEN NULL ELSE coalesce(to_timestamp($10), now()) END, $11, $12, $13, $14, $15, $16) ON CONFLICT DO NOTHING",
        values,
    )
    .await?;
    if added == 1 {
        tell(tx, id, build.state);
    }
    Ok(added == 1)
}

/// Tells those who wait which state the build has now.
fn tell(tx: &mut Tx, id: i64, state: BuildState) {
    tx.announce_with(Topic::Build(id), [("state", state.code().into())]);
}

/// As [`tell`], when the change was made.
fn told(tx: &mut Tx, id: i64, state: BuildState, rows: u64) -> bool {
    if rows == 1 {
        tell(tx, id, state);
    }
    rows == 1
}

/// Makes the failed or canceled build `id` anew; name, version, release and draft stay.
pub async fn recycle(tx: &mut Tx, id: i64, build: &NewBuild) -> Result<()> {
    clear_kinds(tx, id).await?;
    let event = tx.event().await?;
    let mut values = values(build);
    values.extend(args![id, event]);
    tx.execute(
        "UPDATE build SET epoch = $1, state = $2, task_id = $3, owner = $4, volume_id = $5, source = $6, extra = $7, \
           cg_id = coalesce($8, cg_id), start_time = coalesce(to_timestamp($9), now()), \
           completion_time = CASE WHEN $2 = 0 THEN NULL ELSE coalesce(to_timestamp($10), now()) END, \
           create_event = $12 \
         WHERE id = $11",
        values,
    )
    .await?;
    tell(tx, id, build.state);
    Ok(())
}

fn values(b: &NewBuild) -> Vec<Arg> {
    args![
        b.epoch,
        b.state.code(),
        b.task_id,
        b.owner_id,
        b.volume_id,
        b.source.clone(),
        b.extra.clone(),
        b.cg_id,
        b.start,
        b.completion
    ]
}

/// To DELETED; the completion time stays.
pub async fn set_deleted(tx: &mut Tx, id: i64) -> Result<()> {
    tell(tx, id, BuildState::Deleted);
    tx.execute(
        "UPDATE build SET state = 2, completion_time = coalesce(completion_time, now()) WHERE id = $1",
        args![id],
    )
    .await
    .map(drop)
}

/// From BUILDING to COMPLETE on a volume; false when the build is in another state.
pub async fn complete(tx: &mut Tx, id: i64, volume: i64) -> Result<bool> {
    let done = tx
        .execute(
            "UPDATE build SET state = 1, completion_time = now(), volume_id = $2 WHERE id = $1 AND state = 0",
            args![id, volume],
        )
        .await?;
    Ok(told(tx, id, BuildState::Complete, done))
}

/// From BUILDING to FAILED; false when the build is in another state.
pub async fn fail(tx: &mut Tx, id: i64) -> Result<bool> {
    let done = tx
        .execute("UPDATE build SET state = 3, completion_time = now() WHERE id = $1 AND state = 0", args![id])
        .await?;
    Ok(told(tx, id, BuildState::Failed, done))
}

/// From BUILDING to CANCELED, without its reservation; false when the build is in another state.
pub async fn cancel(tx: &mut Tx, id: i64) -> Result<bool> {
    let done = tx
        .execute("UPDATE build SET state = 4, completion_time = now() WHERE id = $1 AND state = 0", args![id])
        .await?;
    if done == 1 {
        tx.execute("DELETE FROM build_reservations WHERE build_id = $1", args![id]).await?;
    }
    Ok(told(tx, id, BuildState::Canceled, done))
}

pub async fn set_owner(tx: &mut Tx, id: i64, owner: i64) -> Result<()> {
    tx.execute("UPDATE build SET owner = $2 WHERE id = $1", args![id, owner]).await.map(drop)
}

/// Sets the completion time, in seconds since 1970.
pub async fn set_timestamp(tx: &mut Tx, id: i64, seconds: f64) -> Result<()> {
    tx.execute("UPDATE build SET completion_time = to_timestamp($2) WHERE id = $1", args![id, seconds])
        .await
        .map(drop)
}

pub async fn set_volume(tx: &mut Tx, id: i64, volume: i64) -> Result<()> {
    tx.execute("UPDATE build SET volume_id = $2 WHERE id = $1", args![id, volume]).await.map(drop)
}

/// Makes a draft an ordinary build; its rpms follow through the foreign key.
pub async fn promote(tx: &mut Tx, id: i64, release: &str, promoter: i64) -> Result<()> {
    tx.announce_with(Topic::Build(id), [("release", release.into())]);
    tx.execute(
        "UPDATE build SET draft = FALSE, release = $2, promoter = $3, promotion_time = now() WHERE id = $1",
        args![id, release, promoter],
    )
    .await
    .map(drop)
}

pub async fn has_tag_history(tx: &mut Tx, id: i64) -> Result<bool> {
    let row = tx.row("SELECT 1 FROM tag_listing WHERE build_id = $1 LIMIT 1", args![id]).await?;
    Ok(row.is_some())
}

pub async fn has_rpms(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(tx.row("SELECT 1 FROM rpminfo WHERE build_id = $1 LIMIT 1", args![id]).await?.is_some())
}

pub async fn has_archives(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(tx.row("SELECT 1 FROM archiveinfo WHERE build_id = $1 LIMIT 1", args![id]).await?.is_some())
}

/// Forgets signatures and checksums of the build's rpms: what a deleted build's files had.
pub async fn delete_files_data(tx: &mut Tx, id: i64) -> Result<()> {
    for sql in [
        "DELETE FROM rpmsigs USING rpminfo WHERE rpminfo.id = rpmsigs.rpm_id AND rpminfo.build_id = $1",
        "DELETE FROM rpm_checksum USING rpminfo WHERE rpminfo.id = rpm_checksum.rpm_id AND rpminfo.build_id = $1",
    ] {
        tx.execute(sql, args![id]).await?;
    }
    Ok(())
}

/// Removes everything that refers to the build, and leaves it CANCELED, without task, on the default volume. Draft mark and extra
/// stay.
pub async fn reset(tx: &mut Tx, id: i64) -> Result<()> {
    delete_files_data(tx, id).await?;
    for sql in [
        "DELETE FROM buildroot_listing USING rpminfo WHERE rpminfo.id = buildroot_listing.rpm_id AND rpminfo.build_id = $1",
        "DELETE FROM archive_rpm_components USING rpminfo \
         WHERE rpminfo.id = archive_rpm_components.rpm_id AND rpminfo.build_id = $1",
        "DELETE FROM rpminfo WHERE build_id = $1",
        "DELETE FROM maven_archives USING archiveinfo \
         WHERE archiveinfo.id = maven_archives.archive_id AND archiveinfo.build_id = $1",
        "DELETE FROM win_archives USING archiveinfo \
         WHERE archiveinfo.id = win_archives.archive_id AND archiveinfo.build_id = $1",
        "DELETE FROM image_archives USING archiveinfo \
         WHERE archiveinfo.id = image_archives.archive_id AND archiveinfo.build_id = $1",
        "DELETE FROM buildroot_archives USING archiveinfo \
         WHERE archiveinfo.id = buildroot_archives.archive_id AND archiveinfo.build_id = $1",
        "DELETE FROM archive_rpm_components USING archiveinfo \
         WHERE archiveinfo.id = archive_rpm_components.archive_id AND archiveinfo.build_id = $1",
        "DELETE FROM archive_components USING archiveinfo \
         WHERE archiveinfo.id IN (archive_components.archive_id, archive_components.component_id) \
           AND archiveinfo.build_id = $1",
        "DELETE FROM archiveinfo WHERE build_id = $1",
        "DELETE FROM tag_listing WHERE build_id = $1",
    ] {
        tx.execute(sql, args![id]).await?;
    }
    clear_kinds(tx, id).await?;
    tell(tx, id, BuildState::Canceled);
    tx.execute(
        "UPDATE build SET state = 4, task_id = NULL, volume_id = 0, \
           completion_time = coalesce(completion_time, now()) WHERE id = $1",
        args![id],
    )
    .await
    .map(drop)
}

async fn clear_kinds(tx: &mut Tx, id: i64) -> Result<()> {
    for sql in [
        "DELETE FROM maven_builds WHERE build_id = $1",
        "DELETE FROM win_builds WHERE build_id = $1",
        "DELETE FROM image_builds WHERE build_id = $1",
        "DELETE FROM build_types WHERE build_id = $1",
    ] {
        tx.execute(sql, args![id]).await?;
    }
    Ok(())
}

/// From BUILDING to COMPLETE with what a content generator says of a build that it had reserved; false when the build is in
/// another state.
pub async fn complete_reserved(tx: &mut Tx, id: i64, build: &NewBuild) -> Result<bool> {
    let done = tx
        .execute(
            "UPDATE build SET state = 1, completion_time = now(), extra = $2, owner = $3, source = $4, task_id = $5, \
               volume_id = $6 WHERE id = $1 AND state = 0",
            args![
                id,
                build.extra.clone(),
                build.owner_id,
                build.source.clone(),
                build.task_id,
                build.volume_id
            ],
        )
        .await?;
    Ok(told(tx, id, BuildState::Complete, done))
}
