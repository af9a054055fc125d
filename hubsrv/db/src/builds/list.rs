//! `listBuilds`.

use super::{BuildKind, COLUMNS, DETAILS, joined};
use crate::{Arg, OptsError, Query, QueryOpts};

/// A moment as callers give it.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// Seconds since 1970.
    Seconds(f64),
    /// Text that PostgreSQL reads as a time; without a zone it is UTC.
    Text(String),
}

/// Which builds to list. Every field narrows; the default lists all.
#[derive(Debug, Clone, Default)]
pub struct BuildFilter {
    pub package: Option<i64>,
    pub owner: Option<i64>,
    pub promoter: Option<i64>,
    pub volume: Option<i64>,
    pub task: Option<i64>,
    /// Only builds that a task made.
    pub any_task: bool,
    /// A LIKE pattern for the source, upper and lower case alike.
    pub source: Option<String>,
    /// Beginning of the package's name, upper and lower case alike, as a LIKE pattern.
    pub prefix: Option<String>,
    /// A LIKE pattern for the N-V-R, upper and lower case alike.
    pub pattern: Option<String>,
    pub state: Option<i64>,
    pub created_before: Option<When>,
    pub created_after: Option<When>,
    pub completed_before: Option<When>,
    pub completed_after: Option<When>,
    pub promoted_before: Option<When>,
    pub promoted_after: Option<When>,
    pub cg: Option<i64>,
    pub kind: Option<BuildKind>,
    pub maven_group: Option<String>,
    pub maven_artifact: Option<String>,
    pub maven_version: Option<String>,
    pub platform: Option<String>,
    pub draft: Option<bool>,
}

/// The query that lists the builds of `filter`.
pub fn list(filter: BuildFilter, opts: &QueryOpts) -> Result<Query, OptsError> {
    let f = filter;
    let mut query = joined(Query::from("build")).columns(COLUMNS).columns(DETAILS);
    if let Some(kind) = f.kind {
        query = kind.narrow(query);
    }
    query = query
        .filter_opt("build.pkg_id = {}", f.package)
        .filter_opt("build.owner = {}", f.owner)
        .filter_opt("build.promoter = {}", f.promoter)
        .filter_opt("build.volume_id = {}", f.volume)
        .filter_opt("build.task_id = {}", f.task)
        .when(f.any_task, |q| q.filter_sql("build.task_id IS NOT NULL"))
        .filter_opt("build.source ILIKE {}", f.source)
        .filter_opt("package.name ILIKE {}", f.prefix)
        .filter_opt("package.name || '-' || build.version || '-' || build.release ILIKE {}", f.pattern)
        .filter_opt("build.state = {}", f.state)
        .filter_opt("build.cg_id = {}", f.cg)
        .filter_opt("maven_builds.group_id = {}", f.maven_group)
        .filter_opt("maven_builds.artifact_id = {}", f.maven_artifact)
        .filter_opt("maven_builds.version = {}", f.maven_version)
        .filter_opt("win_builds.platform = {}", f.platform)
        .filter_opt("build.draft = {}", f.draft);
    for (when, by_seconds, by_text) in [
        (f.created_before, "events.time < to_timestamp({})", "events.time < {}::timestamptz"),
        (f.created_after, "events.time > to_timestamp({})", "events.time > {}::timestamptz"),
        (
            f.completed_before,
            "build.completion_time < to_timestamp({})",
            "build.completion_time < {}::timestamptz",
        ),
        (
            f.completed_after,
            "build.completion_time > to_timestamp({})",
            "build.completion_time > {}::timestamptz",
        ),
        (
            f.promoted_before,
            "build.promotion_time < to_timestamp({})",
            "build.promotion_time < {}::timestamptz",
        ),
        (
            f.promoted_after,
            "build.promotion_time > to_timestamp({})",
            "build.promotion_time > {}::timestamptz",
        ),
    ] {
        query = match when {
            None => query,
            Some(When::Seconds(s)) => query.filter(by_seconds, Arg::from(s)),
            Some(When::Text(t)) => query.filter(by_text, t),
        };
    }
    query.order_by("build.id").options(opts)
}
