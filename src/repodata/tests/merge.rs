//! Merging against mergerepo_c in Koji's three modes, and what must fail.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/mod.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod common;

use common::{Contents, contents, external_rpms, list, local_rpms, metadata, run, second_rpms};
use koji_repodata::{Cache, Compression, LocalFetch, Merge, MergeMode, RepoWriter, pkglist};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Three repositories: ours by our writer, one external by createrepo_c, one by ours.
fn repositories(dir: &Path) -> Vec<PathBuf> {
    let make = |name: &str, fill: fn(&Path)| {
        let path = dir.join(name);
        std::fs::create_dir(&path).unwrap();
        fill(&path);
        path
    };
    let (local, external, second) =
        (make("local", local_rpms), make("external", external_rpms), make("second", second_rpms));
    for path in [&local, &second] {
        RepoWriter::new(path).write(&pkglist::parse(&list(path)).unwrap(), path).unwrap();
    }
    run("createrepo_c", &["--no-database", external.to_str().unwrap()]);
    vec![local, external, second]
}

fn urls(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| format!("file://{}/", path.to_str().unwrap())).collect()
}

fn merge<'a>(mode: MergeMode, blocklist: &'a HashSet<String>, cache: Option<&'a Cache>) -> Merge<'a> {
    Merge {
        mode,
        arch: "x86_64",
        blocklist,
        comps: None,
        compression: Compression::default(),
        cache,
        fetch: &LocalFetch,
    }
}

