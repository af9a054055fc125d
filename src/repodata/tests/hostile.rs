//! Metadata of other people: malformed input gives an error, never a panic.

#![allow(clippy::unwrap_used)]

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::Path;

use koji_repodata::{Compression, Fetch, Merge, MergeMode, Repomd, comps, pkglist, read_packages};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const PRIMARY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">
<package type="rpm"><name>a&amp;b</name><arch>noarch</arch><version epoch="0" ver="1" rel="2"/>
<checksum type="sha256" pkgid="YES">abc</checksum><suse:x xmlns:suse="u"><name>wrong</name></suse:x>
<location href="x/a-1-2.noarch.rpm"/><format><rpm:sourcerpm><![CDATA[a-1-2.src.rpm]]></rpm:sourcerpm></format>
</package></metadata>"#;

const FILELISTS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="1">
<package pkgid="abc" name="a&amp;b" arch="noarch"><version epoch="0" ver="1" rel="2"/>
<file>/usr/bin/a</file><file type="dir">/usr/share/a&amp;b</file><file type="ghost">/var/a</file></package></filelists>"#;

const OTHER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<otherdata xmlns="http://linux.duke.edu/metadata/other" packages="1">
<package pkgid="abc" name="a&amp;b" arch="noarch"><version epoch="0" ver="1" rel="2"/>
<changelog author="A &lt;a@example.com&gt; - 1-2" date="1700000000">- first</changelog></package></otherdata>"#;

const PKGLIST: &str = "toplink/packages/a/1/2/noarch/a-1-2.noarch.rpm\nx/b-1-2.noarch.rpm\n";

const RPMLIST: &str =
    r#"{"name":"b","version":"1","release":"2","arch":"noarch","payloadhash":"ab","size":7,"epoch":null}"#;

const REPOMD: &str = r#"<repomd><revision>1</revision><data type="primary"><checksum type="sha256">ab</checksum>
<location href="repodata/p.xml"/><timestamp>1</timestamp><size>2</size><open-size>3</open-size></data></repomd>"#;

const COMPS: &str = r#"<?xml version="1.0"?><!DOCTYPE comps [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<comps><group><id>build</id><name>B &lt;1&gt;</name><name xml:lang="cs">jinak</name><description/>
<packagelist><packagereq type="default" requires="q">bash</packagereq></packagelist>
<grouplist><groupreq>core</groupreq></grouplist></group><category><id>c</id></category></comps>"#;

#[test]
fn good_input_is_understood() {
    let package = read_packages(PRIMARY.as_bytes(), "test").unwrap().remove(0);
    assert_eq!((package.name.as_str(), package.pkgid.as_str()), ("a&b", "abc"));
    assert_eq!(package.sourcerpm, "a-1-2.src.rpm");
    assert_eq!(Repomd::parse(REPOMD, "test").unwrap().record("primary").unwrap().open_size, Some(3));
    let group = comps::read(COMPS).unwrap().remove(0);
    assert_eq!((group.name.as_str(), group.display_name.as_str()), ("build", "B <1>"));
    assert_eq!(group.packagelist[0].requires.as_deref(), Some("q"));
    assert_eq!(group.grouplist[0].name, "core");
}

#[test]
fn entities_and_cut_files_are_refused() {
    let error = comps::read(&COMPS.replace("&lt;", "&x;")).unwrap_err().to_string();
    assert!(error.contains("entity &x; is not known"), "{error}");
    for length in 1..PRIMARY.len() - 12 {
        assert!(read_packages(&PRIMARY.as_bytes()[..length], "test").is_err(), "primary cut at {length}");
    }
    for length in 0..REPOMD.len() {
        let cut = Repomd::parse(&REPOMD[..length], "test");
        assert!(cut.is_err() || cut.unwrap().records.is_empty(), "repomd cut at {length}");
    }
    assert!(read_packages("<html></html>".as_bytes(), "test").unwrap_err().to_string().contains("<html>"));
    let bomb = PRIMARY.replace("?>\n", "?>\n<!DOCTYPE m [<!ENTITY a \"aaaa\">]>\n");
    assert!(read_packages(bomb.as_bytes(), "test").unwrap_err().to_string().contains("document types"));
}

/// A text with some bytes replaced, removed and doubled.
fn mutate(text: &str, edits: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (at, how, value) in edits {
        let at = at % bytes.len().max(1);
        match how % 3 {
            0 => bytes[at] = *value,
            1 if bytes.len() > 1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, *value),
        }
    }
    bytes
}

fn edits() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"<>&;\"'/ =!-[]:".to_vec())];
    proptest::collection::vec((0usize..2000, any::<u8>(), byte), 1..10)
}

/// A repository in memory.
struct Files(HashMap<String, Vec<u8>>);

