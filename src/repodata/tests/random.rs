//! Random packages: our metadata against createrepo_c's, element by element in all three files, and against what dnf reads.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/mod.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod common;

use std::collections::HashSet;
use std::path::Path;

use common::strategy::package;
use common::{contents, list, metadata, run};
use koji_repodata::{
    Cache, Compression, LocalFetch, Merge, MergeMode, PackageRef, RepoWriter, Repomd, pkglist,
};
use koji_tests::rpms::Rpm;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngSeed, TestRunner};

/// Two directories with the same packages, one with our metadata, one with createrepo_c's.
fn both(dir: &Path, packages: &[Rpm], compression: Compression) -> [std::path::PathBuf; 2] {
    let (ours, theirs) = (dir.join("ours"), dir.join("theirs"));
    std::fs::create_dir(&ours).unwrap();
    for package in packages {
        package.write(&ours).unwrap();
    }
    // -p keeps the times of the files
    run("cp", &["-rp", ours.to_str().unwrap(), theirs.to_str().unwrap()]);
    let packages = pkglist::parse(&list(&ours)).unwrap();
    RepoWriter::new(&ours).compression(compression).write(&packages, &ours).unwrap();
    run("createrepo_c", &["--no-database", theirs.to_str().unwrap()]);
    [ours, theirs]
}

/// The same cases each time: what createrepo_c does with the oddest ones is not known of all. `PROPTEST_RNG_SEED` gives others.
fn fixed(cases: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    let rng_seed = if config.rng_seed == RngSeed::Random { RngSeed::Fixed(1) } else { config.rng_seed };
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..config }
}

proptest! {
    #![proptest_config(fixed(24))]

    #[test]
    fn same_as_createrepo_c(packages in proptest::collection::vec(package(), 1..20)) {
        let dir = tempfile::tempdir().unwrap();
        let [ours, theirs] = both(dir.path(), &packages, Compression::Gzip).map(|repo| contents(&repo));
        prop_assert_eq!(&ours.counts, &theirs.counts);
        for (id, element) in &theirs.packages {
            let have = ours.packages.get(id).map(|e| e.concat()).unwrap_or_default();
            prop_assert_eq!(have, element.concat(), "{}", id);
        }
        prop_assert_eq!(ours.packages.len(), theirs.packages.len());
    }
}

/// Packages of few names, versions and source packages, so that repositories have some in common.
fn related() -> impl Strategy<Value = Rpm> {
    let names = proptest::sample::select(&["one", "one-libs", "two", "two-devel", "three"][..]);
    let versions = proptest::sample::select(&["1", "1.10", "1.9", "2~rc1"][..]);
    let sources = proptest::sample::select(&["one", "two", "three"][..]);
    (package(), names, versions, sources, 0..12).prop_map(|(mut rpm, name, version, source, kind)| {
        rpm.name = name.to_owned();
        rpm.version = version.to_owned();
        rpm.release = "1".to_owned();
        rpm.sourcerpm = match kind {
            0 => None,
            1 | 2 => Some(format!("{source}-9-1.src.rpm")),
            _ => Some(format!("{source}-{version}-1.src.rpm")),
        };
        rpm
    })
}

/// The repository merged by both, in a mode.
fn merged(dir: &Path, sources: &[String], mode: MergeMode, options: &[&str]) -> [std::path::PathBuf; 2] {
    let (ours, theirs) = (dir.join(format!("{mode:?}")), dir.join(format!("{mode:?}-reference")));
    let (blocked, blocklist) = (dir.join("blocked"), HashSet::from(["three".to_owned()]));
    std::fs::write(&blocked, "three\n").unwrap();
    let merge = Merge {
        mode,
        arch: "x86_64",
        blocklist: &blocklist,
        comps: None,
        compression: Compression::Gzip,
        cache: None,
        fetch: &LocalFetch,
    };
    merge.run(sources, &ours).unwrap();
    let mut args = options.to_vec();
    if mode != MergeMode::Bare {
        args.extend(["-b", blocked.to_str().unwrap()]);
    }
    args.extend(["--no-database", "-a", "x86_64", "--arch-expand", "-o", theirs.to_str().unwrap()]);
    sources.iter().for_each(|url| args.extend(["-r", url]));
    run("mergerepo_c", &args);
    [ours, theirs]
}

