//! Directories of repositories that the hub knows nothing of, or has deleted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A repository's directory on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    pub id: i64,
    pub path: PathBuf,
    pub dist: bool,
}

/// All numeric directories below `repos/` and `repos-dist/` that are older than `age`, on the default volume and the
/// others.
pub fn old_directories(topdir: &Path, other_volumes: bool, age: Duration) -> Vec<Local> {
    let mut roots = vec![topdir.to_path_buf()];
    if other_volumes {
        roots.extend(subdirectories(&topdir.join("vol")));
    }
    let mut found = Vec::new();
    for root in roots {
        for (kind, dist) in [("repos", false), ("repos-dist", true)] {
            for tag in subdirectories(&root.join(kind)) {
                for path in subdirectories(&tag) {
                    let id = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.parse().ok());
                    if let Some(id) = id
                        && is_older(&path, age)
                    {
                        found.push(Local { id, path, dist });
                    }
                }
            }
        }
    }
    found
}

/// Whether a directory's `repo.json`, if it has one, agrees with its name: what does not agree is left to people.
pub fn is_sane(local: &Local) -> bool {
    let Ok(text) = std::fs::read_to_string(local.path.join("repo.json")) else { return true };
    let id = serde_json::from_str::<HashMap<String, serde_json::Value>>(&text)
        .ok()
        .and_then(|json| json.get("id").and_then(serde_json::Value::as_i64));
    id.is_none_or(|id| id == local.id)
}

/// Real directories, no links.
fn subdirectories(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.filter(|e| e.file_type().is_ok_and(|t| t.is_dir())).map(|e| e.path()).collect()
}

fn is_older(path: &Path, age: Duration) -> bool {
    let modified = std::fs::metadata(path).and_then(|m| m.modified()).unwrap_or_else(|_| SystemTime::now());
    SystemTime::now().duration_since(modified).is_ok_and(|d| d > age)
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
        let local = Local { id: 5, path: top.path().to_path_buf(), dist: false };
        assert!(is_sane(&local));
        std::fs::write(top.path().join("repo.json"), r#"{"id": 6}"#).unwrap();
        assert!(!is_sane(&local));
        std::fs::write(top.path().join("repo.json"), r#"{"id": 5}"#).unwrap();
        assert!(is_sane(&local));
    }
}
