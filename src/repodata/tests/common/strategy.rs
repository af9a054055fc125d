//! Random packages.

use std::collections::BTreeMap;

use koji_tests::rpms::{Change, DIRECTORY, GHOST, REGULAR, Relates, Relation, Rpm, RpmFile};
use proptest::prelude::*;

/// Texts with what XML, shells and terminals care about; but no control characters, for which createrepo_c leaves a package out.
fn text() -> impl Strategy<Value = String> {
    let odd = "[ -~\\n\\t\\r\u{7f}\u{85}<>&\"'\u{e9}\u{17d}\u{200b}\u{fffd}\u{1f600}]{0,30}";
    prop_oneof!["[ -~]{0,40}", odd, Just("  blanks around \n".to_owned()), Just("]]>".to_owned())]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z][a-z0-9+._-]{0,8}[a-z0-9]", "[A-Z]{2,3}", "[a-z]{2,4}[&<\"'\u{e9}][a-z]"]
}

fn version() -> impl Strategy<Value = String> {
    "[0-9]{1,2}(\\.[0-9a-z]{1,3}){0,2}([~^][a-z0-9]{1,3})?"
}

fn file() -> impl Strategy<Value = RpmFile> {
    let dir = prop_oneof![
        Just("/etc"),
        Just("/etc/deep/er"),
        Just("/usr/bin"),
        Just("/usr/sbin"),
        Just("/usr/share/doc"),
        Just("/opt/a bin/x"),
        Just("/opt/robin"),
        Just("/usr/lib"),
        Just("")
    ];
    let base = prop_oneof!["[a-z]{1,5}", "[a-z &<>\"'\u{e9}\u{1f600}]{1,6}", Just("sendmail".to_owned())];
    let mode = prop_oneof![Just(REGULAR), Just(DIRECTORY), Just(0o120_777), Just(0o104_755)];
    (dir, base, mode, prop_oneof![Just(0), Just(GHOST), any::<u32>()], any::<u32>()).prop_map(
        |(dir, base, mode, flags, size)| RpmFile {
            path: format!("{dir}/{base}"),
            mode,
            flags,
            size: size % 100_000,
        },
    )
}

fn relation() -> impl Strategy<Value = Relation> {
    let names = prop_oneof![
        name(),
        Just("/bin/sh".to_owned()),
        Just("/etc/a".to_owned()),
        "/usr/(bin|share/doc)/[a-c]{1,2}",
        "libc\\.so\\.6\\((GLIBC_2\\.[0-9]{1,2}(\\.[0-9])?)?\\)(\\(64bit\\))?",
        "rpmlib\\([A-Z][a-z]{1,4}\\)",
        Just("(a if (b or c >= 1.0))".to_owned()),
        "[a-z]{1,4}\\([a-z&<]{1,4}\\)",
    ];
    let version = prop_oneof![
        Just(String::new()),
        version(),
        (0_u32..4, version(), version()).prop_map(|(e, v, r)| format!("{e}:{v}-{r}")),
        (version(), version()).prop_map(|(v, r)| format!("{v}-{r}")),
        Just("1:-1".to_owned()),
        Just("2-".to_owned()),
        Just(":3".to_owned()),
    ];
    let sense = prop_oneof![Just(0), Just(2), Just(4), Just(8), Just(10), Just(12), Just(6), Just(14)];
    let scripts = prop_oneof![4 => Just(0_u32), 1 => Just(1 << 9), 1 => Just(1 << 10), 1 => Just(1 << 12), 1 => Just(1 << 6),
        1 => Just(1 << 19)];
    (proptest::sample::select(&Relates::ALL[..]), names, sense, scripts, version).prop_map(
        |(kind, name, sense, scripts, version)| Relation { kind, name, flags: sense | scripts, version },
    )
}

fn change() -> impl Strategy<Value = Change> {
    // few days, so that some are equal
    let time = (0_u32..5).prop_map(|day| 1_700_000_000 + day * 86_400);
    let author = prop_oneof![text(), Just("A <a@example.com> - 1.0-1".to_owned()), Just("A  ".to_owned())];
    (time, author, text()).prop_map(|(time, author, text)| Change { time, author, text })
}

prop_compose! {
    /// One with everything that shows in metadata.
    pub fn package()(
        (name, version, release) in (name(), version(), version()),
        epoch in proptest::option::of(0_u32..3),
        arch in prop_oneof![Just("noarch"), Just("x86_64"), Just("i686")],
        source in any::<bool>(),
        [summary, description, license, vendor, packager, group, url] in proptest::array::uniform7(text()),
        buildtime in any::<u32>(),
        files in proptest::collection::vec(file(), 0..12),
        relations in proptest::collection::vec(relation(), 0..20),
        mut changelog in proptest::collection::vec(change(), 0..14),
        payload in 0_usize..300,
    ) -> Rpm {
        changelog.sort_by_key(|entry| std::cmp::Reverse(entry.time));
        let files: BTreeMap<String, RpmFile> = files.into_iter().map(|f| (f.path.clone(), f)).collect();
        Rpm {
            sourcerpm: (!source).then(|| format!("{name}-{version}-{release}.src.rpm")),
            arch: arch.to_owned(),
            files: files.into_values().collect(),
            buildhost: "host.example.com".to_owned(),
            name, epoch, version, release, summary, description, license, vendor, packager, group, url, buildtime,
            relations, changelog, payload,
        }
    }
}
