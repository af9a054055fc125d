//! What policy tests have to know about a build and where it came from.

use crate::{Result, Tx, args};

/// Where a part of a build was made.
#[derive(Debug, Clone, PartialEq, Eq, Hash, sqlx::FromRow)]
pub struct Place {
    /// `None` for an imported part.
    pub buildroot_id: Option<i64>,
    /// The content generator of the buildroot, if it was one's.
    pub cg: Option<String>,
    /// The tag of the buildroot's repository, if it had one.
    pub tag_id: Option<i64>,
    pub tag: Option<String>,
    /// The event of that repository.
    pub event: Option<i64>,
}

/// Where the rpms and archives of a build were made, each place once.
pub async fn places_of_build(tx: &mut Tx, build: i64) -> Result<Vec<Place>> {
    tx.rows_as(
        "WITH part AS (
             SELECT buildroot_id FROM rpminfo WHERE build_id = $1
             UNION SELECT buildroot_id FROM archiveinfo WHERE build_id = $1)
         SELECT part.buildroot_id::bigint, content_generator.name AS cg, repo.tag_id::bigint,
                tag.name AS tag, repo.create_event::bigint AS event
           FROM part
           LEFT JOIN buildroot ON buildroot.id = part.buildroot_id
           LEFT JOIN content_generator ON content_generator.id = buildroot.cg_id
           LEFT JOIN standard_buildroot ON standard_buildroot.buildroot_id = buildroot.id
           LEFT JOIN repo ON repo.id = standard_buildroot.repo_id
           LEFT JOIN tag ON tag.id = repo.tag_id
          ORDER BY 1",
        args![build],
    )
    .await
}

/// The same for given buildroots; those that do not exist are not answered.
pub async fn places(tx: &mut Tx, buildroots: Vec<i64>) -> Result<Vec<Place>> {
    tx.rows_as(
        "SELECT buildroot.id::bigint AS buildroot_id, content_generator.name AS cg, repo.tag_id::bigint,
                tag.name AS tag, repo.create_event::bigint AS event
           FROM buildroot
           LEFT JOIN content_generator ON content_generator.id = buildroot.cg_id
           LEFT JOIN standard_buildroot ON standard_buildroot.buildroot_id = buildroot.id
           LEFT JOIN repo ON repo.id = standard_buildroot.repo_id
           LEFT JOIN tag ON tag.id = repo.tag_id
          WHERE buildroot.id = ANY($1) ORDER BY 1",
        args![buildroots],
    )
    .await
}

/// The names of the tags that a build is in.
pub async fn tags_of_build(tx: &mut Tx, build: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .rows_as(
            "SELECT tag.name FROM tag_listing JOIN tag ON tag.id = tag_listing.tag_id
               JOIN tag_config ON tag.id = tag_config.tag_id
              WHERE tag_listing.build_id = $1 AND tag_listing.active IS TRUE AND tag_config.active IS TRUE",
            args![build],
        )
        .await?;
    Ok(rows.into_iter().map(|r| r.0).collect())
}

/// The `source` of a build.
pub async fn source_of_build(tx: &mut Tx, build: i64) -> Result<Option<String>> {
    tx.maybe_text("SELECT source FROM build WHERE id = $1", args![build]).await
}

/// Method and stored request of a task.
pub async fn task_request(tx: &mut Tx, task: i64) -> Result<Option<(String, String)>> {
    tx.row_as(
        "SELECT method, request FROM task WHERE id = $1 AND method IS NOT NULL AND request IS NOT NULL",
        args![task],
    )
    .await
}
