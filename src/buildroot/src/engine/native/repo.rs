//! The state of a repository in one digest, and what of the host must be visible to read it.

use std::path::PathBuf;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::plan::{ExactRpm, Packages};

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
    /// HTTP proxy.
    pub proxy: Option<String>,
}

/// Reads the present state.
pub(super) fn pin(packages: &Packages, proxy: Option<&str>) -> Result<Source> {
    match packages {
        Packages::Repo(urls) => pin_repo(urls, proxy),
        Packages::Exact(list) => pin_list(list),
    }
}

fn pin_list(list: &[ExactRpm]) -> Result<Source> {
    let mut digests = Vec::new();
    for rpm in list {
        let data = std::fs::read(&rpm.path).map_err(Error::io("read", &rpm.path))?;
        let digest = hex::encode(Sha256::digest(&data));
        if digest != rpm.sha256 {
            let path = rpm.path.display();
            return Err(Error::Plan(format!("{path} has sha256 {digest}, the plan says {}", rpm.sha256)));
        }
        digests.push(digest);
    }
    digests.sort();
    Ok(Source {
        digest: hex::encode(Sha256::digest(digests.join("\n"))),
        urls: Vec::new(),
        files: list.iter().map(|r| r.path.clone()).collect(),
        proxy: None,
    })
}

fn pin_repo(urls: &[String], proxy: Option<&str>) -> Result<Source> {
    let mut failure = None;
    for (at, url) in urls.iter().enumerate() {
        match fetch(url, REPOMD, proxy) {
            Ok(data) => {
                let mut ordered = vec![url.clone()];
                ordered.extend(urls.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, u)| u.clone()));
                let digest = hex::encode(Sha256::digest(&data));
                return Ok(Source { digest, urls: ordered, files: Vec::new(), proxy: proxy.map(Into::into) });
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

/// The file that names all other metadata.
pub(super) const REPOMD: &str = "repodata/repomd.xml";

/// A file of a repository.
pub(super) fn fetch(url: &str, name: &str, proxy: Option<&str>) -> std::result::Result<Vec<u8>, String> {
    if let Some(dir) = local(url) {
        let path = dir.join(name);
        return std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()));
    }
    let url = format!("{}/{name}", url.trim_end_matches('/'));
    // A thread of its own, since the caller may be inside a runtime already.
    let proxy = proxy.map(str::to_string);
    std::thread::spawn(move || download(&url, proxy.as_deref()))
        .join()
        .map_err(|_| "the download failed".to_string())?
}

fn download(url: &str, proxy: Option<&str>) -> std::result::Result<Vec<u8>, String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let mut client = reqwest::Client::builder();
        if let Some(proxy) = proxy {
            client = client.proxy(reqwest::Proxy::all(proxy).map_err(|e| format!("the proxy {proxy}: {e}"))?);
        }
        let client = client
            .connect_timeout(Duration::from_secs(30))
            .timeout(Duration::from_secs(600))
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
    fn a_repository_is_its_repomd() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("repodata")).unwrap();
        std::fs::write(dir.path().join("repodata/repomd.xml"), "one").unwrap();
        let url = format!("file://{}", dir.path().display());
        let first = pin(&Packages::Repo(vec!["/nowhere".into(), url.clone()]), None).unwrap();
        assert_eq!(first.urls, [url.clone(), "/nowhere".into()]);
        std::fs::write(dir.path().join("repodata/repomd.xml"), "two").unwrap();
        assert_ne!(pin(&Packages::Repo(vec![url]), None).unwrap().digest, first.digest);
        assert!(matches!(pin(&Packages::Repo(vec!["/nowhere".into()]), None), Err(Error::Repo { .. })));
    }

    #[test]
    fn an_exact_list_is_checked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.rpm");
        std::fs::write(&path, "content").unwrap();
        let list = |sha256: String| Packages::Exact(vec![crate::ExactRpm { path: path.clone(), sha256 }]);
        assert!(pin(&list(hex::encode(Sha256::digest("content"))), None).is_ok());
        assert!(matches!(pin(&list("00".into()), None), Err(Error::Plan(_))));
    }

    #[test]
    fn what_is_local() {
        assert_eq!(local("file:///a/b"), Some("/a/b".into()));
        assert_eq!(local("/a"), Some("/a".into()));
        assert_eq!(local("http://h/a"), None);
    }
}
