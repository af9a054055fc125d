//! The files of the repository: lists of packages, metadata, delta rpms.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use koji_repodata::{Cache, Compression, Identity, PackageRef, RepoWriter};
use koji_xmlrpc::{Struct, Value};

use super::{initial, json};
use crate::task::TaskError;

/// A package of the repository.
#[derive(Debug, Clone)]
pub struct Entry {
    /// As it stands in `kojipkgs`.
    row: Struct,
    /// The file.
    pub path: PathBuf,
    identity: Identity,
    /// The repository below the arch's that it belongs to.
    pub sub: Option<&'static str>,
}

impl Entry {
    /// `key` is that of the signed copy that `path` is.
    pub fn new(row: Struct, path: PathBuf, key: Option<String>, sha256: Option<String>) -> Entry {
        let hash = row.get("payloadhash").and_then(Value::as_str).unwrap_or_default().to_owned();
        let size = row.get("size").and_then(Value::as_int).and_then(|s| u64::try_from(s).ok());
        let identity = match (key.filter(|k| !k.is_empty()), size) {
            (Some(key), _) => Identity::Signed { hash, key, sha256 },
            (None, Some(size)) => Identity::Payload { hash, size },
            (None, None) => Identity::Stat,
        };
        Entry { row, path, identity, sub: None }
    }

    pub fn text(&self, key: &str) -> &str {
        self.row.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn file_name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// What the metadata is made of.
pub struct Metadata {
    /// Where it is written.
    pub dir: PathBuf,
    pub scratch: PathBuf,
    pub comps: Option<PathBuf>,
    pub cache: Cache,
    pub compression: Compression,
    /// Directories of packages that delta rpms are made against.
    pub deltas: Vec<PathBuf>,
    pub zck: bool,
    pub dictionaries: Option<PathBuf>,
    /// By file name.
    pub packages: BTreeMap<String, Entry>,
}

impl Metadata {
    /// Writes everything; the number of packages.
    pub fn write(&self) -> Result<usize, TaskError> {
        self.link()?;
        let rows = self.packages.iter().map(|(name, entry)| (name.clone(), entry.row.clone())).collect();
        std::fs::write(self.dir.join("kojipkgs"), json(&rows)?)?;
        // the arch's own repository is there even when it is empty
        let mut subs: BTreeSet<Option<&str>> = self.packages.values().map(|e| e.sub).collect();
        subs.insert(None);
        subs.into_iter().try_fold(0, |count, sub| Ok(count + self.repository(sub)?))
    }

    /// The packages under their names in the repository.
    fn link(&self) -> Result<(), TaskError> {
        std::fs::create_dir_all(&self.dir)?;
        for (name, entry) in &self.packages {
            let dir = self.dir.join("Packages").join(initial(name));
            std::fs::create_dir_all(&dir)?;
            std::os::unix::fs::symlink(&entry.path, dir.join(name))?;
        }
        Ok(())
    }

    fn repository(&self, sub: Option<&str>) -> Result<usize, TaskError> {
        let (dir, up) = match sub {
            Some(sub) => (self.dir.join(sub), "../"),
            None => (self.dir.clone(), ""),
        };
        std::fs::create_dir_all(&dir)?;
        let packages: Vec<PackageRef> = self
            .packages
            .iter()
            .filter(|(_, entry)| entry.sub == sub)
            .map(|(name, entry)| PackageRef {
                location: format!("{up}Packages/{}/{name}", initial(name)),
                identity: entry.identity.clone(),
            })
            .collect();
        let list: String = packages.iter().map(|p| format!("{}\n", p.location)).collect();
        std::fs::write(dir.join("pkglist"), list)?;
        let mut writer = RepoWriter::new(&dir).cache(self.cache.clone()).compression(self.compression);
        if let Some(comps) = &self.comps {
            writer = writer.comps(comps);
        }
        if self.zck || !self.deltas.is_empty() {
            let made = self.with_createrepo_c(&dir, sub)?;
            writer = writer.include(&made, |kind| kind == "prestodelta" || kind.ends_with("_zck"));
        }
        let written = writer.write(&packages, &dir)?;
        if self.packages.is_empty() {
            super::mark_empty(&dir)?;
        }
        Ok(written.packages)
    }

    /// Delta rpms and zchunk files, which createrepo_c knows how to make. Where it has put its metadata; the delta rpms are
    /// moved to their place.
    fn with_createrepo_c(&self, dir: &Path, sub: Option<&str>) -> Result<PathBuf, TaskError> {
        let out = self.scratch.join(sub.unwrap_or("main"));
        std::fs::create_dir_all(&out)?;
        let mut command = Command::new("createrepo_c");
        command.args(["--error-exit-val", "--no-database", "-q"]);
        command.arg("-o").arg(&out).arg("-i").arg(dir.join("pkglist"));
        if let Some(comps) = &self.comps {
            command.arg("-g").arg(comps);
        }
        if !self.deltas.is_empty() {
            command.arg("--deltas");
            for old in &self.deltas {
                command.arg("--oldpackagedirs").arg(old);
            }
        }
        if self.zck {
            command.arg("--zck");
        }
        if let Some(dictionaries) = &self.dictionaries {
            if !self.zck {
                return Err(TaskError::generic("--zck-dict-dir makes no sense without --zck"));
            }
            if !dictionaries.is_dir() {
                let text = format!("zchunk dir path doesn't exist: {}", dictionaries.display());
                return Err(TaskError::generic(text));
            }
            command.arg("--zck-dict-dir").arg(dictionaries);
        }
        let output = command.arg(dir).stdin(Stdio::null()).output().map_err(|e| {
            TaskError::generic(format!(
                "createrepo_c, which makes delta rpms and zchunk files, cannot be started: {e}"
            ))
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(TaskError::generic(format!("failed to create repo: createrepo_c: {}", said.trim())));
        }
        let made = out.join("drpms");
        if made.is_dir() {
            std::fs::rename(&made, dir.join("drpms"))?;
        }
        Ok(out)
    }
}

/// Regular files below a directory, by their relative paths.
pub fn files_below(dir: &Path) -> std::io::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut open = vec![(dir.to_path_buf(), String::new())];
    while let Some((dir, prefix)) = open.pop() {
        for entry in std::fs::read_dir(dir)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() {
                files.push(name);
            }
        }
    }
    files.sort();
    Ok(files)
}
