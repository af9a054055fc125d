//! Archives: `archiveinfo` with its kinds' tables, and the types of archives and builds.

mod list;
mod types;
pub mod write;

use koji_xmlrpc::{Struct, Value};

use crate::{Result, Tx, args};

pub use list::{ArchiveFilter, ArchiveKind, list};
pub use types::{
    add_btype, add_type, all_types, btypes, extension_taken, type_by_id, type_by_name, type_of_file,
};

/// `getMavenArchive`'s answer.
pub async fn maven(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    tx.row(
        "SELECT archive_id, group_id, artifact_id, version FROM maven_archives WHERE archive_id = $1",
        args![id],
    )
    .await
}

/// `getWinArchive`'s answer.
pub async fn win(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    tx.row("SELECT archive_id, relpath, platforms, flags FROM win_archives WHERE archive_id = $1", args![id])
        .await
}

/// `getImageArchive`'s answer; `rootid` says whether rpms are noted as its contents.
pub async fn image(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    tx.row(
        "SELECT archive_id, arch, \
           EXISTS (SELECT 1 FROM archive_rpm_components WHERE archive_rpm_components.archive_id = $1) AS rootid \
         FROM image_archives WHERE archive_id = $1",
        args![id],
    )
    .await
}

/// `getArchive`'s answer: the archive with what its kind adds.
pub async fn get(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    let filter = ArchiveFilter { id: Some(id), ..ArchiveFilter::default() };
    let query =
        list(filter, &crate::QueryOpts::default()).map_err(|e| crate::DbError::Other(e.to_string()))?;
    let Some(mut archive) = tx.select_one(&query).await? else { return Ok(None) };
    for kind in [maven(tx, id).await?, win(tx, id).await?, image(tx, id).await?] {
        archive.extend(kind.into_iter().flatten().filter(|(key, _): &(String, Value)| key != "archive_id"));
    }
    Ok(Some(archive))
}
