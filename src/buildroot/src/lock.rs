//! `buildroot_lock.json`: a buildroot's exact content, to make it again elsewhere, later, offline.
//!
//! The fields are mock's (its buildroot-lock schema 1.1.0), so mock's tools read it. What mock does not record (digests of
//! the files, the plan with macros and environment, the machine) is in `config.koji`: the schema leaves `config` open.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::plan::Plan;

/// The version written.
const VERSION: &str = "1.1.0";

/// The document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lock {
    /// mock's version of the format.
    pub version: String,
    /// What is installed.
    pub buildroot: LockedRoot,
    /// The image mock bootstrapped from; kept as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap: Option<Value>,
    /// mock's options of interest, and ours under `koji`.
    pub config: Map<String, Value>,
}

/// Member `buildroot`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LockedRoot {
    /// Every package.
    pub rpms: Vec<LockedRpm>,
}

/// A package, with mock's fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LockedRpm {
    /// Package name.
    pub name: String,
    /// Architecture.
    pub arch: String,
    /// License.
    pub license: String,
    /// Version.
    pub version: String,
    /// Release.
    pub release: String,
    /// Epoch as text; absent when the header has none.
    pub epoch: Option<String>,
    /// md5 of header and payload, hex.
    pub sigmd5: String,
    /// The last eight digits of the key that signed it.
    pub signature: Option<String>,
    /// Where the rpm is.
    pub url: String,
}

impl LockedRpm {
    /// `name-[epoch:]version-release.arch`; an epoch of 0 is shown, as the header has it.
    pub fn nevra(&self) -> String {
        let epoch = self.epoch.as_ref().map(|e| format!("{e}:")).unwrap_or_default();
        format!("{}-{epoch}{}-{}.{}", self.name, self.version, self.release, self.arch)
    }
}

/// What mock's fields have no place for: `config.koji`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LockExtra {
    /// Layout of this section.
    pub format: u32,
    /// Digests of the rpm files by NEVRA.
    pub digests: BTreeMap<String, LockedDigest>,
    /// The plan that was followed; its packages are those of the lock.
    pub plan: Plan,
    /// Engine and its version.
    pub engine: String,
    /// Kernel release.
    pub kernel: String,
    /// CPU model.
    pub cpu: String,
    /// `SOURCE_DATE_EPOCH` of the environment, when it is set for all builds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_date_epoch: Option<String>,
    /// rpm's `_buildhost`: the host name seen inside.
    pub buildhost: String,
    /// Where it comes from at the hub, for people.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub origin: Value,
}

impl LockExtra {
    /// Layout written.
    pub const FORMAT: u32 = 1;
}

/// Digest and size of an rpm file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedDigest {
    /// sha256 of the file, lower-case hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

impl Lock {
    /// A lock of these packages.
    pub fn new(mut rpms: Vec<LockedRpm>, extra: &LockExtra) -> Result<Lock> {
        rpms.sort();
        let mut config = Map::new();
        config.insert("target_arch".into(), extra.plan.target_arch.clone().into());
        let macros: Map<String, Value> =
            extra.plan.macros.iter().map(|(k, v)| (k.clone(), v.clone().into())).collect();
        config.insert("macros".into(), macros.into());
        config.insert("koji".into(), serde_json::to_value(extra).map_err(bad)?);
        Ok(Lock { version: VERSION.into(), buildroot: LockedRoot { rpms }, bootstrap: None, config })
    }

    /// Reads the text of a lock, ours or mock's; any 1.x.
    pub fn parse(text: &str) -> Result<Lock> {
        let lock: Lock = serde_json::from_str(text).map_err(bad)?;
        if lock.version.split('.').next() != Some("1") {
            return Err(Error::Lock(format!(
                "it has version {}, this program reads versions 1.x",
                lock.version
            )));
        }
        if lock.buildroot.rpms.is_empty() {
            return Err(Error::Lock("it lists no packages".into()));
        }
        // names become parts of file names and of command lines
        let plain = |s: &str| {
            !s.is_empty()
                && !s.starts_with(['-', '.'])
                && !s.contains(|c: char| c == '/' || c.is_whitespace() || c.is_control())
        };
        for rpm in &lock.buildroot.rpms {
            let hex = |s: &str| s.len() == 32 && s.chars().all(|c| c.is_ascii_hexdigit());
            if ![&rpm.name, &rpm.version, &rpm.release, &rpm.arch].iter().all(|s| plain(s)) {
                return Err(Error::Lock(format!("{:?} is no name of a package", rpm.nevra())));
            }
            // packages of rpm 6 have no sigmd5
            if !(rpm.sigmd5.is_empty() || rpm.sigmd5.contains("::") || hex(&rpm.sigmd5)) {
                return Err(Error::Lock(format!("the sigmd5 of {} is no digest", rpm.nevra())));
            }
        }
        if let Some(extra) = lock.extra()? {
            extra.plan.check()?;
        }
        Ok(lock)
    }

