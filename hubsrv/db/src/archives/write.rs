//! Adding archives.

use crate::{Result, Tx, args};

/// An archive of a build, to be added.
#[derive(Debug, Clone)]
pub struct NewArchive {
    pub build_id: i64,
    pub type_id: i64,
    /// Name of the build type.
    pub btype: String,
    pub buildroot_id: Option<i64>,
    pub filename: String,
    pub size: i64,
    /// In hex.
    pub checksum: String,
    /// `koji_api::types::ChecksumType`
    pub checksum_type: i64,
    pub metadata_only: bool,
    /// JSON.
    pub extra: Option<String>,
}

/// Adds an archive; its id.
pub async fn insert(tx: &mut Tx, archive: &NewArchive) -> Result<i64> {
    tx.int(
        "INSERT INTO archiveinfo (build_id, type_id, btype_id, buildroot_id, filename, size, checksum, checksum_type, \
           metadata_only, extra) \
         VALUES ($1, $2, (SELECT id FROM btype WHERE name = $3), $4, $5, $6, $7, $8, $9, $10) RETURNING id",
        args![
            archive.build_id,
            archive.type_id,
            &archive.btype,
            archive.buildroot_id,
            &archive.filename,
            archive.size,
            &archive.checksum,
            archive.checksum_type,
            archive.metadata_only,
            archive.extra.clone()
        ],
    )
    .await
}

pub async fn add_maven(tx: &mut Tx, archive: i64, group: &str, artifact: &str, version: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO maven_archives (archive_id, group_id, artifact_id, version) VALUES ($1, $2, $3, $4)",
        args![archive, group, artifact, version],
    )
    .await
    .map(drop)
}

/// `platforms` and `flags` are words separated by spaces.
pub async fn add_win(
    tx: &mut Tx,
    archive: i64,
    relpath: &str,
    platforms: &str,
    flags: Option<&str>,
) -> Result<()> {
    tx.execute(
        "INSERT INTO win_archives (archive_id, relpath, platforms, flags) VALUES ($1, $2, $3, $4)",
        args![archive, relpath, platforms, flags],
    )
    .await
    .map(drop)
}

pub async fn add_image(tx: &mut Tx, archive: i64, arch: &str) -> Result<()> {
    tx.execute("INSERT INTO image_archives (archive_id, arch) VALUES ($1, $2)", args![archive, arch])
        .await
        .map(drop)
}

/// Notes what an archive contains: rpms and other archives.
pub async fn add_components(tx: &mut Tx, archive: i64, rpms: Vec<i64>, archives: Vec<i64>) -> Result<()> {
    for (sql, ids) in [
        (
            "INSERT INTO archive_rpm_components (archive_id, rpm_id) SELECT $1, unnest($2::bigint[]) \
             ON CONFLICT DO NOTHING",
            rpms,
        ),
        (
            "INSERT INTO archive_components (archive_id, component_id) SELECT $1, unnest($2::bigint[]) \
             ON CONFLICT DO NOTHING",
            archives,
        ),
    ] {
        tx.execute(sql, args![archive, ids]).await?;
    }
    Ok(())
}
