//! The build dependencies of a source rpm.

use std::path::Path;

use koji_rpm::{DependencyKind, Package};

use crate::error::{Error, Result};

/// What has to be installed to build a source rpm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BuildRequires {
    /// Sorted, each as `name op version`; conflicts with a leading `!`.
    pub words: Vec<String>,
    /// Whether the spec works out more of them while it builds (`%generate_buildrequires`).
    pub dynamic: bool,
    /// Name of the spec file.
    pub spec: String,
    exclusive: Vec<String>,
    exclude: Vec<String>,
}

impl BuildRequires {
    /// Whether the spec keeps this architecture out. Asked here because rpm 4.20 (Debian 13) was seen to go on building
    /// where 4.18 refuses, with the same command line.
    pub(super) fn excludes(&self, arch: &str) -> bool {
        let listed = |list: &[String]| list.iter().any(|a| a == arch);
        arch != "noarch" && (listed(&self.exclude) || !self.exclusive.is_empty() && !listed(&self.exclusive))
    }
}

/// Reads them from the header.
pub(super) fn read(srpm: &Path) -> Result<BuildRequires> {
    let bad =
        |reason: String| Error::Plan(format!("{} is no source rpm to build from: {reason}", srpm.display()));
    let package = Package::open(srpm).map_err(|e| bad(e.to_string()))?;
    if !package.source {
        return Err(bad("it is a binary rpm".into()));
    }
    let mut dynamic = false;
    let mut words = Vec::new();
    for dep in &package.dependencies {
        let sign = match dep.kind {
            DependencyKind::Requires => "",
            DependencyKind::Conflicts => "!",
            _ => continue,
        };
        if dep.name.starts_with("rpmlib(") {
            dynamic |= dep.name == "rpmlib(DynamicBuildRequires)";
            continue;
        }
        let mut word = format!("{sign}{}", dep.name);
        if !dep.version.is_empty() {
            word.push_str(&format!(" {} {}", dep.operator(), dep.version));
        }
        words.push(word);
    }
    words.sort();
    words.dedup();
    let mut specs =
        package.files.iter().filter_map(|f| f.name.rsplit('/').next()).filter(|n| n.ends_with(".spec"));
    let spec = match (specs.next(), specs.next()) {
        (Some(one), None) => one.to_string(),
        (None, _) => return Err(bad("it holds no spec file".into())),
        _ => return Err(bad("it holds several spec files".into())),
    };
    Ok(BuildRequires { words, dynamic, spec, exclusive: package.exclusivearch, exclude: package.excludearch })
}
