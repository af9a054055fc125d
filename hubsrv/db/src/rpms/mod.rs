//! Rpms: table `rpminfo`, the hub's own and those of external repos.

mod list;
mod write;

use koji_xmlrpc::{Struct, Value};

use crate::{Query, Result, Tx, args};

pub use list::{RpmFilter, list};
pub use write::{External, ExternalConflict, NewRpm, NvraTaken, add_external, has_external, insert};

/// How to find rpms; see `koji_api::types::RpmRef`.
#[derive(Debug, Clone, Copy)]
pub enum RpmKey<'a> {
    Id(i64),
    Nvra {
        name: &'a str,
        version: &'a str,
        release: &'a str,
        arch: &'a str,
        /// Only of this external repo; 0 is the hub itself.
        external_repo: Option<i64>,
    },
}

/// The columns of `getRPM`.
pub(crate) const COLUMNS: &[(&str, &str)] = &[
    ("rpminfo.id", "id"),
    ("rpminfo.build_id", "build_id"),
    ("rpminfo.buildroot_id", "buildroot_id"),
    ("rpminfo.name", "name"),
    ("rpminfo.version", "version"),
    ("rpminfo.release", "release"),
    ("rpminfo.epoch", "epoch"),
    ("rpminfo.arch", "arch"),
    ("rpminfo.draft", "draft"),
    ("rpminfo.external_repo_id", "external_repo_id"),
    ("external_repo.name", "external_repo_name"),
    ("rpminfo.payloadhash", "payloadhash"),
    ("rpminfo.size", "size"),
    ("rpminfo.buildtime", "buildtime"),
    ("rpminfo.metadata_only", "metadata_only"),
    ("rpminfo.extra::json", "extra"),
];

/// All rpms that the key fits, the preferred one first: the hub's own before drafts, drafts before external ones, the
/// newest first among those.
pub async fn find(tx: &mut Tx, key: RpmKey<'_>) -> Result<Vec<Struct>> {
    let query = Query::from("rpminfo")
        .join("JOIN external_repo ON external_repo.id = rpminfo.external_repo_id")
        .columns(COLUMNS)
        .order_by("rpminfo.external_repo_id <> 0, rpminfo.draft IS TRUE, rpminfo.id DESC");
    let query = match key {
        RpmKey::Id(id) => query.filter("rpminfo.id = {}", id),
        RpmKey::Nvra { name, version, release, arch, external_repo } => query
            .filter_all(
                "rpminfo.name = {} AND rpminfo.version = {} AND rpminfo.release = {} AND rpminfo.arch = {}",
                args![name, version, release, arch],
            )
            .filter_opt("rpminfo.external_repo_id = {}", external_repo),
    };
    tx.select(&query).await
}

/// An rpm as the hub's own code needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rpm {
    pub id: i64,
    /// `None` for an external rpm.
    pub build_id: Option<i64>,
    pub name: String,
    pub version: String,
    pub release: String,
    pub epoch: Option<i64>,
    pub arch: String,
    pub external_repo_id: i64,
    pub external_repo_name: String,
    /// The signature header's MD5 of header and payload, in hex.
    pub payloadhash: String,
    pub metadata_only: bool,
}

impl Rpm {
    pub fn nvra(&self) -> String {
        format!("{}-{}-{}.{}", self.name, self.version, self.release, self.arch)
    }

    /// Name, version and release.
    pub fn nvr(&self) -> (&str, &str, &str) {
        (&self.name, &self.version, &self.release)
    }

    /// Reads the columns of [`find`].
    pub fn from_struct(row: &Struct) -> Option<Rpm> {
        let int = |key: &str| row.get(key).and_then(Value::as_int);
        let text = |key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Rpm {
            id: int("id")?,
            build_id: int("build_id"),
            name: text("name")?,
            version: text("version")?,
            release: text("release")?,
            epoch: int("epoch"),
            arch: text("arch")?,
            external_repo_id: int("external_repo_id")?,
            external_repo_name: text("external_repo_name")?,
            payloadhash: text("payloadhash")?,
            metadata_only: row.get("metadata_only").is_some_and(Value::truthy),
        })
    }
}
