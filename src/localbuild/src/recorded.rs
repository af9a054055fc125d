//! What a hub recorded of the content of a buildroot.

use koji_api::methods as m;
use koji_buildroot::InstalledPackage;
use koji_client::Session;
use koji_xmlrpc::Value;

use crate::error::{Error, Result};

/// One recorded package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub name: String,
    pub version: String,
    pub release: String,
    pub epoch: Option<i64>,
    pub arch: String,
    /// sigmd5, or a labelled digest of the header.
    pub payloadhash: String,
    /// The build it is of; none for packages of external repositories.
    pub build_id: Option<i64>,
    /// The external repository it came from.
    pub external_repo: Option<(i64, String)>,
    /// Came later than the group: a BuildRequires.
    pub is_update: bool,
}

impl Recorded {
    /// The packages of a buildroot, sorted by name. Errors when the hub recorded none.
    pub async fn of(session: &Session, buildroot: i64) -> Result<Vec<Recorded>> {
        let mut rows = Value::Nil;
        // hubs under load have answered an empty list now and then
        for _ in 0..3 {
            let call = m::ListRPMs { componentBuildrootID: buildroot.into(), ..Default::default() };
            rows = session.call(call).await?;
            if rows.as_array().is_some_and(|r| !r.is_empty()) {
                break;
            }
        }
        let mut found: Vec<Recorded> = rows.as_array().unwrap_or_default().iter().filter_map(read).collect();
        if found.is_empty() {
            return Err(Error::NotThere(format!(
                "the hub recorded no packages of the buildroot {buildroot}"
            )));
        }
        found.sort_by(|a, b| (&a.name, &a.arch, &a.version).cmp(&(&b.name, &b.arch, &b.version)));
        Ok(found)
    }

    /// `name-[epoch:]version-release.arch`, an epoch of 0 left out.
    pub fn nevra(&self) -> String {
        nevra(&self.name, self.epoch, &self.version, &self.release, &self.arch)
    }
}

fn read(row: &Value) -> Option<Recorded> {
    let text = |key: &str| row.str_at(key).map(str::to_owned);
    let external = row.int_at("external_repo_id").filter(|id| *id != 0);
    Some(Recorded {
        name: text("name")?,
        version: text("version")?,
        release: text("release")?,
        epoch: row.int_at("epoch"),
        arch: text("arch")?,
        payloadhash: text("payloadhash").unwrap_or_default(),
        build_id: row.int_at("build_id").filter(|id| *id != 0),
        external_repo: external.map(|id| (id, text("external_repo_name").unwrap_or_default())),
        is_update: row.truthy_at("is_update"),
    })
}

/// The name of a package for comparisons: absent epochs and 0 are the same.
pub(crate) fn nevra(name: &str, epoch: Option<i64>, version: &str, release: &str, arch: &str) -> String {
    let epoch = epoch.filter(|e| *e != 0).map(|e| format!("{e}:")).unwrap_or_default();
    format!("{name}-{epoch}{version}-{release}.{arch}")
}

/// [`Recorded::nevra`] of an installed package.
pub(crate) fn installed_nevra(p: &InstalledPackage) -> String {
    nevra(&p.name, p.epoch, &p.version, &p.release, &p.arch)
}
