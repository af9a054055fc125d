//! What kinds of content a build has: rpm, maven, win, image, and the types of content generators.

use koji_xmlrpc::Struct;

use crate::{Query, Result, Tx, args};

/// A filter on one kind of build, as lists of builds take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildKind {
    Maven,
    Win,
    Image,
    /// Any other type, by its id in `btype`.
    Other(i64),
}

/// The kind called `name`; `None` when there is no such type.
pub async fn find_kind(tx: &mut Tx, name: &str) -> Result<Option<BuildKind>> {
    Ok(match name {
        "maven" => Some(BuildKind::Maven),
        "win" => Some(BuildKind::Win),
        "image" => Some(BuildKind::Image),
        _ => tx.maybe_int("SELECT id FROM btype WHERE name = $1", args![name]).await?.map(BuildKind::Other),
    })
}

impl BuildKind {
    /// Keeps builds of this kind, without further columns.
    pub(crate) fn restrict(self, query: Query) -> Query {
        let table = match self {
            BuildKind::Maven => "EXISTS (SELECT 1 FROM maven_builds WHERE maven_builds.build_id = build.id)",
            BuildKind::Win => "EXISTS (SELECT 1 FROM win_builds WHERE win_builds.build_id = build.id)",
            BuildKind::Image => "EXISTS (SELECT 1 FROM image_builds WHERE image_builds.build_id = build.id)",
            BuildKind::Other(btype) => {
                return query.filter(
                    "EXISTS (SELECT 1 FROM build_types WHERE build_types.build_id = build.id AND btype_id = {})",
                    btype,
                );
            }
        };
        query.filter_sql(table)
    }

    /// Keeps builds of this kind (table `build` must be in the query) and adds the kind's columns.
    pub(crate) fn narrow(self, query: Query) -> Query {
        match self {
            BuildKind::Maven => {
                query.join("JOIN maven_builds ON maven_builds.build_id = build.id").columns(&[
                    ("maven_builds.group_id", "maven_group_id"),
                    ("maven_builds.artifact_id", "maven_artifact_id"),
                    ("maven_builds.version", "maven_version"),
                ])
            }
            BuildKind::Win => query
                .join("JOIN win_builds ON win_builds.build_id = build.id")
                .columns(&[("win_builds.platform", "platform")]),
            BuildKind::Image => query.join("JOIN image_builds ON image_builds.build_id = build.id"),
            BuildKind::Other(btype) => query
                .join("JOIN build_types ON build_types.build_id = build.id")
                .filter("build_types.btype_id = {}", btype),
        }
    }
}

/// Names of the build's types.
pub async fn type_names(tx: &mut Tx, build: i64) -> Result<Vec<String>> {
    let rows = tx
        .rows_as::<(String,)>(
            "SELECT btype.name FROM build_types JOIN btype ON btype.id = build_types.btype_id \
             WHERE build_types.build_id = $1 ORDER BY btype.id",
            args![build],
        )
        .await?;
    Ok(rows.into_iter().map(|r| r.0).collect())
}

/// Notes that the build has content of a type; nothing when it is noted already. False when there is no such type.
pub async fn add_type(tx: &mut Tx, build: i64, btype: &str) -> Result<bool> {
    let Some(id) = tx.maybe_int("SELECT id FROM btype WHERE name = $1", args![btype]).await? else {
        return Ok(false);
    };
    tx.execute(
        "INSERT INTO build_types (build_id, btype_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        args![build, id],
    )
    .await?;
    Ok(true)
}

pub async fn maven_info(tx: &mut Tx, build: i64) -> Result<Option<Struct>> {
    tx.row(
        "SELECT build_id, group_id, artifact_id, version FROM maven_builds WHERE build_id = $1",
        args![build],
    )
    .await
}

pub async fn win_info(tx: &mut Tx, build: i64) -> Result<Option<Struct>> {
    tx.row("SELECT build_id, platform FROM win_builds WHERE build_id = $1", args![build]).await
}

pub async fn image_info(tx: &mut Tx, build: i64) -> Result<Option<Struct>> {
    tx.row("SELECT build_id FROM image_builds WHERE build_id = $1", args![build]).await
}

/// Makes a build one of Maven.
pub async fn add_maven(tx: &mut Tx, build: i64, group: &str, artifact: &str, version: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO maven_builds (build_id, group_id, artifact_id, version) VALUES ($1, $2, $3, $4)",
        args![build, group, artifact, version],
    )
    .await?;
    add_type(tx, build, "maven").await.map(drop)
}

/// Makes a build one of Windows, or changes its platform.
pub async fn set_win(tx: &mut Tx, build: i64, platform: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO win_builds (build_id, platform) VALUES ($1, $2) \
         ON CONFLICT (build_id) DO UPDATE SET platform = EXCLUDED.platform",
        args![build, platform],
    )
    .await?;
    add_type(tx, build, "win").await.map(drop)
}

/// Makes a build one of images.
pub async fn add_image(tx: &mut Tx, build: i64) -> Result<()> {
    tx.execute("INSERT INTO image_builds (build_id) VALUES ($1) ON CONFLICT DO NOTHING", args![build])
        .await?;
    add_type(tx, build, "image").await.map(drop)
}
