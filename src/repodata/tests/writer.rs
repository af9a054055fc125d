//! The writer against createrepo_c, package by package, and against dnf.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/mod.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod common;

use common::{contents, list, local_rpms, metadata, run};
use koji_repodata::{Cache, Error, Identity, PackageRef, RepoWriter, pkglist};
use std::path::Path;

fn packages(dir: &Path) -> Vec<PackageRef> {
    pkglist::parse(&list(dir)).unwrap()
}

#[test]
fn same_as_createrepo_c() {
    let dir = tempfile::tempdir().unwrap();
    let rpms = dir.path().join("rpms");
    std::fs::create_dir(&rpms).unwrap();
    local_rpms(&rpms);
    let comps = dir.path().join("comps.xml");
    std::fs::write(&comps, koji_repodata::comps::generate(&[], false)).unwrap();
    let reference = dir.path().join("reference");
    std::fs::create_dir(&reference).unwrap();
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    run("createrepo_c", &["--no-database", "-g", &path(&comps), "-o", &path(&reference), &path(&rpms)]);

    let cache = Cache::open(&dir.path().join("cache")).unwrap();
    let writer = RepoWriter::new(&rpms).cache(cache.clone()).comps(&comps);
    let first = writer.write(&packages(&rpms), &rpms).unwrap();
    assert!(first.packages >= 30, "{}", first.packages);
    assert_eq!((first.read, first.compressed), (first.packages, first.chunks));
    let (ours, theirs) = (contents(&rpms), contents(&reference));
    assert_eq!(ours.counts, theirs.counts);
    for (id, element) in &theirs.packages {
        let have = ours.packages.get(id).unwrap_or_else(|| panic!("{id} is missing"));
        assert_eq!(have, element, "{}\n{}", have.concat(), element.concat());
    }
    assert_eq!(ours.packages.len(), theirs.packages.len());

    // Again from the cache: nothing is read, nothing compressed, and the result is the same to the byte.
    let second = writer.write(&packages(&rpms), &rpms).unwrap();
    assert_eq!((second.read, second.compressed), (0, 0));
    let checksums = |summary: &koji_repodata::Summary| {
        summary.repomd.records.iter().map(|record| record.checksum.clone()).collect::<Vec<_>>()
    };
    assert_eq!(checksums(&first), checksums(&second));
    let kinds: Vec<&str> = second.repomd.records.iter().map(|record| record.kind.as_str()).collect();
    assert_eq!(kinds, ["primary", "filelists", "other", "group", "group_gz"]);

    // One package less: its chunk alone is made anew.
    let mut fewer = packages(&rpms);
    fewer.remove(3);
    let third = writer.write(&fewer, &rpms).unwrap();
    assert_eq!((third.read, third.packages), (0, first.packages - 1));
    assert!(third.compressed <= 1);

    // The announced checksums and sizes are those of the files, packed and unpacked.
    for record in &third.repomd.records {
        let file = rpms.join(&record.location);
        assert!(run("sha256sum", &[&path(&file)]).starts_with(&record.checksum));
        assert_eq!(std::fs::metadata(&file).unwrap().len(), record.size.unwrap());
        if let Some(open) = &record.open_checksum {
            let unpacked = run("sh", &["-c", "gzip -cd \"$0\" | sha256sum", &path(&file)]);
            assert!(unpacked.starts_with(open), "{}", record.kind);
        }
    }
    let left: Vec<_> = std::fs::read_dir(&rpms).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_str().unwrap().starts_with(".repodata")), "{left:?}");
}

#[test]
fn dnf_reads_it() {
    let dir = tempfile::tempdir().unwrap();
    local_rpms(dir.path());
    let summary = RepoWriter::new(dir.path()).write(&packages(dir.path()), dir.path()).unwrap();
    let query = |args: &[&str]| {
        let repo = format!("--repofrompath=ours,file://{}", dir.path().to_str().unwrap());
        let option = |name: &str| format!("--setopt={name}={}", dir.path().join(name).to_str().unwrap());
        let (cachedir, logdir, persistdir) = (option("cachedir"), option("logdir"), option("persistdir"));
        let fixed = [
            "-q",
            &repo,
            "--repo=ours",
            "--setopt=reposdir=/dev/null",
            "--setopt=ours.gpgcheck=0",
            "--forcearch=x86_64",
            &cachedir,
            &logdir,
            &persistdir,
            "repoquery",
        ];
        run("dnf", &[fixed.as_slice(), args].concat())
    };
    let all = query(&["--qf", "%{name}-%{epoch}:%{version}-%{release}.%{arch} %{sourcerpm}"]);
    assert_eq!(all.lines().count(), summary.packages, "{all}");
    assert!(all.contains("rich-3:1.0~rc1^git5-2.noarch rich-1.0~rc1^git5-2.src.rpm"), "{all}");
    assert!(query(&["--whatprovides", "rich(feature) >= 7:1.0"]).contains("rich-3:"));
    assert!(query(&["-l", "rich"]).contains("/var/log/rich.log"));
    assert!(query(&["--changelog", "rich"]).contains("second, with <tags> & ünïcode"));
    assert!(query(&["--requires", "rich"]).contains("(python3 if (systemd and dbus))"));
}

#[test]
fn an_empty_repository() {
    let dir = tempfile::tempdir().unwrap();
    let summary = RepoWriter::new(dir.path()).origin("file:///x/").write(&[], dir.path()).unwrap();
    assert_eq!((summary.packages, summary.chunks), (0, 0));
    assert_eq!(contents(dir.path()).counts["primary"], "0");
    assert_eq!(metadata(dir.path(), "-pkgorigins.gz").unwrap(), "");
}

