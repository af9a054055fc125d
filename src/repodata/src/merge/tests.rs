//! What happens between choosing the packages and writing them.

#![allow(clippy::unwrap_used)]

use super::load::Source;
use super::{Merge, MergeMode, select, write};
use crate::compress::Compression;
use crate::fetch::LocalFetch;
use crate::output::{Output, Stream};
use crate::repomd::{Record, Repomd};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::path::Path;

/// A package of the three files.
fn texts(pkgid: &str) -> [String; 3] {
    let listed = |root: &str| {
        format!("<{root}>\n<package pkgid=\"{pkgid}\" name=\"a\" arch=\"noarch\">\n</package>\n</{root}>\n")
    };
    let primary = format!(
        "<metadata>\n<package type=\"rpm\"><name>a</name><arch>noarch</arch><version epoch=\"0\" ver=\"1\" rel=\"2\"/>\
         <checksum>{pkgid}</checksum><location href=\"a.rpm\"/></package>\n</metadata>\n"
    );
    [primary, listed("filelists"), listed("otherdata")]
}

fn repository(dir: &Path) {
    std::fs::create_dir_all(dir.join("repodata")).unwrap();
    let mut repomd = Repomd::default();
    for (stream, text) in Stream::ALL.into_iter().zip(texts("abc")) {
        let location = format!("repodata/{}.xml", stream.kind());
        std::fs::write(dir.join(&location), &text).unwrap();
        repomd.records.push(Record {
            kind: stream.kind().to_owned(),
            checksum: hex::encode(Sha256::digest(&text)),
            checksum_type: "sha256".to_owned(),
            location,
            ..Record::default()
        });
    }
    std::fs::write(dir.join("repodata/repomd.xml"), repomd.to_xml()).unwrap();
}

/// Merges a repository whose fetched files are replaced after the choice: `old` by `new` in all that have it.
fn changed_in_between(old: &str, new: &str) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    let (repo, scratch) = (dir.path().join("repo"), dir.path().join("scratch"));
    std::fs::create_dir(&scratch).unwrap();
    repository(&repo);
    let merge = Merge {
        mode: MergeMode::Bare,
        arch: "x86_64",
        blocklist: &HashSet::new(),
        comps: None,
        compression: Compression::Gzip,
        cache: None,
        fetch: &LocalFetch,
    };
    let sources = [Source::load(&merge, repo.to_str().unwrap(), false, &scratch).unwrap()];
    let selection = select::select(&merge, &sources).unwrap();
    assert_eq!(selection.packages(), 1);
    for file in std::fs::read_dir(&scratch).unwrap().map(|entry| entry.unwrap().path()) {
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace(old, new)).unwrap();
    }
    let output = Output::new(&dir.path().join("out"), Compression::Gzip).unwrap();
    let written = write::package_files(&merge, &sources, &selection, &output);
    written.map(drop).map_err(|error| error.to_string())
}

#[test]
fn files_that_change_between_the_passes_are_refused() {
    assert_eq!(changed_in_between("nothing", ""), Ok(()));
    let other = changed_in_between("<checksum>abc", "<checksum>abd").unwrap_err();
    assert!(other.contains("primary.xml: the package abc of primary is not listed"), "{other}");
    let cut = changed_in_between("</package>\n</metadata>\n", "").unwrap_err();
    assert!(cut.contains("primary.xml: the file is cut off"), "{cut}");
    let wrong = changed_in_between("</arch>", "</wrong>").unwrap_err();
    assert!(wrong.contains("primary.xml: ill-formed document"), "{wrong}");
}
