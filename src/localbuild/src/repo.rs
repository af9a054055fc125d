//! Where a repository has which rpm.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use koji_client::{Download, Downloader};
use koji_repodata::{PackageInfo, Repomd, read_packages};

use crate::error::{Error, Result};
use crate::recorded::nevra;

/// One rpm of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    pub url: String,
    /// sha256 of the file, where the repository uses that.
    pub sha256: Option<String>,
}

/// The directory of a `file:` URL or of a plain path.
pub fn local(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("file://").unwrap_or(url);
    path.starts_with('/').then(|| PathBuf::from(path))
}

/// Puts a file of a URL, local or not, at `to`.
pub async fn get(downloader: &Downloader, url: &str, to: &Path) -> Result<()> {
    match local(url) {
        Some(path) => {
            std::fs::copy(&path, to).map_err(Error::io("read", &path))?;
        }
        None => {
            downloader.fetch(&Download::new(url, to)).await?;
        }
    }
    Ok(())
}

/// Whether the repository's metadata is there.
pub async fn is_there(downloader: &Downloader, url: &str, tmp: &Path) -> Result<bool> {
    let dir = tempfile::tempdir_in(tmp).map_err(Error::io("create", tmp))?;
    Ok(get(downloader, &format!("{url}/repodata/repomd.xml"), &dir.path().join("repomd.xml")).await.is_ok())
}

/// Reads the repository's list: name, epoch, version, release and arch to place.
pub async fn index(downloader: &Downloader, url: &str, tmp: &Path) -> Result<HashMap<String, Located>> {
    let url = url.trim_end_matches('/');
    let dir = tempfile::tempdir_in(tmp).map_err(Error::io("create", tmp))?;
    let at = dir.path().join("repomd.xml");
    get(downloader, &format!("{url}/repodata/repomd.xml"), &at).await?;
    let text = std::fs::read_to_string(&at).map_err(Error::io("read", &at))?;
    let repomd = Repomd::parse(&text, url)?;
    let Some(record) = repomd.record("primary") else {
        return Err(Error::NotThere(format!("the repository {url} lists no packages")));
    };
    let href = &record.location;
    let file = dir.path().join("primary");
    get(downloader, &format!("{url}/{href}"), &file).await?;
    let wrong = sha256_differs(&file, record.checksum_type == "sha256", &record.checksum)?;
    if wrong {
        return Err(Error::tampered(format!("{url}/{href}"), "its digest is not the one in repomd.xml"));
    }
    let packages = read_packages(unpacked(&file, href)?, url)?;
    Ok(packages.iter().map(|p| (key(p), place(p, url))).collect())
}

fn sha256_differs(file: &Path, known: bool, wanted: &str) -> Result<bool> {
    use sha2::Digest;
    let data = std::fs::read(file).map_err(Error::io("read", file))?;
    Ok(known && hex::encode(sha2::Sha256::digest(data)) != wanted)
}

fn unpacked(file: &Path, name: &str) -> Result<Box<dyn BufRead>> {
    let open = std::fs::File::open(file).map_err(Error::io("open", file))?;
    let reader: Box<dyn Read> = match name.rsplit('.').next().unwrap_or_default() {
        "gz" => Box::new(flate2::read::MultiGzDecoder::new(open)),
        "zst" => Box::new(zstd::Decoder::new(open).map_err(Error::io("read", file))?),
        "xz" => Box::new(lzma_rust2::XzReader::new(open, true)),
        "bz2" => Box::new(bzip2::read::MultiBzDecoder::new(open)),
        _ => Box::new(open),
    };
    Ok(Box::new(BufReader::new(reader)))
}

fn key(p: &PackageInfo) -> String {
    nevra(&p.name, p.epoch.parse().ok(), &p.version, &p.release, &p.arch)
}

fn place(p: &PackageInfo, url: &str) -> Located {
    let base = p.base.as_deref().unwrap_or(url).trim_end_matches('/');
    let sha256 = (p.pkgid.len() == 64).then(|| p.pkgid.clone());
    Located { url: format!("{base}/{}", p.location), sha256 }
}
