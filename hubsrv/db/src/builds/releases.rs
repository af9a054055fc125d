//! Facts about a package's builds: the last release of a version, how long they take.

use crate::{Result, Tx, args};

/// The release of the newest build of a package's version that is building, complete or deleted; drafts do not count.
pub async fn latest_release(tx: &mut Tx, name: &str, version: &str) -> Result<Option<String>> {
    tx.maybe_text(
        "SELECT build.release FROM build JOIN package ON build.pkg_id = package.id \
         WHERE package.name = $1 AND build.version = $2 AND build.state IN (0, 1, 2) AND NOT build.draft \
         ORDER BY build.id DESC LIMIT 1",
        args![name, version],
    )
    .await
}

/// Mean seconds from creation to completion of the package's complete builds that a task made, of the last `months`
/// months; `None` without such builds.
pub async fn average_duration(tx: &mut Tx, package: i64, months: Option<i64>) -> Result<Option<f64>> {
    let row: Option<(Option<f64>,)> = tx
        .row_as(
            "SELECT date_part('epoch', avg(build.completion_time - events.time)) \
             FROM build JOIN events ON build.create_event = events.id \
             WHERE build.pkg_id = $1 AND build.state = 1 \
               AND (build.task_id IS NOT NULL OR build.extra LIKE '%koji_task_id%') \
               AND ($2::bigint IS NULL OR build.completion_time > now() - make_interval(months => $2::int))",
            args![package, months],
        )
        .await?;
    Ok(row.and_then(|r| r.0))
}

/// Seconds since 1970 of a time as text, as PostgreSQL reads it; without a zone it is UTC.
pub async fn seconds_of(tx: &mut Tx, text: &str) -> Result<Option<i64>> {
    tx.maybe_int("SELECT floor(date_part('epoch', $1::timestamptz))::bigint", args![text]).await
}