    /// Reads a file.
    pub fn load(path: &Path) -> Result<Lock> {
        let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
        Lock::parse(&text).map_err(|e| match e {
            Error::Lock(reason) => Error::Lock(format!("{}: {reason}", path.display())),
            other => other,
        })
    }

    /// Writes the file, atomically.
    pub fn save(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).map_err(bad)?;
        crate::files::write_atomic(path, (text + "\n").as_bytes())
    }

    /// Our own section; mock's locks have none.
    pub fn extra(&self) -> Result<Option<LockExtra>> {
        let Some(section) = self.config.get("koji") else { return Ok(None) };
        let extra: LockExtra = serde_json::from_value(section.clone()).map_err(bad)?;
        if extra.format != LockExtra::FORMAT {
            return Err(Error::Lock(format!(
                "its section koji has layout {}, this program reads {}",
                extra.format,
                LockExtra::FORMAT
            )));
        }
        Ok(Some(extra))
    }
}

fn bad(e: serde_json::Error) -> Error {
    Error::Lock(e.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::plan::{ExtraMap, Packages, Site};
    use proptest::prelude::*;

    fn rpm(name: &str) -> LockedRpm {
        LockedRpm {
            name: name.into(),
            arch: "x86_64".into(),
            license: "MIT".into(),
            version: "1".into(),
            release: "2".into(),
            epoch: None,
            sigmd5: "0".repeat(32),
            signature: None,
            url: format!("http://h/{name}.rpm"),
        }
    }

    fn lock() -> Lock {
        let packages = Packages::Exact(Vec::new());
        let plan =
            Plan::for_tag("r", "x86_64", packages, "build", &Site::default(), &ExtraMap::new()).unwrap();
        let digest = LockedDigest { sha256: "ab".repeat(32), size: 10 };
        let extra = LockExtra {
            format: LockExtra::FORMAT,
            digests: [(rpm("bash").nevra(), digest)].into(),
            plan,
            engine: "native 1".into(),
            kernel: "6.1".into(),
            cpu: "a".into(),
            source_date_epoch: Some("1".into()),
            buildhost: "h".into(),
            origin: Value::Null,
        };
        Lock::new(vec![rpm("zlib"), rpm("bash")], &extra).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back_with_mocks_names() {
        let lock = lock();
        let text = serde_json::to_string(&lock).unwrap();
        let again = Lock::parse(&text).unwrap();
        assert_eq!(again, lock);
        assert_eq!(again.buildroot.rpms[0].name, "bash");
        assert_eq!(again.extra().unwrap().unwrap().digests.len(), 1);
        // mock's schema: these members and no others, all of them there
        let json: Value = serde_json::from_str(&text).unwrap();
        let keys = |v: &Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&json), ["version", "buildroot", "config"]);
        let mut fields = keys(&json["buildroot"]["rpms"][0]);
        fields.sort();
        assert_eq!(
            fields,
            ["arch", "epoch", "license", "name", "release", "sigmd5", "signature", "url", "version"]
        );
        assert!(json["buildroot"]["rpms"][0]["epoch"].is_null());
    }

    #[test]
    fn mocks_own_lock_is_read() {
        let text = r#"{"version": "1.1.0", "bootstrap": {"image_digest": "sha256:1", "pull_digest": "p",
            "architecture": "amd64", "id": "i"}, "config": {"target_arch": "x86_64", "legal_host_arches": ["x86_64"],
            "macros": {"%vendor": "Me"}}, "buildroot": {"rpms": [{"arch": "noarch", "epoch": "1", "license": "MIT",
            "name": "a", "release": "2", "sigmd5": "00112233445566778899aabbccddeeff", "signature": "12345678",
            "url": "https://h/a.rpm", "version": "1"}]}}"#;
        let lock = Lock::parse(text).unwrap();
        assert!(lock.extra().unwrap().is_none() && lock.bootstrap.is_some());
        assert_eq!(lock.buildroot.rpms[0].nevra(), "a-1:1-2.noarch");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let with = |from: &str, to: &str| {
            Lock::parse(&serde_json::to_string(&lock()).unwrap().replace(from, to)).unwrap_err().to_string()
        };
        assert!(with("\"1.1.0\"", "\"2.0.0\"").contains("version 2.0.0"));
        assert!(with("\"name\":\"bash\"", "\"name\":\"../bash\"").contains("no name"));
        assert!(with("00000000000000000000000000000000", "short").contains("no digest"));
        assert!(with("\"format\":1", "\"format\":9").contains("layout 9"));
        assert!(Lock::parse("{}").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,200}") {
            let _ = Lock::parse(&text);
        }
        #[test]
        fn a_changed_lock_never_panics(at in 0usize..2000, c in any::<char>()) {
            let mut text: Vec<char> = serde_json::to_string(&lock()).unwrap().chars().collect();
            let at = at % text.len();
            text[at] = c;
            if let Ok(lock) = Lock::parse(&text.into_iter().collect::<String>()) {
                prop_assert!(lock.buildroot.rpms.iter().all(|r| !r.name.contains('/')));
            }
        }
    }
}
