//! The state of a repository in one digest, and what of the host must be visible to read it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::plan::Packages;

/// Where packages come from, pinned to what is there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// Digest that changes whenever any package could.
    ///
    /// For a repository that is the sha256 of repomd.xml: it names the digests of the metadata, which names the digests
    /// of the rpms. For an exact list it is the digest of the rpms' digests.
    pub digest: String,
    /// Base URLs, the one that answered first.
    pub urls: Vec<String>,
    /// Exact rpm files, instead of URLs.
    pub files: Vec<PathBuf>,
    /// Host directories the package manager has to see.
    pub visible: Vec<PathBuf>,
}

impl Source {
    /// Whether the package manager needs the network.
    pub(super) fn remote(&self) -> bool {
        self.urls.iter().any(|u| local(u).is_none())
    }
}

/// Reads the present state.
pub(super) fn pin(packages: &Packages) -> Result<Source> {
    match packages {
        Packages::Repo(urls) => pin_repo(urls),
        Packages::Exact(list) => {
            let mut digests = Vec::new();
            for rpm in list {
                let data = std::fs::read(&rpm.path).map_err(Error::io("read", &rpm.path))?;
                let digest = hex::encode(Sha256::digest(&data));
                if digest != rpm.sha256 {
                    return Err(Error::Plan(format!(
                        "{} has sha256 {digest}, the plan says {}",
                        rpm.path.display(),
                        rpm.sha256
                    )));
                }
                digests.push(digest);
            }
            digests.sort();
            Ok(Source {
                digest: hex::encode(Sha256::digest(digests.join("\n"))),
                urls: Vec::new(),
                files: list.iter().map(|r| r.path.clone()).collect(),
                visible: list.iter().map(|r| r.path.clone()).collect(),
            })
        }
    }
}

fn pin_repo(urls: &[String]) -> Result<Source> {
    let mut failure = None;
    for (at, url) in urls.iter().enumerate() {
        match repomd(url) {
            Ok(data) => {
                let mut ordered = vec![url.clone()];
                ordered.extend(urls.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, u)| u.clone()));
                let visible = urls
                    .iter()
                    .filter_map(|u| local(u))
                    .filter(|d| d.is_dir())
                    .flat_map(|d| visible(&d))
                    .collect();
                let digest = hex::encode(Sha256::digest(&data));
                return Ok(Source { digest, urls: ordered, files: Vec::new(), visible });
            }
            Err(reason) => failure = Some(Error::Repo { url: url.clone(), reason }),
        }
    }
    Err(failure.unwrap_or_else(|| Error::Plan("it names no repository".into())))
}

/// The directory of a `file:` URL or of a plain path.
pub(super) fn local(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("file://").or_else(|| url.strip_prefix("file:")).unwrap_or(url);
    path.starts_with('/').then(|| PathBuf::from(path))
}

/// A repository's directory, and where links at its top lead: Koji's repositories reach the packages by `toplink`.
fn visible(dir: &Path) -> Vec<PathBuf> {
    let mut found = vec![dir.to_path_buf()];
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|t| t.is_symlink())
            && let Ok(target) = std::fs::canonicalize(entry.path())
            && target.is_dir()
            && !target.starts_with(dir)
            && target.parent().is_some()
        {
            // The link is followed as it is written; the path it is written as and the real one can differ.
            if let Ok(written) = std::fs::read_link(entry.path())
                && written.is_absolute()
                && written != target
            {
                found.push(written);
            }
            found.push(target);
        }
    }
    found.sort();
    found.dedup();
    found
}

fn repomd(url: &str) -> std::result::Result<Vec<u8>, String> {
    if let Some(dir) = local(url) {
        let path = dir.join("repodata/repomd.xml");
        return std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()));
    }
    let url = format!("{}/repodata/repomd.xml", url.trim_end_matches('/'));
    // A thread of its own, since the caller may be inside a runtime already.
    std::thread::spawn(move || fetch(&url)).join().map_err(|_| "the download failed".to_string())?
}

fn fetch(url: &str) -> std::result::Result<Vec<u8>, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(30))
            .timeout(Duration::from_secs(120))
            .build()
            .map_err(|e| e.to_string())?;
        let answer = client.get(url).send().await.and_then(reqwest::Response::error_for_status);
        let answer = answer.map_err(|e| format!("{url}: {e}"))?;
        answer.bytes().await.map(|b| b.to_vec()).map_err(|e| format!("{url}: {e}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_its_repomd_and_its_links_are_seen() {
        let dir = tempfile::tempdir().unwrap();
        let (repo, top) = (dir.path().join("repo"), dir.path().join("top"));
        std::fs::create_dir_all(repo.join("repodata")).unwrap();
        std::fs::create_dir(&top).unwrap();
        std::os::unix::fs::symlink(&top, repo.join("toplink")).unwrap();
        std::fs::write(repo.join("repodata/repomd.xml"), "one").unwrap();
        let url = format!("file://{}", repo.display());
        let first = pin(&Packages::Repo(vec!["/nowhere".into(), url.clone()])).unwrap();
        assert_eq!(first.urls, [url.clone(), "/nowhere".into()]);
        assert!(first.visible.contains(&repo) && first.visible.contains(&top.canonicalize().unwrap()));
        std::fs::write(repo.join("repodata/repomd.xml"), "two").unwrap();
        assert_ne!(pin(&Packages::Repo(vec![url])).unwrap().digest, first.digest);
        assert!(matches!(pin(&Packages::Repo(vec!["/nowhere".into()])), Err(Error::Repo { .. })));
    }

    #[test]
    fn what_is_local() {
        assert_eq!(local("file:///a/b"), Some("/a/b".into()));
        assert_eq!(local("/a"), Some("/a".into()));
        assert_eq!(local("http://h/a"), None);
    }
}
