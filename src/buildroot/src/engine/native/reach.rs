//! What a package manager has to reach to install from a repository: directories of the host, and the network.
//!
//! Packages need not lie where the metadata does. Koji's repositories lead to them by links (`toplink`), merged ones name
//! another base (`xml:base`) for the packages of external repositories. Asked only when a root is made, never on the way to
//! a cached one.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use super::repo::{REPOMD, Source, fetch, local};

/// What must be in reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reach {
    /// Paths of the host.
    pub visible: Vec<PathBuf>,
    /// Whether anything is to be fetched over the network.
    pub remote: bool,
}

/// Finds out.
pub(super) fn of(source: &Source) -> Result<Reach> {
    let mut urls: BTreeSet<String> = source.urls.iter().cloned().collect();
    if let Some(url) = source.urls.first() {
        urls.extend(
            bases(url, source.proxy.as_deref()).map_err(|reason| Error::Repo { url: url.clone(), reason })?,
        );
    }
    let remote = urls.iter().any(|u| local(u).is_none());
    let mut visible: Vec<PathBuf> = source.files.clone();
    for dir in urls.iter().filter_map(|u| local(u)).filter(|d| d.is_dir()) {
        visible.extend(with_links(&dir));
    }
    // What lies below another one is seen with it.
    visible.sort();
    visible.dedup_by(|later, earlier| later.starts_with(&*earlier));
    Ok(Reach { visible, remote })
}

/// A repository's directory, and where links at its top lead.
fn with_links(dir: &Path) -> Vec<PathBuf> {
    let mut found = vec![dir.to_path_buf()];
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        if !entry.file_type().is_ok_and(|t| t.is_symlink()) {
            continue;
        }
        let (Ok(written), Ok(real)) = (std::fs::read_link(entry.path()), std::fs::canonicalize(entry.path()))
        else {
            continue;
        };
        // The link is followed as it is written, through directories that may be links themselves.
        for target in [dir.join(written), real] {
            let target = if target.is_dir() { Some(target.as_path()) } else { target.parent() };
            // The whole file system is never shown, whatever a link says.
            found.extend(target.filter(|t| t.parent().is_some() && plain(t)).map(Path::to_path_buf));
        }
    }
    found
}

fn plain(path: &Path) -> bool {
    !path.components().any(|c| matches!(c, std::path::Component::ParentDir))
}

/// The other bases the repository's packages lie at.
fn bases(url: &str, proxy: Option<&str>) -> std::result::Result<BTreeSet<String>, String> {
    let repomd = fetch(url, REPOMD, proxy)?;
    let Some(href) = primary(&String::from_utf8_lossy(&repomd)) else {
        // A repository without packages (Koji marks it so) has no primary metadata to speak of.
        return Ok(BTreeSet::new());
    };
    let data = fetch(url, &href, proxy)?;
    let reader: Box<dyn Read> = if href.ends_with(".gz") {
        Box::new(flate2::read::MultiGzDecoder::new(data.as_slice()))
    } else if href.ends_with(".zst") {
        Box::new(zstd::Decoder::new(data.as_slice()).map_err(|e| format!("{href}: {e}"))?)
    } else if href.ends_with(".xml") {
        Box::new(data.as_slice())
    } else {
        // xz and bzip2 are not what repositories for builds are made with; their packages lie with the metadata.
        return Ok(BTreeSet::new());
    };
    scan(BufReader::new(reader)).map_err(|e| format!("{href}: {e}"))
}

/// Where repomd.xml says the primary metadata is.
fn primary(repomd: &str) -> Option<String> {
    let (_, rest) = repomd.split_once("<data type=\"primary\"")?;
    let (_, rest) = rest.split_once("href=\"")?;
    let href = rest.split_once('"')?.0;
    // It stays within the repository.
    (!href.starts_with('/') && !href.split('/').any(|part| part == "..")).then(|| href.to_string())
}

/// The values of `xml:base` at `<location>`, element by element: the text can be large.
fn scan(mut reader: impl BufRead) -> std::io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut element = Vec::new();
    loop {
        element.clear();
        if reader.read_until(b'>', &mut element)? == 0 {
            return Ok(found);
        }
        let Some(start) = element.iter().position(|b| *b == b'<') else { continue };
        let text = element.get(start..).unwrap_or_default();
        if !text.starts_with(b"<location") {
            continue;
        }
        let text = String::from_utf8_lossy(text);
        if let Some(base) = text.split_once("xml:base=\"").and_then(|(_, rest)| rest.split_once('"'))
            && !found.contains(base.0)
        {
            found.insert(base.0.replace("&amp;", "&"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn links_and_other_bases_are_reached() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().canonicalize().unwrap();
        let (repo, store, other) = (top.join("repo"), top.join("store"), top.join("other"));
        for path in [&repo.join("repodata"), &store, &other] {
            std::fs::create_dir_all(path).unwrap();
        }
        std::os::unix::fs::symlink(&store, repo.join("toplink")).unwrap();
        std::os::unix::fs::symlink("/", repo.join("all")).unwrap();
        let text = format!(
            "<metadata><package><location href=\"a.rpm\"/></package><package>\n<location xml:base=\"file://{}\" \
             href=\"b.rpm\"/></package></metadata>",
            other.display()
        );
        std::fs::write(repo.join("repodata/p.xml"), &text).unwrap();
        let repomd = "<repomd><data type=\"primary\"><location href=\"repodata/p.xml\"/></data></repomd>";
        std::fs::write(repo.join("repodata/repomd.xml"), repomd).unwrap();
        let mut source = Source {
            digest: String::new(),
            urls: vec![repo.display().to_string()],
            files: Vec::new(),
            proxy: None,
        };
        let reach = of(&source).unwrap();
        assert_eq!(reach, Reach { visible: vec![other, repo.clone(), store], remote: false });

        std::fs::write(repo.join("repodata/p.xml"), text.replace("file://", "http://h")).unwrap();
        assert!(of(&source).unwrap().remote);
        source.urls = vec![top.join("nothing").display().to_string()];
        assert!(matches!(of(&source), Err(Error::Repo { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(text in "(<location |xml:base=\"|href=\"|[a-z<>\"/]{0,5}){0,30}") {
            let _ = scan(text.as_bytes()).unwrap();
            let _ = primary(&text);
        }
    }
}
