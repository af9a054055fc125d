//! Buildroots: `buildroot`, `standard_buildroot` and what was installed in them.

use koji_api::types::{BuildrootState, BuildrootType};
use koji_xmlrpc::Struct;

use crate::{OptsError, Query, QueryOpts, Result, Tx, args};

/// Which buildroots to list. Every field narrows; the default lists all.
#[derive(Debug, Clone, Default)]
pub struct BuildrootFilter {
    pub ids: Option<Vec<i64>>,
    pub host: Option<i64>,
    pub tag: Option<i64>,
    pub states: Option<Vec<i64>>,
    /// In which this rpm was installed.
    pub rpm: Option<i64>,
    /// In which this archive was used.
    pub archive: Option<i64>,
    pub task: Option<i64>,
    pub repo: Option<i64>,
}

/// The query that lists the buildroots of `filter`.
pub fn list(filter: BuildrootFilter, opts: &QueryOpts) -> std::result::Result<Query, OptsError> {
    let f = filter;
    Query::from("buildroot")
        .join("LEFT JOIN standard_buildroot ON standard_buildroot.buildroot_id = buildroot.id")
        .join("LEFT JOIN content_generator ON content_generator.id = buildroot.cg_id")
        .join("LEFT JOIN host ON host.id = standard_buildroot.host_id")
        .join("LEFT JOIN repo ON repo.id = standard_buildroot.repo_id")
        .join("LEFT JOIN tag ON tag.id = repo.tag_id")
        .join("LEFT JOIN events AS created ON created.id = standard_buildroot.create_event")
        .join("LEFT JOIN events AS retired ON retired.id = standard_buildroot.retire_event")
        .join("LEFT JOIN events AS repo_created ON repo_created.id = repo.create_event")
        .columns(&[
            ("buildroot.id", "id"),
            ("buildroot.br_type", "br_type"),
            ("buildroot.cg_id", "cg_id"),
            ("content_generator.name", "cg_name"),
            ("buildroot.cg_version", "cg_version"),
            ("buildroot.container_arch", "container_arch"),
            // the old name of container_arch
            ("buildroot.container_arch", "arch"),
            ("buildroot.container_type", "container_type"),
            ("buildroot.host_os", "host_os"),
            ("buildroot.host_arch", "host_arch"),
            ("buildroot.extra::json", "extra"),
            ("standard_buildroot.state", "state"),
            ("standard_buildroot.task_id", "task_id"),
            ("host.id", "host_id"),
            ("host.name", "host_name"),
            ("repo.id", "repo_id"),
            ("repo.state", "repo_state"),
            ("tag.id", "tag_id"),
            ("tag.name", "tag_name"),
            ("created.id", "create_event_id"),
            ("created.time", "create_event_time"),
            ("date_part('epoch', created.time)", "create_ts"),
            ("retired.id", "retire_event_id"),
            ("retired.time", "retire_event_time"),
            ("date_part('epoch', retired.time)", "retire_ts"),
            ("repo_created.id", "repo_create_event_id"),
            ("repo_created.time", "repo_create_event_time"),
        ])
        .filter_opt("buildroot.id = ANY({})", f.ids)
        .filter_opt("standard_buildroot.host_id = {}", f.host)
        .filter_opt("repo.tag_id = {}", f.tag)
        .filter_opt("standard_buildroot.state = ANY({})", f.states)
        .filter_opt("buildroot.id IN (SELECT buildroot_id FROM buildroot_listing WHERE rpm_id = {})", f.rpm)
        .filter_opt(
            "buildroot.id IN (SELECT buildroot_id FROM buildroot_archives WHERE archive_id = {})",
            f.archive,
        )
        .filter_opt("standard_buildroot.task_id = {}", f.task)
        .filter_opt("standard_buildroot.repo_id = {}", f.repo)
        .order_by("buildroot.id")
        .options(opts)
}

