//! The typed view, and signature headers.

// helpers of tests may panic
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/mod.rs"]
mod common;

use common::{PACKAGES, data};
use koji_rpm::{DependencyKind, Package, RpmFile, signature};

#[test]
fn typed_fields() {
    let package = Package::open(&data("rich-1.0~rc1^git5-2.noarch.rpm")).unwrap();
    assert_eq!(package.nvra().nevra(), "3:rich-1.0~rc1^git5-2.noarch");
    assert_eq!(package.sourcerpm.as_deref(), Some("rich-1.0~rc1^git5-2.src.rpm"));
    assert_eq!(package.buildhost, "builder.example.com");
    assert_eq!(package.summary, "A package with one of each");
    let config = package.files.iter().find(|file| file.name == "/etc/rich.conf").unwrap();
    assert_eq!((config.mode, config.size, config.user.as_str()), (0o100_644, 5, "root"));
    assert!(package.files.iter().any(|file| file.name == "/var/log/rich.log" && file.is_ghost()));
    let dir = package.files.iter().find(|file| file.is_dir()).unwrap();
    assert_eq!((dir.user.as_str(), dir.group.as_str(), dir.mode & 0o7777), ("daemon", "games", 0o750));
    assert_eq!(package.changelog.len(), 3);
    assert_eq!(package.changelog[0].text, "- second, with <tags> & ünïcode\n  and a second line");
    let enhances: Vec<_> = package.dependencies_of(DependencyKind::Enhances).collect();
    assert_eq!((enhances[0].name.as_str(), enhances[0].operator().as_str()), ("core", ""));

    let source = Package::open(&data("hello-1.0-1.el9.src.rpm")).unwrap();
    assert_eq!((source.arch.as_str(), source.header_arch.as_str()), ("src", "x86_64"));
    assert_eq!(source.nvra().file_name(), "hello-1.0-1.el9.src.rpm");
    assert_eq!(source.payloadhash.as_deref(), Some("3d83d2ad1b96fe7654a9a2cfadbce99a"));
    assert_eq!(source.sourcerpm, None);
}

#[test]
fn the_header_range_ends_where_the_payload_starts() {
    for name in PACKAGES {
        let bytes = std::fs::read(data(name)).unwrap();
        let rpm = RpmFile::open(&data(name)).unwrap();
        let at = |offset: u64, len: usize| &bytes[usize::try_from(offset).unwrap()..][..len];
        assert_eq!(at(rpm.header_start, 3), [0x8e, 0xad, 0xe8], "{name}");
        assert_eq!(at(rpm.header_end, 2), [0x1f, 0x8b], "{name}: gzip payload");
    }
}

#[test]
fn keys() {
    let key = |name: &str| signature::key_id(&signature::rip(&data(name)).unwrap()).unwrap();
    assert_eq!(key("hello-1.0-1.el9.x86_64.signed.rpm"), "f8c97ef3");
    assert_eq!(key("hello-1.0-1.el9.x86_64.rpm"), "");
}

#[test]
fn taking_out_and_putting_back() {
    let (signed, unsigned) = (data("hello-1.0-1.el9.x86_64.signed.rpm"), data("hello-1.0-1.el9.x86_64.rpm"));
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.rpm");
    let sighdr = signature::rip(&signed).unwrap();
    signature::splice(&sighdr, &unsigned, &copy).unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(&signed).unwrap());
    // And back, over the existing file.
    signature::splice(&signature::rip(&unsigned).unwrap(), &signed, &copy).unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(&unsigned).unwrap());
    assert_eq!(signature::sigmd5(&sighdr).unwrap().as_deref(), Some("79f1ebbaae87b2a59035d1803fe7c017"));
    // What is no signature header or no rpm changes nothing.
    assert!(signature::splice(b"rubbish", &signed, &copy).is_err());
    assert!(signature::splice(&sighdr, &data("expected.json"), &copy).is_err());
    assert_eq!(std::fs::read(&copy).unwrap(), std::fs::read(&unsigned).unwrap());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file is left");
}

#[test]
fn errors_name_the_file() {
    let error = Package::open(&data("expected.json")).unwrap_err().to_string();
    assert!(error.contains("expected.json") && error.contains("not an rpm"), "{error}");
    let error = Package::open(&data("nosuch.rpm")).unwrap_err().to_string();
    assert!(error.contains("nosuch.rpm") && error.contains("No such file"), "{error}");
}