fn origins(repository: &Path) -> Vec<String> {
    let mut lines: Vec<String> =
        metadata(repository, "-pkgorigins.gz").unwrap().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn names(contents: &Contents) -> Vec<String> {
    let mut names: Vec<String> = contents
        .packages
        .iter()
        .filter(|(id, _)| id.starts_with("primary"))
        .flat_map(|(_, elements)| elements)
        .map(|element| element.lines().find(|line| line.contains("location [")).unwrap().to_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn same_as_mergerepo_c() {
    let dir = tempfile::tempdir().unwrap();
    let paths = repositories(dir.path());
    let blockfile = dir.path().join("blocklist");
    std::fs::write(&blockfile, "blocked\nnosuch\n").unwrap();
    let blocklist = HashSet::from(["blocked".to_owned(), "nosuch".to_owned()]);
    let cache = Cache::open(&dir.path().join("cache")).unwrap();
    let cases: [(MergeMode, &[&str]); 3] = [
        (MergeMode::Koji, &["--koji", "-b"]),
        (MergeMode::Simple, &["--koji", "--simple", "-b"]),
        (MergeMode::Bare, &["--pkgorigins", "--all"]),
    ];
    for (mode, options) in cases {
        let (ours, theirs) =
            (dir.path().join(format!("{mode:?}")), dir.path().join(format!("{mode:?}-reference")));
        let urls = urls(&paths);
        let mut args: Vec<&str> = options.to_vec();
        if args.contains(&"-b") {
            args.push(blockfile.to_str().unwrap());
        }
        args.extend(["--no-database", "-a", "x86_64", "--arch-expand", "-o", theirs.to_str().unwrap()]);
        urls.iter().for_each(|url| args.extend(["-r", url]));
        run("mergerepo_c", &args);

        let summary = merge(mode, &blocklist, Some(&cache)).run(&urls, &ours).unwrap();
        let (have, want) = (contents(&ours), contents(&theirs));
        assert_eq!(names(&have), names(&want), "{mode:?}");
        for (id, element) in &want.packages {
            assert_eq!(have.packages.get(id), Some(element), "{mode:?} {id}\n{}", element.concat());
        }
        assert_eq!(origins(&ours), origins(&theirs), "{mode:?}");
        assert_eq!(have.counts["primary"], summary.packages.to_string());
        assert_eq!(names(&have).len(), summary.packages, "{mode:?}");

        // Again: all chunks are known, the bytes are the same.
        let again = merge(mode, &blocklist, Some(&cache)).run(&urls, &ours).unwrap();
        assert_eq!(again.compressed, 0);
        assert_eq!(again.repomd.records[0].checksum, summary.repomd.records[0].checksum);
    }
}

#[test]
fn what_each_mode_takes() {
    let dir = tempfile::tempdir().unwrap();
    let paths = repositories(dir.path());
    let blocklist = HashSet::from(["blocked".to_owned()]);
    let taken = |mode| {
        let out = dir.path().join(format!("out-{mode:?}"));
        merge(mode, &blocklist, None).run(&urls(&paths), &out).unwrap();
        origins(&out)
            .into_iter()
            .filter(|line| !line.starts_with("local") && !line.starts_with("rich"))
            .map(|line| {
                let (nvra, url) = line.split_once('\t').unwrap();
                format!("{nvra} {}", url.trim_end_matches('/').rsplit('/').next().unwrap())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        taken(MergeMode::Koji),
        [
            "ext-1.10-1.x86_64 external",
            "ext-libs-1.10-1.x86_64 external",
            "second-1.0-1.noarch second",
            "second-libs-1.0-1.noarch second",
            "shared-1.0-1.x86_64 local",
            "shared-tools-1.0-1.x86_64 local",
            "twice-1.0-1.noarch external",
        ]
    );
    let bare = taken(MergeMode::Bare);
    for line in ["blocked-1.0-1.noarch external", "shared-2.0-1.x86_64 external", "ext-3.0-1.x86_64 second"] {
        assert!(bare.iter().any(|have| have == line), "{line} is not in {bare:#?}");
    }
    assert!(!taken(MergeMode::Simple).iter().any(|line| line.starts_with("blocked")));
}

#[test]
fn dnf_reads_the_merged_repository_and_finds_the_files() {
    let dir = tempfile::tempdir().unwrap();
    let paths = repositories(dir.path());
    let out = dir.path().join("merged");
    let comps = dir.path().join("comps.xml");
    std::fs::write(&comps, "<comps/>\n").unwrap();
    let nothing_blocked = HashSet::new();
    let merge = Merge { comps: Some(&comps), ..merge(MergeMode::Koji, &nothing_blocked, None) };
    let summary = merge.run(&urls(&paths), &out).unwrap();
    assert!(summary.repomd.record("group").is_some());
    // dnf downloads a package of each side; from where, only its Python interface says.
    let script = r#"
import dnf, sys
base = dnf.Base()
base.conf.cachedir = base.conf.persistdir = base.conf.logdir = sys.argv[1] + "/dnf"
base.conf.substitutions["releasever"] = "1"
base.repos.add_new_repo("ours", base.conf, baseurl=["file://" + sys.argv[1] + "/merged"])
base.fill_sack(load_system_repo=False)
packages = base.sack.query().filter(name=["ext", "second", "twice"]).run()
base.download_packages(packages)
for package in packages:
    print(package, package.baseurl)
"#;
    let answer = run("/usr/bin/python3", &["-c", script, dir.path().to_str().unwrap()]);
    for (package, path) in [("ext-1.10-1.x86_64", &paths[1]), ("second-1.0-1.noarch", &paths[2])] {
        let line = format!("{package} file://{}", path.to_str().unwrap());
        assert!(answer.lines().any(|have| have == line), "{line} is not in {answer}");
    }
}

#[test]
fn other_compressions_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("source");
    std::fs::create_dir(&source).unwrap();
    second_rpms(&source);
    let path = source.to_str().unwrap();
    for kind in ["gz", "xz"] {
        run("createrepo_c", &["--no-database", &format!("--general-compress-type={kind}"), path]);
        let out = dir.path().join(kind);
        let summary =
            merge(MergeMode::Bare, &HashSet::new(), None).run(&[format!("file://{path}")], &out).unwrap();
        assert_eq!(summary.packages, 6, "{kind}");
    }
    // zstd, which this createrepo_c does not write: packed by hand.
    let data = source.join("repodata");
    run("createrepo_c", &["--no-database", "--simple-md-filenames", path]);
    let text = std::fs::read_to_string(data.join("repomd.xml")).unwrap();
    let mut repomd = koji_repodata::Repomd::parse(&text, "test").unwrap();
    for record in &mut repomd.records {
        let plain = run("gzip", &["-cd", source.join(&record.location).to_str().unwrap()]);
        let packed = zstd::encode_all(plain.as_bytes(), 3).unwrap();
        record.location = record.location.replace(".gz", ".zst");
        std::fs::write(source.join(&record.location), &packed).unwrap();
        record.size = Some(packed.len() as u64);
        record.checksum =
            run("sha256sum", &[source.join(&record.location).to_str().unwrap()])[..64].to_owned();
    }
    std::fs::write(data.join("repomd.xml"), repomd.to_xml()).unwrap();
    let out = dir.path().join("zst");
    let summary = merge(MergeMode::Bare, &HashSet::new(), None).run(&[path.to_owned()], &out).unwrap();
    assert_eq!(summary.packages, 6);
}

#[test]
fn damaged_repositories_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (source, out) = (dir.path().join("source"), dir.path().join("out"));
    std::fs::create_dir(&source).unwrap();
    let rpm = concat!(env!("CARGO_MANIFEST_DIR"), "/../rpm/tests/data/hello-1.0-1.el9.x86_64.rpm");
    std::fs::copy(rpm, source.join("hello.rpm")).unwrap();
    let url = format!("file://{}", source.to_str().unwrap());
    let run = || {
        merge(MergeMode::Koji, &HashSet::new(), None)
            .run(std::slice::from_ref(&url), &out)
            .map_err(|error| error.to_string())
    };
    assert!(run().unwrap_err().contains("source/repodata/repomd.xml: No such file"));
    let summary = RepoWriter::new(&source).write(&pkglist::parse("hello.rpm").unwrap(), &source).unwrap();
    assert_eq!(run().unwrap().packages, 1);
    let before = std::fs::read(out.join("repodata/repomd.xml")).unwrap();
    for record in summary.repomd.records {
        let path = source.join(&record.location);
        let bytes = std::fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        changed[20] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        assert!(run().unwrap_err().contains("the checksum is"), "{}", record.kind);
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert!(run().unwrap_err().contains("bytes, repomd.xml says"), "{}", record.kind);
        std::fs::write(&path, [bytes.as_slice(), b"x"].concat()).unwrap();
        assert!(run().unwrap_err().contains("has more bytes"), "{}", record.kind);
        std::fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(std::fs::read(out.join("repodata/repomd.xml")).unwrap(), before);
    assert_eq!(run().unwrap().packages, 1);
}
