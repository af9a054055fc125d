//! Directories of repositories that the hub knows nothing of, or has deleted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A repository's directory on this machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Local {
    pub id: i64,
    /// Name of the directory above: the tag, unless it was renamed.
    pub tag: String,
    pub path: PathBuf,
    pub dist: bool,
    /// When it was changed, in seconds since 1970.
    pub changed: f64,
}

/// What is left of directories whose removal was interrupted.
pub fn half_removed(topdir: &Path, other_volumes: bool) -> Vec<PathBuf> {
    let tags = roots(topdir, other_volumes).into_iter().flat_map(|(dir, _)| subdirectories(&dir));
    tags.flat_map(|tag| subdirectories(&tag)).filter(|dir| crate::delete::is_doomed(dir)).collect()
}

/// `repos/` and `repos-dist/` of the default volume and the others.
fn roots(topdir: &Path, other_volumes: bool) -> Vec<(PathBuf, bool)> {
    let mut volumes = vec![topdir.to_path_buf()];
    if other_volumes {
        volumes.extend(subdirectories(&topdir.join("vol")));
    }
    let kinds = |volume: PathBuf| [(volume.join("repos"), false), (volume.join("repos-dist"), true)];
    volumes.into_iter().flat_map(kinds).collect()
}

/// All numeric directories below `repos/` and `repos-dist/` that are older than `age`, on the default volume and the
/// others; not those that the link `latest` beside them leads to.
pub fn old_directories(topdir: &Path, other_volumes: bool, age: Duration) -> Vec<Local> {
    let mut found = Vec::new();
    for (dir, dist) in roots(topdir, other_volumes) {
        for tag in subdirectories(&dir) {
            let latest = std::fs::read_link(tag.join("latest")).ok();
            let name = tag.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for path in subdirectories(&tag) {
                let id = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.parse().ok());
                let is_latest = latest.as_deref().is_some_and(|l| Some(l.as_os_str()) == path.file_name());
                if let (Some(id), false, Some(changed)) = (id, is_latest, changed(&path, age)) {
                    found.push(Local { id, tag: name.clone(), path, dist, changed });
                }
            }
        }
    }
    found
}

/// Whether a directory's `repo.json`, if it has one, agrees with its name: what does not agree is left to people.
pub fn is_sane(local: &Local) -> bool {
    repo_json(local).and_then(|json| number(&json, "id")).is_none_or(|id| id == local.id)
}

/// Whether the directory is that of a repo of the hub's, whose tag may have been renamed since.
pub fn is_of(local: &Local, tag: &str, tag_id: i64) -> bool {
    local.tag == tag || repo_json(local).and_then(|json| number(&json, "tag_id")) == Some(tag_id)
}

fn repo_json(local: &Local) -> Option<HashMap<String, serde_json::Value>> {
    serde_json::from_str(&std::fs::read_to_string(local.path.join("repo.json")).ok()?).ok()
}

fn number(json: &HashMap<String, serde_json::Value>, key: &str) -> Option<i64> {
    json.get(key).and_then(serde_json::Value::as_i64)
}

/// Real directories, no links.
fn subdirectories(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter(|e| e.file_type().is_ok_and(|t| t.is_dir())).map(|e| e.path()).collect()
}

/// When a directory was changed, if that is longer ago than `age`.
fn changed(path: &Path, age: Duration) -> Option<f64> {
    let modified = std::fs::metadata(path).and_then(|m| m.modified()).ok()?;
    let old = SystemTime::now().duration_since(modified).is_ok_and(|d| d > age);
    old.then(|| modified.duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_numbered_directories() {
        let top = tempfile::tempdir().unwrap();
        for dir in ["repos/f45/12", "repos/f45/notes", "repos-dist/f45/3", "vol/v2/repos-dist/f45/4"] {
            std::fs::create_dir_all(top.path().join(dir)).unwrap();
        }
        std::os::unix::fs::symlink("12", top.path().join("repos/f45/99")).unwrap();
        std::fs::create_dir_all(top.path().join("repos/f45/13")).unwrap();
        std::os::unix::fs::symlink("13", top.path().join("repos/f45/latest")).unwrap();
        std::fs::create_dir_all(top.path().join("repos/f45/.deleting-11")).unwrap();
        assert_eq!(half_removed(top.path(), true), [top.path().join("repos/f45/.deleting-11")]);
        let ids = |other| {
            let mut ids: Vec<_> =
                old_directories(top.path(), other, Duration::ZERO).iter().map(|l| (l.id, l.dist)).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(ids(false), [(3, true), (12, false)]);
        assert_eq!(ids(true), [(3, true), (4, true), (12, false)]);
        assert!(old_directories(top.path(), true, Duration::from_secs(3600)).is_empty());
    }

    #[test]
    fn a_directory_that_says_it_is_another_stays() {
        let top = tempfile::tempdir().unwrap();
        let local =
            Local { id: 5, tag: "f45".into(), path: top.path().to_path_buf(), dist: false, changed: 0.0 };
        assert!(is_sane(&local));
        std::fs::write(top.path().join("repo.json"), r#"{"id": 6}"#).unwrap();
        assert!(!is_sane(&local));
        std::fs::write(top.path().join("repo.json"), r#"{"id": 5, "tag_id": 7}"#).unwrap();
        assert!(is_sane(&local));
        assert!(is_of(&local, "f45", 1) && is_of(&local, "renamed", 7) && !is_of(&local, "other", 8));
    }
}