impl Files {
    /// Of the three files, with the repomd.xml that fits them.
    fn repository(files: [Vec<u8>; 3]) -> Files {
        let mut repomd = "<repomd><revision>1</revision>".to_owned();
        let mut served = HashMap::new();
        for (kind, text) in ["primary", "filelists", "other"].into_iter().zip(files) {
            let (sum, size) = (hex::encode(Sha256::digest(&text)), text.len());
            repomd += &format!(
                "<data type=\"{kind}\"><checksum type=\"sha256\">{sum}</checksum><open-checksum type=\"sha256\">{sum}</open-checksum>\
                 <location href=\"repodata/{kind}.xml\"/><timestamp>1</timestamp><size>{size}</size><open-size>{size}</open-size></data>"
            );
            served.insert(format!("http://other/repodata/{kind}.xml"), text);
        }
        served.insert("http://other/repodata/repomd.xml".into(), (repomd + "</repomd>").into_bytes());
        Files(served)
    }

    /// Merges it; how many packages each file of the result has.
    fn merge(&self, out: &Path) -> koji_repodata::Result<[usize; 3]> {
        let merge = Merge {
            mode: MergeMode::Bare,
            arch: "x86_64",
            blocklist: &HashSet::new(),
            comps: None,
            compression: Compression::Gzip,
            cache: None,
            fetch: self,
        };
        let merged = merge.run(&["http://other/".to_owned()], out)?;
        let repomd = std::fs::read_to_string(out.join("repodata/repomd.xml")).unwrap();
        let repomd = Repomd::parse(&repomd, "ours").unwrap();
        let counts = ["primary", "filelists", "other"].map(|kind| {
            let file = std::fs::File::open(out.join(&repomd.record(kind).unwrap().location)).unwrap();
            let text = std::io::BufReader::new(flate2::read::MultiGzDecoder::new(file));
            read_packages(text, kind).unwrap().len()
        });
        assert_eq!(counts[0], merged.packages);
        Ok(counts)
    }
}

impl Fetch for Files {
    fn fetch(&self, url: &str) -> std::io::Result<Box<dyn Read + Send>> {
        let found = self.0.get(url).ok_or_else(|| std::io::Error::other("there is no such file"))?;
        Ok(Box::new(std::io::Cursor::new(found.clone())))
    }
}

#[test]
fn file_lists_belong_to_packages() {
    let dir = tempfile::tempdir().unwrap();
    let files =
        |filelists: &str| Files::repository([PRIMARY, filelists, OTHER].map(|text| text.as_bytes().to_vec()));
    assert_eq!(files(FILELISTS).merge(&dir.path().join("good")).unwrap(), [1, 1, 1]);
    let missing = files(&FILELISTS.replace("pkgid=\"abc\"", "pkgid=\"abd\""));
    let error = missing.merge(&dir.path().join("missing")).unwrap_err().to_string();
    assert!(error.contains("the package abc of primary is not listed"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// What is made of damaged file lists and change logs is whole, or nothing.
    #[test]
    fn mutated_repositories(edits in edits(), which in 0usize..3) {
        let mut files = [PRIMARY, FILELISTS, OTHER].map(|text| text.as_bytes().to_vec());
        files[which] = mutate([PRIMARY, FILELISTS, OTHER][which], &edits);
        let dir = tempfile::tempdir().unwrap();
        if let Ok(counts) = Files::repository(files).merge(&dir.path().join("out")) {
            prop_assert!(counts.iter().all(|count| *count == counts[0]), "{:?}", counts);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn mutated_lists(edits in edits()) {
        let list = mutate(PKGLIST, &edits);
        if let Ok(list) = pkglist::parse(&String::from_utf8_lossy(&list)) {
            prop_assert!(list.iter().all(|package| !Path::new(&package.location).is_absolute()));
            prop_assert!(list.iter().all(|package| !package.location.split('/').any(|part| part == "..")));
        }
        let mut list = pkglist::parse("x/b-1-2.noarch.rpm").unwrap();
        let rpms = mutate(RPMLIST, &edits);
        let _ = pkglist::identify(&mut list, &String::from_utf8_lossy(&rpms));
        prop_assert_eq!(&list[0].location, "x/b-1-2.noarch.rpm");
    }

    #[test]
    fn mutated_metadata(edits in edits()) {
        for text in [PRIMARY, FILELISTS, OTHER] {
            let _ = read_packages(mutate(text, &edits).as_slice(), "test");
        }
        let _ = Repomd::parse(&String::from_utf8_lossy(&mutate(REPOMD, &edits)), "test");
        let _ = comps::read(&String::from_utf8_lossy(&mutate(COMPS, &edits)));
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_packages(bytes.as_slice(), "test");
        let _ = comps::read(&String::from_utf8_lossy(&bytes));
    }
}
