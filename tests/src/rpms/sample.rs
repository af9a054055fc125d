//! Packages as a distribution has them.

use super::{Change, DIRECTORY, REGULAR, Relates, Relation, Rpm, RpmFile};

const EQUAL: u32 = 8;
const AT_LEAST: u32 = 12;
/// Noon of a day in 2024.
const TIME: u32 = 1_704_110_400;
const DAY: u32 = 86_400;

/// Package `part` of source package `number`, 0 for the source package itself: 40 files, 12 requirements, 6 provides and 10
/// changelog entries for each binary. The same arguments give the same file.
pub fn sample(number: usize, release: u32, part: usize) -> Rpm {
    let source = format!("sample-{number:05}");
    let name = if part == 0 { source.clone() } else { format!("{source}-part{part}") };
    let mut rpm = Rpm {
        version: "1.0".to_owned(),
        release: release.to_string(),
        arch: "x86_64".to_owned(),
        sourcerpm: (part > 0).then(|| format!("{source}-1.0-{release}.src.rpm")),
        summary: format!("Sample package {number} & part <{part}>"),
        description: format!(
            "The package {name} is one of many.\n\nIt has several files and \"dependencies\"."
        ),
        license: "MIT AND Apache-2.0".to_owned(),
        vendor: "Example".to_owned(),
        packager: "Packager <packager@example.com>".to_owned(),
        group: "Unspecified".to_owned(),
        url: format!("https://example.com/{source}"),
        buildhost: "builder.example.com".to_owned(),
        buildtime: TIME + release,
        changelog: changelog(release),
        payload: 2048,
        name,
        ..Rpm::default()
    };
    if part == 0 {
        rpm.files =
            [format!("/{source}.spec"), format!("/{source}-1.0.tar.gz")].map(|path| file(&path)).to_vec();
        rpm.relations = vec![relation(Relates::Requires, "gcc", 0, "")];
    } else {
        rpm.files = files(&rpm.name, number);
        rpm.relations = relations(&rpm, number, part);
    }
    rpm
}

fn file(path: &str) -> RpmFile {
    RpmFile { path: path.to_owned(), mode: REGULAR, flags: 0, size: 4321 }
}

fn files(name: &str, number: usize) -> Vec<RpmFile> {
    let mut files = vec![file(&format!("/etc/{name}.conf")), file(&format!("/usr/bin/{name}"))];
    files.push(RpmFile { mode: DIRECTORY, ..file(&format!("/usr/share/{name}")) });
    files.extend(
        (3..40).map(|n| {
            file(&format!("/usr/share/{name}/data-{:x}/file{n:02}.txt", (number * 7 + n) % 97 / 20))
        }),
    );
    files
}

fn relations(rpm: &Rpm, number: usize, part: usize) -> Vec<Relation> {
    use Relates::{Provides, Requires};
    let evr = format!("{}-{}", rpm.version, rpm.release);
    let mut all = vec![
        relation(Requires, "/bin/sh", 0, ""),
        relation(Requires, "libc.so.6()(64bit)", 0, ""),
        relation(Requires, "libc.so.6(GLIBC_2.34)(64bit)", 0, ""),
        relation(Requires, "rpmlib(CompressedFileNames)", 10, "3.0.4-1"),
        relation(Provides, &rpm.name, EQUAL, &evr),
        relation(Provides, &format!("{}(x86-64)", rpm.name), EQUAL, &evr),
    ];
    all.extend((1..=8).map(|n| {
        let other = number.saturating_sub(n * n);
        relation(Requires, &format!("sample-{other:05}-part{part}"), AT_LEAST, "1.0")
    }));
    all.extend((0..4).map(|n| relation(Provides, &format!("lib{}.so.{n}()(64bit)", rpm.name), 0, "")));
    all
}

fn relation(kind: Relates, name: &str, flags: u32, version: &str) -> Relation {
    Relation { kind, name: name.to_owned(), flags, version: version.to_owned() }
}

fn changelog(release: u32) -> Vec<Change> {
    let entry = |n: u32| Change {
        time: TIME - n * 30 * DAY,
        author: format!("Packager <packager@example.com> - 1.0-{}", release + 10 - n),
        text: format!("- change number {n}\n- something was mended in release {release}"),
    };
    (0..10).map(entry).collect()
}
