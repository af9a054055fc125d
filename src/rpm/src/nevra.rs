//! Names of builds and rpms: N-V-R, N-V-R.A and what Koji hangs on them.
//!
//! Koji splits from the right, so a name may hold dashes and a version or release may not; an epoch stands before
//! the name (`E:N-V-R`); an rpm's name may carry `.rpm` and `@<external repo>`. A draft build's release is
//! `<target release>,draft_<build id>`.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What separates the target release from the draft mark in a draft build's release.
pub const DRAFT_RELEASE_DELIMITER: char = ',';

/// Name, version and release of a build, with the epoch when the text had one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Nvr {
    /// The package's name.
    pub name: String,
    /// The version.
    pub version: String,
    /// The release; for a draft build with the `,draft_<id>` suffix.
    pub release: String,
    /// What stood before the first `:` of the name part. Koji writes `''` where this is `None`.
    pub epoch: Option<String>,
}

/// An [`Nvr`] with an architecture: the name of an rpm.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Nvra {
    /// The N-V-R part.
    #[serde(flatten)]
    pub nvr: Nvr,
    /// The architecture; `src` (or `nosrc`) for source packages.
    pub arch: String,
    /// The name of the external repository after `@`.
    pub location: Option<String>,
}

impl Nvr {
    /// Splits `[E:]N-V-R`. Errors with "invalid format" when there are fewer than two dashes or a version or
    /// release is empty. An empty name is accepted, as Koji accepts it.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = || Error::InvalidFormat(text.to_owned());
        let (rest, release) = text.rsplit_once('-').ok_or_else(invalid)?;
        let (name, version) = rest.rsplit_once('-').ok_or_else(invalid)?;
        if release.is_empty() || version.is_empty() {
            return Err(invalid());
        }
        let (epoch, name) = match name.split_once(':') {
            Some((epoch, name)) => (Some(epoch.to_owned()), name),
            None => (None, name),
        };
        Ok(Self { name: name.to_owned(), version: version.to_owned(), release: release.to_owned(), epoch })
    }

    /// Koji's basic validity check: neither version nor release may hold a `-`. Needed for values that did not come
    /// out of [`Nvr::parse`].
    pub fn check(&self) -> Result<()> {
        for (field, value) in [("version", &self.version), ("release", &self.release)] {
            if value.contains('-') {
                return Err(Error::ForbiddenCharacter { character: '-', field });
            }
        }
        Ok(())
    }

    /// The build id of a draft build's release, `None` for an ordinary release.
    pub fn draft_id(&self) -> Option<i64> {
        let (_, mark) = self.release.split_once(DRAFT_RELEASE_DELIMITER)?;
        mark.strip_prefix("draft_")?.parse().ok()
    }
}

/// `N-V-R`, without the epoch.
impl fmt::Display for Nvr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.name, self.version, self.release)
    }
}

impl std::str::FromStr for Nvr {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl Nvra {
    /// Splits `[E:]N-V-R.A[.rpm][@location]`.
    pub fn parse(text: &str) -> Result<Self> {
        let (nvra, location) = match text.split_once('@') {
            Some((nvra, location)) => (nvra, (!location.is_empty()).then(|| location.to_owned())),
            None => (text, None),
        };
        let nvra = nvra.strip_suffix(".rpm").unwrap_or(nvra);
        let invalid = || Error::InvalidFormat(nvra.to_owned());
        let (nvr, arch) = nvra.rsplit_once('.').ok_or_else(invalid)?;
        if arch.is_empty() {
            return Err(invalid());
        }
        Ok(Self { nvr: Nvr::parse(nvr)?, arch: arch.to_owned(), location })
    }

    /// Whether this is the name of a source package (`.src`; Koji's `src` key).
    pub fn is_src(&self) -> bool {
        self.arch == "src"
    }

    /// [`Nvr::check`], and no `.` in the architecture.
    pub fn check(&self) -> Result<()> {
        self.nvr.check()?;
        if self.arch.contains('.') {
            return Err(Error::ForbiddenCharacter { character: '.', field: "arch" });
        }
        Ok(())
    }

    /// The file name in the store: `N-V-R.A.rpm`.
    pub fn file_name(&self) -> String {
        format!("{self}.rpm")
    }

    /// `[E:]N-V-R.A`, the epoch only when there is one.
    pub fn nevra(&self) -> String {
        match self.nvr.epoch.as_deref() {
            None | Some("") => self.to_string(),
            Some(epoch) => format!("{epoch}:{self}"),
        }
    }
}

/// `N-V-R.A`, without epoch and location.
impl fmt::Display for Nvra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.nvr, self.arch)
    }
}

impl std::str::FromStr for Nvra {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// The release under which a draft build is stored.
pub fn draft_release(target_release: &str, build_id: i64) -> String {
    format!("{target_release}{DRAFT_RELEASE_DELIMITER}draft_{build_id}")
}

/// The release that a draft build is going to have once promoted.
pub fn target_release(draft_release: &str) -> Result<&str> {
    match draft_release.split_once(DRAFT_RELEASE_DELIMITER) {
        Some((target, mark)) if mark.starts_with("draft_") => Ok(target),
        _ => Err(Error::DraftRelease(draft_release.to_owned())),
    }
}

/// Whether an rpm of this name is debuginfo or debugsource, by Koji's rule (the name alone decides).
pub fn is_debuginfo(name: &str) -> bool {
    name.ends_with("-debuginfo") || name.ends_with("-debugsource") || name.contains("-debuginfo-")
}