/// `getBuildroot`'s answer.
pub async fn get(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    let filter = BuildrootFilter { ids: Some(vec![id]), ..BuildrootFilter::default() };
    match list(filter, &QueryOpts::default()) {
        Ok(query) => tx.select_one(&query).await,
        Err(e) => Err(crate::DbError::Other(e.to_string())),
    }
}

/// A buildroot as the hub's own code needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buildroot {
    pub id: i64,
    pub kind: BuildrootType,
    /// `None` for a content generator's.
    pub standard: Option<Standard>,
}

/// What a builder's buildroot has.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Standard {
    pub host_id: i64,
    pub repo_id: i64,
    pub task_id: i64,
    pub state: i64,
}

/// Reads a buildroot and locks it until the transaction ends.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<Option<Buildroot>> {
    let Some(kind) =
        tx.maybe_int("SELECT br_type FROM buildroot WHERE id = $1 FOR UPDATE", args![id]).await?
    else {
        return Ok(None);
    };
    let standard = tx
        .row_as(
            "SELECT host_id::bigint, repo_id::bigint, task_id::bigint, coalesce(state, 0)::bigint AS state \
             FROM standard_buildroot WHERE buildroot_id = $1 FOR UPDATE",
            args![id],
        )
        .await?;
    let kind = BuildrootType::from_code(kind).unwrap_or(BuildrootType::External);
    Ok(Some(Buildroot { id, kind, standard }))
}

pub async fn exists(tx: &mut Tx, id: i64) -> Result<bool> {
    Ok(tx.row("SELECT 1 FROM buildroot WHERE id = $1", args![id]).await?.is_some())
}

/// A new buildroot in state INIT; its id.
pub async fn new_standard(tx: &mut Tx, host: i64, repo: i64, task: i64, arch: &str) -> Result<i64> {
    let event = tx.event().await?;
    let id = tx
        .int(
            "INSERT INTO buildroot (br_type, container_arch, container_type) VALUES ($1, $2, 'chroot') RETURNING id",
            args![BuildrootType::Standard.code(), arch],
        )
        .await?;
    tx.execute(
        "INSERT INTO standard_buildroot (buildroot_id, host_id, repo_id, task_id, state, create_event) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![id, host, repo, task, BuildrootState::Init.code(), event],
    )
    .await?;
    Ok(id)
}

/// Sets the state; EXPIRED also notes when.
pub async fn set_state(tx: &mut Tx, id: i64, state: BuildrootState) -> Result<()> {
    let retired = if state == BuildrootState::Expired { Some(tx.event().await?) } else { None };
    tx.execute(
        "UPDATE standard_buildroot SET state = $2, retire_event = coalesce($3, retire_event) WHERE buildroot_id = $1",
        args![id, state.code(), retired],
    )
    .await
    .map(drop)
}

/// The rpms installed in a buildroot.
pub fn listing(id: i64) -> Query {
    Query::from("buildroot_listing")
        .join("JOIN rpminfo ON rpminfo.id = buildroot_listing.rpm_id")
        .join("JOIN external_repo ON external_repo.id = rpminfo.external_repo_id")
        .columns(&[
            ("buildroot_listing.rpm_id", "rpm_id"),
            ("buildroot_listing.is_update", "is_update"),
            ("rpminfo.name", "name"),
            ("rpminfo.version", "version"),
            ("rpminfo.release", "release"),
            ("rpminfo.epoch", "epoch"),
            ("rpminfo.arch", "arch"),
            ("rpminfo.build_id", "build_id"),
            ("rpminfo.draft", "draft"),
            ("rpminfo.external_repo_id", "external_repo_id"),
            ("external_repo.name", "external_repo_name"),
        ])
        .filter("buildroot_listing.buildroot_id = {}", id)
        .order_by("buildroot_listing.rpm_id")
}