fn origins(repository: &Path) -> Vec<String> {
    let text = metadata(repository, "-pkgorigins.gz").unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

proptest! {
    #![proptest_config(fixed(10))]

    #[test]
    fn merges_are_those_of_mergerepo_c(repositories in proptest::collection::vec(proptest::collection::vec(related(), 0..8), 2..4)) {
        let dir = tempfile::tempdir().unwrap();
        let mut sources = Vec::new();
        for (index, packages) in repositories.iter().enumerate() {
            let path = dir.path().join(format!("source{index}"));
            std::fs::create_dir(&path).unwrap();
            packages.iter().for_each(|package| drop(package.write(&path).unwrap()));
            RepoWriter::new(&path).write(&pkglist::parse(&list(&path)).unwrap(), &path).unwrap();
            sources.push(format!("file://{}/", path.display()));
        }
        for (mode, options) in [
            (MergeMode::Koji, &["--koji"][..]),
            (MergeMode::Simple, &["--koji", "--simple"]),
            (MergeMode::Bare, &["--pkgorigins", "--all"]),
        ] {
            let [ours, theirs] = merged(dir.path(), &sources, mode, options);
            prop_assert_eq!(origins(&ours), origins(&theirs), "{:?}", mode);
            let (ours, theirs) = (contents(&ours), contents(&theirs));
            if mode != MergeMode::Simple {
                // mergerepo_c does not count what it has twice
                prop_assert_eq!(&ours.counts, &theirs.counts, "{:?}", mode);
            }
            for (id, element) in &theirs.packages {
                let have = ours.packages.get(id).map(|e| e.concat()).unwrap_or_default();
                // mergerepo_c escapes these twice in attributes
                prop_assert_eq!(have, element.concat().replace("&#38;", "&"), "{:?} {}", mode, id);
            }
            prop_assert_eq!(ours.packages.len(), theirs.packages.len(), "{:?}", mode);
        }
    }

    #[test]
    fn a_cache_changes_nothing(
        packages in proptest::collection::vec(package(), 1..40),
        steps in proptest::collection::vec(proptest::collection::vec(any::<bool>(), 40), 1..5),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let rpms = dir.path().join("rpms");
        std::fs::create_dir(&rpms).unwrap();
        packages.iter().for_each(|package| drop(package.write(&rpms).unwrap()));
        let all = pkglist::parse(&list(&rpms)).unwrap();
        let cache = Cache::open(&dir.path().join("cache")).unwrap();
        for step in steps {
            let wanted: Vec<PackageRef> =
                all.iter().zip(step).filter(|(_, wanted)| *wanted).map(|(package, _)| package.clone()).collect();
            let write = |writer: RepoWriter, name: &str| {
                let summary = writer.write(&wanted, &dir.path().join(name)).unwrap();
                summary.repomd.records.into_iter().map(|record| (record.checksum, record.open_checksum)).collect::<Vec<_>>()
            };
            let cached = write(RepoWriter::new(&rpms).cache(cache.clone()), "cached");
            prop_assert_eq!(cached, write(RepoWriter::new(&rpms), "fresh"));
        }
    }
}

/// Everything that dnf knows of the packages of a repository.
const DUMP: &str = r#"
import dnf, sys
base = dnf.Base()
base.conf.cachedir = base.conf.persistdir = base.conf.logdir = sys.argv[2]
base.conf.substitutions["releasever"] = "1"
base.conf.substitutions["arch"] = "x86_64"
base.repos.add_new_repo("r", base.conf, baseurl=["file://" + sys.argv[1]])
base.fill_sack(load_system_repo=False)
for p in sorted(base.sack.query(), key=lambda p: (str(p), p.chksum)):
    print(p, p.epoch, p.chksum, p.summary, p.description, p.license, p.url, p.packager, p.sourcerpm, p.buildtime,
          p.downloadsize, p.installsize, p.location, p.group, p.vendor, p.hdr_end)
    for kind in "requires provides conflicts obsoletes recommends suggests supplements enhances requires_pre".split():
        print(" ", kind, [str(r) for r in getattr(p, kind)])
    print("  files", sorted(p.files))
    print("  changes", p.changelogs)
"#;

fn dump(repository: &Path, cache: &Path) -> String {
    let [repository, cache] = [repository, cache].map(|path| path.to_str().unwrap());
    run("/usr/bin/python3", &["-c", DUMP, repository, cache])
}

/// So many packages, the same ones each time.
fn packages(count: usize) -> Vec<Rpm> {
    let mut runner = TestRunner::deterministic();
    proptest::collection::vec(package(), count).new_tree(&mut runner).unwrap().current()
}

#[test]
fn dnf_reads_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let [ours, theirs] = both(dir.path(), &packages(60), Compression::Gzip);
    let ours = dump(&ours, &dir.path().join("cache-ours"));
    let theirs = dump(&theirs, &dir.path().join("cache-theirs"));
    assert!(ours.lines().count() > 60 * 10, "{ours}");
    for (ours, theirs) in ours.lines().zip(theirs.lines()) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.len(), theirs.len());
}

#[test]
fn zstd_holds_what_gzip_holds() {
    let dir = tempfile::tempdir().unwrap();
    let packages = packages(40);
    let [zstd, reference] = both(dir.path(), &packages, Compression::Zstd);
    let list = pkglist::parse(&list(&reference)).unwrap();
    let gzip = RepoWriter::new(&reference).write(&list, &reference).unwrap();
    let text = std::fs::read_to_string(zstd.join("repodata/repomd.xml")).unwrap();
    let repomd = Repomd::parse(&text, "test").unwrap();
    for record in &gzip.repomd.records {
        let other = repomd.record(&record.kind).unwrap();
        assert!(other.location.ends_with(".xml.zst"), "{}", other.location);
        let file = zstd.join(&other.location);
        let unpacked = run("zstd", &["-dc", file.to_str().unwrap()]);
        assert_eq!(unpacked, run("gzip", &["-cd", reference.join(&record.location).to_str().unwrap()]));
        assert_eq!(other.open_checksum, record.open_checksum);
        assert_eq!(other.open_size, Some(unpacked.len() as u64));
        assert!(run("sha256sum", &[file.to_str().unwrap()]).starts_with(&other.checksum));
    }
    let dumps = [&zstd, &reference].map(|repo| dump(repo, &repo.with_extension("cache")));
    assert!(dumps[0].contains("  changes ") && dumps[0] == dumps[1]);
}
