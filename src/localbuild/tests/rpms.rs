//! Real rpms: their comparison, the digests in them, the store.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

use koji_localbuild::{Class, Error, Store, check, compare};

/// An rpm whose one file has this content, built on this host at this time.
fn rpm(dir: &Path, content: &str, host: &str, time: u32, spec: &str) -> PathBuf {
    let top = tempfile::tempdir_in(dir).unwrap();
    let file = top.path().join("thing.spec");
    let text = format!(
        "Name: thing\nVersion: 1\nRelease: 1\nSummary: A test\nLicense: MIT\nBuildArch: noarch\n{spec}\n%description\nA test.\n\
         %install\nmkdir -p %{{buildroot}}/usr/share\nprintf '{content}' > %{{buildroot}}/usr/share/thing\n\
         touch -d @{time} %{{buildroot}}/usr/share/thing\n%files\n/usr/share/thing\n"
    );
    std::fs::write(&file, text).unwrap();
    let made = Command::new("rpmbuild")
        .args(["-bb", "--nodeps", "--quiet"])
        .args(["--define", &format!("_topdir {}", top.path().display())])
        .args(["--define", &format!("_rpmdir {}", top.path().display())])
        .args(["--define", "_rpmfilename thing.rpm", "--define", &format!("_buildhost {host}")])
        .arg(&file)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let to = dir.join(format!("thing-{time}-{host}-{}.rpm", content.len() + spec.len()));
    std::fs::rename(top.path().join("thing.rpm"), &to).unwrap();
    to
}

#[test]
fn classes_of_difference() {
    let dir = tempfile::tempdir().unwrap();
    let one = rpm(dir.path(), "one\\ntwo\\n", "a", 1_000_000, "");
    let class = |other: &Path| compare("thing.rpm", &one, other).unwrap();
    assert_eq!(class(&one).class, Class::Identical);

    // another host, another time
    let same = class(&rpm(dir.path(), "one\\ntwo\\n", "b", 2_000_000, ""));
    assert_eq!(same.class, Class::Circumstances, "{same:?}");
    assert!(same.fields.iter().any(|f| f == "BUILDHOST: a -> b"), "{same:?}");

    // an altered file, and how
    let altered = class(&rpm(dir.path(), "one\\n2\\n", "a", 1_000_000, ""));
    assert_eq!(altered.class, Class::Content);
    assert_eq!(altered.files.len(), 1);
    assert_eq!(altered.files[0].path, "/usr/share/thing");
    assert_eq!(altered.files[0].summary, ["from line 2:", "-two", "+2"]);

    // the same files, another header
    let header = class(&rpm(dir.path(), "one\\ntwo\\n", "a", 1_000_000, "Requires: something"));
    assert_eq!((header.class, header.files.len()), (Class::Content, 0));
    assert!(header.fields.iter().any(|f| f.contains("+something")), "{header:?}");
}

#[test]
fn a_changed_byte_is_found_and_nothing_of_it_is_stored() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::new(dir.path().join("store")).unwrap();
    let good = rpm(dir.path(), "x", "a", 1, "");
    let bytes = std::fs::read(&good).unwrap();
    let ident = check(&good).unwrap().ident;
    // in the payload, and in the header
    let header_at = usize::try_from(koji_rpm::RpmFile::open(&good).unwrap().header_start).unwrap();
    for at in [bytes.len() - 10, header_at + 600] {
        let mut bad = bytes.clone();
        bad[at] ^= 1;
        let file = dir.path().join("bad.rpm");
        std::fs::write(&file, &bad).unwrap();
        assert!(matches!(store.adopt(&file, "u", |_| Ok(())), Err(Error::Tampered { .. } | Error::Rpm(_))));
    }
    assert!(store.by_ident(&ident).is_none());
    // right, but not what was wanted
    let refused = store.adopt(&good, "u", |_| Err("it is another one".into()));
    assert!(refused.unwrap_err().to_string().contains("another one"));
    let (path, checked) = store.adopt(&good, "http://h/x.rpm", |_| Ok(())).unwrap();
    assert_eq!(store.by_ident(&ident), Some((path.clone(), checked.sha256.clone())));
    assert_eq!(
        (store.by_sha256(&checked.sha256), store.url(&ident).as_deref()),
        (Some(path), Some("http://h/x.rpm"))
    );
    assert_eq!(store.usage().files, 1);
    assert_eq!(store.gc(0, std::time::Duration::MAX).files, 1);
    assert!(store.by_ident(&ident).is_none() && store.by_sha256("../../etc/passwd").is_none());
}
