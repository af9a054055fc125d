//! Metadata of other people: malformed input gives an error, never a panic.

#![allow(clippy::unwrap_used)]

use koji_repodata::{Repomd, comps, read_packages};
use proptest::prelude::*;

const PRIMARY: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">
<package type="rpm"><name>a&amp;b</name><arch>noarch</arch><version epoch="0" ver="1" rel="2"/>
<checksum type="sha256" pkgid="YES">abc</checksum><suse:x xmlns:suse="u"><name>wrong</name></suse:x>
<location href="x/a-1-2.noarch.rpm"/><format><rpm:sourcerpm><![CDATA[a-1-2.src.rpm]]></rpm:sourcerpm></format>
</package></metadata>"#;

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn mutated_metadata(edits in edits()) {
        let _ = read_packages(mutate(PRIMARY, &edits).as_slice(), "test");
        let _ = Repomd::parse(&String::from_utf8_lossy(&mutate(REPOMD, &edits)), "test");
        let _ = comps::read(&String::from_utf8_lossy(&mutate(COMPS, &edits)));
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_packages(bytes.as_slice(), "test");
        let _ = comps::read(&String::from_utf8_lossy(&bytes));
    }
}
