//! Builds: table `build` and its kinds (`build_types`, `maven_builds`, `win_builds`, `image_builds`).

mod kinds;
mod list;
mod references;
mod releases;
mod write;

use koji_api::types::{BuildRef, BuildState};
use koji_xmlrpc::{Struct, Value};

use crate::{Query, Result, Tx, args};

pub use kinds::{
    BuildKind, add_image, add_maven, add_type, find_kind, image_info, maven_info, set_win, type_names,
    win_info,
};
pub use list::{BuildFilter, When, list};
pub use references::{Usage, references};
pub use releases::{average_duration, latest_release, seconds_of};
pub use write::{
    NewBuild, cancel, complete, complete_reserved, delete_files_data, fail, has_archives, has_rpms,
    has_tag_history, insert, new_id, promote, recycle, reset, set_deleted, set_owner, set_timestamp,
    set_volume,
};

/// The id that a reference means; an id is taken as it is, whether there is such a build or not.
pub async fn find(tx: &mut Tx, build: &BuildRef) -> Result<Option<i64>> {
    match build {
        BuildRef::Id(id) => Ok(Some(*id)),
        BuildRef::Nvr { name, version, release } => {
            tx.maybe_int(
                "SELECT build.id FROM build JOIN package ON build.pkg_id = package.id \
                 WHERE package.name = $1 AND build.version = $2 AND build.release = $3",
                args![name, version, release],
            )
            .await
        }
    }
}

/// Columns that every answer about builds has.
pub(crate) const COLUMNS: &[(&str, &str)] = &[
    ("build.id", "build_id"),
    ("build.version", "version"),
    ("build.release", "release"),
    ("build.epoch", "epoch"),
    ("build.draft", "draft"),
    ("build.state", "state"),
    ("build.completion_time", "completion_time"),
    ("build.promotion_time", "promotion_time"),
    ("build.start_time", "start_time"),
    ("build.task_id", "task_id"),
    ("events.id", "creation_event_id"),
    ("events.time", "creation_time"),
    ("package.id", "package_id"),
    ("package.name", "package_name"),
    ("package.name", "name"),
    ("volume.id", "volume_id"),
    ("volume.name", "volume_name"),
    ("package.name || '-' || build.version || '-' || build.release", "nvr"),
    ("users.id", "owner_id"),
    ("users.name", "owner_name"),
    ("promoter.id", "promoter_id"),
    ("promoter.name", "promoter_name"),
];

/// Columns of the times as seconds, and what a single build's answer has beyond [`COLUMNS`].
pub(crate) const DETAILS: &[(&str, &str)] = &[
    ("date_part('epoch', events.time)", "creation_ts"),
    ("date_part('epoch', build.start_time)", "start_ts"),
    ("date_part('epoch', build.completion_time)", "completion_ts"),
    ("date_part('epoch', build.promotion_time)", "promotion_ts"),
    ("build.source", "source"),
    ("build.extra::json", "extra"),
];

/// The tables that [`COLUMNS`] read besides `build`.
pub(crate) fn joined(query: Query) -> Query {
    query
        .join("JOIN events ON events.id = build.create_event")
        .join("JOIN package ON package.id = build.pkg_id")
        .join("JOIN volume ON volume.id = build.volume_id")
        .join("JOIN users ON users.id = build.owner")
        .join("LEFT JOIN users AS promoter ON promoter.id = build.promoter")
}

/// `getBuild`'s answer.
pub async fn get(tx: &mut Tx, id: i64) -> Result<Option<Struct>> {
    let query = joined(Query::from("build"))
        .join("LEFT JOIN content_generator ON content_generator.id = build.cg_id")
        .columns(&[("build.id", "id")])
        .columns(COLUMNS)
        .columns(DETAILS)
        .columns(&[("build.cg_id", "cg_id"), ("content_generator.name", "cg_name")])
        .filter("build.id = {}", id);
    tx.select_one(&query).await
}

/// A build as the hub's own code needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    pub id: i64,
    pub package_id: i64,
    pub name: String,
    pub version: String,
    pub release: String,
    pub epoch: Option<i64>,
    pub draft: bool,
    pub state: BuildState,
    pub task_id: Option<i64>,
    pub owner_id: i64,
    pub volume_id: i64,
    pub volume_name: String,
    pub cg_id: Option<i64>,
}

impl Build {
    pub fn nvr(&self) -> String {
        format!("{}-{}-{}", self.name, self.version, self.release)
    }

    /// The release that the build's rpms have: a draft's mark is no part of it.
    pub fn rpm_release(&self) -> &str {
        match self.draft {
            true => self.release.split_once(',').map_or(self.release.as_str(), |(target, _)| target),
            false => &self.release,
        }
    }

    /// Reads the columns of [`get`].
    pub fn from_struct(row: &Struct) -> Option<Build> {
        let int = |key: &str| row.get(key).and_then(Value::as_int);
        let text = |key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Build {
            id: int("build_id")?,
            package_id: int("package_id")?,
            name: text("name")?,
            version: text("version")?,
            release: text("release")?,
            epoch: int("epoch"),
            draft: row.get("draft").is_some_and(Value::truthy),
            state: BuildState::from_code(int("state")?)?,
            task_id: int("task_id"),
            owner_id: int("owner_id")?,
            volume_id: int("volume_id")?,
            volume_name: text("volume_name")?,
            cg_id: int("cg_id"),
        })
    }
}

/// Locks the build's row until the transaction ends, and reads its state: whoever changes a build's state or its
/// rpms takes it first.
pub async fn lock(tx: &mut Tx, id: i64) -> Result<Option<BuildState>> {
    let state = tx.maybe_int("SELECT state FROM build WHERE id = $1 FOR UPDATE", args![id]).await?;
    Ok(state.and_then(BuildState::from_code))
}