/// An installed rpm that the hub itself has, by name.
#[derive(Debug, Clone)]
pub struct Installed {
    pub name: String,
    pub version: String,
    pub release: String,
    pub arch: String,
}

/// The ids of rpms by name, one for each entry: the hub's own first, then drafts, then external ones, the newest of those.
/// `None` for an rpm that is not known.
pub async fn find_rpms(tx: &mut Tx, rpms: &[Installed]) -> Result<Vec<Option<i64>>> {
    let texts = |of: fn(&Installed) -> &String| rpms.iter().map(|r| of(r).clone()).collect::<Vec<String>>();
    let rows: Vec<(Option<i64>,)> = tx
        .rows_as(
            "SELECT DISTINCT ON (given.position) rpminfo.id::bigint \
             FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY \
               AS given (name, version, release, arch, position) \
             LEFT JOIN rpminfo ON rpminfo.name = given.name AND rpminfo.version = given.version \
               AND rpminfo.release = given.release AND rpminfo.arch = given.arch \
             ORDER BY given.position, rpminfo.external_repo_id <> 0, rpminfo.draft IS TRUE, rpminfo.id DESC",
            args![texts(|r| &r.name), texts(|r| &r.version), texts(|r| &r.release), texts(|r| &r.arch)],
        )
        .await?;
    Ok(rows.into_iter().map(|r| r.0).collect())
}

/// Adds rpms to a buildroot's list; those that it has are left as they are.
pub async fn add_rpms(tx: &mut Tx, id: i64, mut rpms: Vec<i64>, update: bool) -> Result<()> {
    rpms.sort_unstable();
    rpms.dedup();
    tx.execute(
        "INSERT INTO buildroot_listing (buildroot_id, rpm_id, is_update) \
         SELECT $1, rpm, $3 FROM unnest($2::bigint[]) AS rpm ORDER BY rpm ON CONFLICT DO NOTHING",
        args![id, rpms, update],
    )
    .await
    .map(drop)
}

/// Adds archives to a buildroot's list; those that it has are left as they are. `project`: dependencies of what is
/// built, not of the build tool.
pub async fn add_archives(tx: &mut Tx, id: i64, mut archives: Vec<i64>, project: bool) -> Result<()> {
    archives.sort_unstable();
    archives.dedup();
    tx.execute(
        "INSERT INTO buildroot_archives (buildroot_id, archive_id, project_dep) \
         SELECT $1, archive, $3 FROM unnest($2::bigint[]) AS archive ORDER BY archive ON CONFLICT DO NOTHING",
        args![id, archives, project],
    )
    .await
    .map(drop)
}

/// A content generator's buildroot, to be added.
#[derive(Debug, Clone)]
pub struct External {
    pub cg_id: i64,
    pub cg_version: String,
    pub container_type: String,
    pub container_arch: String,
    pub host_os: String,
    pub host_arch: String,
    /// JSON.
    pub extra: Option<String>,
    /// Name and version of what it was made with.
    pub tools: Vec<(String, String)>,
}

/// Adds a content generator's buildroot; its id.
pub async fn new_external(tx: &mut Tx, root: &External) -> Result<i64> {
    let id = tx
        .int(
            "INSERT INTO buildroot (br_type, cg_id, cg_version, container_type, container_arch, host_os, host_arch, extra) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
            args![
                BuildrootType::External.code(),
                root.cg_id,
                &root.cg_version,
                &root.container_type,
                &root.container_arch,
                &root.host_os,
                &root.host_arch,
                root.extra.clone()
            ],
        )
        .await?;
    let (tools, versions): (Vec<String>, Vec<String>) = root.tools.iter().cloned().unzip();
    tx.execute(
        "INSERT INTO buildroot_tools_info (buildroot_id, tool, version) \
         SELECT $1, tool, version FROM unnest($2::text[], $3::text[]) AS given (tool, version)",
        args![id, tools, versions],
    )
    .await?;
    Ok(id)
}