#[test]
fn wrong_packages_are_named_and_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let rpm = concat!(env!("CARGO_MANIFEST_DIR"), "/../rpm/tests/data/hello-1.0-1.el9.x86_64.rpm");
    std::fs::copy(rpm, dir.path().join("hello.rpm")).unwrap();
    std::fs::write(dir.path().join("rubbish.rpm"), "rubbish").unwrap();
    let cache = Cache::open(&dir.path().join("cache")).unwrap();
    let writer = RepoWriter::new(dir.path()).cache(cache);
    let package = |location: &str, identity| PackageRef { location: location.into(), identity };
    let hash = "79f1ebbaae87b2a59035d1803fe7c017".to_owned();
    let good = package("hello.rpm", Identity::Payload { hash: hash.clone(), size: 7024 });
    writer.write(std::slice::from_ref(&good), dir.path()).unwrap();
    let read = || std::fs::read_to_string(dir.path().join("repodata/repomd.xml")).unwrap();
    let before = read();
    let cases = [
        (package("nosuch.rpm", Identity::Stat), "nosuch.rpm: No such file"),
        (package("rubbish.rpm", Identity::Stat), "cannot put rubbish.rpm into the repository"),
        (
            package("hello.rpm", Identity::Payload { hash, size: 9 }),
            "hello.rpm is not the expected package: its size is 7024, expected was 9",
        ),
        (
            package("hello.rpm", Identity::Payload { hash: "aa".into(), size: 7024 }),
            "its payload hash is 79f1",
        ),
        (package("hello.rpm", Identity::Sha256("bb".into())), "its sha256 is da03710d"),
    ];
    for (wrong, message) in cases {
        let error = writer.write(&[wrong], dir.path()).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        assert_eq!(read(), before);
    }
    let mut bytes = std::fs::read(dir.path().join("hello.rpm")).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(dir.path().join("damaged.rpm"), bytes).unwrap();
    let damaged = PackageRef { location: "damaged.rpm".into(), ..good.clone() };
    let error = writer.write(&[damaged], dir.path()).unwrap_err().to_string();
    assert!(
        error.contains("damaged.rpm is not the expected package: its md5 of header and payload is"),
        "{error}"
    );
    assert_eq!(read(), before);

    let twice = writer.write(&[good.clone(), good.clone()], dir.path()).unwrap();
    assert_eq!(twice.packages, 1);
    let error =
        writer.write(&[good, package("hello.rpm", Identity::Stat)], dir.path()).unwrap_err().to_string();
    assert!(error.contains("hello.rpm is listed twice"), "{error}");

    // A file that changes under a known checksum is noticed though its fragment is cached.
    let digest = "da03710d763b143bd07bdac5023ffedd3a68c2babcfc066c82eda615a4f75c85";
    let known = [package("hello.rpm", Identity::Sha256(digest.into()))];
    writer.write(&known, dir.path()).unwrap();
    std::fs::OpenOptions::new()
        .append(true)
        .open(dir.path().join("hello.rpm"))
        .unwrap()
        .set_len(7025)
        .unwrap();
    assert!(matches!(writer.write(&known, dir.path()), Err(Error::Mismatch { what: "size", .. })));
}

#[test]
fn a_damaged_cache_costs_time_only() {
    let dir = tempfile::tempdir().unwrap();
    let rpm = concat!(env!("CARGO_MANIFEST_DIR"), "/../rpm/tests/data/rich-1.0~rc1^git5-2.noarch.rpm");
    std::fs::copy(rpm, dir.path().join("rich.rpm")).unwrap();
    let cache = dir.path().join("cache");
    let writer = RepoWriter::new(dir.path()).cache(Cache::open(&cache).unwrap());
    let packages = pkglist::parse("rich.rpm\n").unwrap();
    let first = writer.write(&packages, dir.path()).unwrap();
    for shard in std::fs::read_dir(&cache).unwrap() {
        for entry in std::fs::read_dir(shard.unwrap().path()).unwrap() {
            let path = entry.unwrap().path();
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(&path, bytes).unwrap();
        }
    }
    let second = writer.write(&packages, dir.path()).unwrap();
    assert_eq!((second.read, second.compressed), (1, 1));
    assert_eq!(first.repomd.records[0].checksum, second.repomd.records[0].checksum);
    assert_eq!(Cache::open(&cache).unwrap().prune(std::time::Duration::ZERO).unwrap(), 4);
}

#[test]
fn package_lists() {
    for bad in ["/etc/passwd", "../x.rpm", "a/../../x.rpm"] {
        assert!(pkglist::parse(bad).is_err(), "{bad}");
    }
    let mut list =
        pkglist::parse("toplink/packages/hello/1.0/1/x86_64/hello-1.0-1.x86_64.rpm\n\nb.rpm\n").unwrap();
    let line = r#"{"name":"hello","version":"1.0","release":"1","arch":"x86_64","payloadhash":"ab","size":7,"id":3}"#;
    pkglist::identify(&mut list, line).unwrap();
    assert_eq!(list[0].identity, Identity::Payload { hash: "ab".into(), size: 7 });
    assert_eq!(list[1].identity, Identity::Stat);
    assert!(pkglist::identify(&mut list, "{}").unwrap_err().to_string().contains("rpmlist.jsonl"));
}
