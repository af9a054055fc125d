//! Finding `initdb` and `postgres`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ClusterError;

/// Directories in which distributions put one version each; `*` stands for the version.
const VERSIONED: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
];

/// Directories with one version for all.
const PLAIN: &[&str] = &["/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin", "/usr/libexec/postgresql"];

/// The programs of one PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub initdb: PathBuf,
    pub postgres: PathBuf,
}

/// The newest PostgreSQL, or for a cluster that exists the one of its major version.
pub(super) fn find(first: &[PathBuf], data: &Path) -> Result<Binaries, ClusterError> {
    let dirs: Vec<PathBuf> = first.iter().cloned().chain(usual()).collect();
    let mut there: Vec<(Binaries, String)> = Vec::new();
    for dir in &dirs {
        let bin = Binaries { initdb: dir.join("initdb"), postgres: dir.join("postgres") };
        if bin.initdb.is_file()
            && let Some(major) = major(&bin.postgres)
        {
            there.push((bin, major));
        }
    }
    let Ok(wanted) = fs::read_to_string(data.join("PG_VERSION")) else {
        return there.into_iter().next().map(|(bin, _)| bin).ok_or(ClusterError::NoBinaries(dirs));
    };
    let wanted = wanted.trim();
    let all = there.iter().map(|(_, major)| major.clone()).collect::<Vec<_>>().join(", ");
    match there.into_iter().find(|(_, major)| major == wanted) {
        Some((bin, _)) => Ok(bin),
        None if all.is_empty() => Err(ClusterError::NoBinaries(dirs)),
        None => {
            Err(ClusterError::WrongMajor { dir: data.to_path_buf(), found: wanted.to_owned(), there: all })
        }
    }
}

fn usual() -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = Vec::new();
    for (base, prefix, bin) in VERSIONED {
        for entry in fs::read_dir(base).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let number = name.to_str().and_then(|n| n.strip_prefix(prefix)).and_then(|v| v.parse().ok());
            versions.extend(number.map(|n: u32| (n, entry.path().join(bin))));
        }
    }
    versions.sort_unstable_by(|a, b| b.cmp(a));
    versions.into_iter().map(|(_, dir)| dir).chain(PLAIN.iter().map(PathBuf::from)).collect()
}

/// `15` of `postgres (PostgreSQL) 15.8 (Debian ...)`.
fn major(postgres: &Path) -> Option<String> {
    let output = Command::new(postgres).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let version = text.split_whitespace().find(|w| w.starts_with(|c: char| c.is_ascii_digit()))?;
    let major: String = version.chars().take_while(char::is_ascii_digit).collect();
    Some(major)
}
