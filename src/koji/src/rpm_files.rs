//! Rpm files on this machine, as commands that import them see them.

use std::path::Path;

use koji_rpm::{Nvra, RpmFile};
use koji_xmlrpc::Value;

use crate::error::{CommandError, Result};

/// What an rpm says of itself. `arch` is `src` for a source package.
#[derive(Debug, Clone)]
pub struct RpmInfo {
    pub name: String,
    pub version: String,
    pub release: String,
    pub epoch: Option<i64>,
    pub arch: String,
    pub is_source: bool,
    /// `name-version-release` of the build it belongs to.
    pub build: String,
    /// What the hub tells rpms of one name apart by: the MD5 of header and payload, or a digest of the header.
    pub ident: String,
}

impl RpmInfo {
    /// Reads the headers. Errors on what is no rpm, or names no source rpm.
    pub fn read(path: &Path) -> Result<RpmInfo> {
        let bad = |e: koji_rpm::Error| CommandError::new(e.to_string());
        let rpm = RpmFile::open(path).map_err(bad)?;
        let text = |name: &str| rpm.field(name).map(|f| f.into_text().unwrap_or_default()).map_err(bad);
        let is_source = rpm.is_source();
        let (name, version, release) = (text("name")?, text("version")?, text("release")?);
        let build = if is_source {
            format!("{name}-{version}-{release}")
        } else {
            let source = Nvra::parse(&text("sourcerpm")?).map_err(bad)?.nvr;
            format!("{}-{}-{}", source.name, source.version, source.release)
        };
        let epoch = match rpm.field("epoch").map_err(bad)? {
            koji_rpm::Field::Int(epoch) => i64::try_from(epoch).ok(),
            _ => None,
        };
        let arch = if is_source { "src".to_owned() } else { text("arch")? };
        Ok(RpmInfo {
            name,
            version,
            release,
            epoch,
            arch,
            is_source,
            build,
            ident: rpm.payloadhash().map_err(bad)?,
        })
    }

    /// The record by which the hub finds it.
    pub fn value(&self) -> Value {
        Value::record([
            ("name", self.name.as_str().into()),
            ("version", self.version.as_str().into()),
            ("release", self.release.as_str().into()),
            ("arch", self.arch.as_str().into()),
        ])
    }

    /// `name-version-release.arch`
    pub fn nvra(&self) -> String {
        format!("{}-{}-{}.{}", self.name, self.version, self.release, self.arch)
    }
}
