//! Whether two builds of a noarch package are the same package.
//!
//! A noarch package built on several architectures is imported once, provided that the builds do not differ in
//! anything but file sizes, digests, times and hard links (Koji compares with its rpmdiff and ignores `S5TN`).
//! Builders send a hash of what is compared, so that equal packages need no comparison.

mod hash;

pub use hash::koji_hash;

use crate::header::{RpmFile, tags};
use crate::package::deps::{DependencyKind, operator, sense};
use crate::package::files;
use std::collections::BTreeMap;

/// The single fields that must be equal, in Koji's order.
const FIELDS: [u32; 10] = [
    tags::NAME,
    tags::SUMMARY,
    tags::DESCRIPTION,
    tags::GROUP,
    tags::LICENSE,
    tags::URL,
    tags::PREIN,
    tags::POSTIN,
    tags::PREUN,
    tags::POSTUN,
];

/// The kinds of dependency that must be equal.
const KINDS: [DependencyKind; 4] = [
    DependencyKind::Requires,
    DependencyKind::Provides,
    DependencyKind::Conflicts,
    DependencyKind::Obsoletes,
];

/// What is compared of a file.
#[derive(PartialEq, Eq)]
struct FileFacts {
    mode: u64,
    flags: u64,
    rdev: u64,
    verify: u64,
    user: String,
    group: String,
}

/// A dependency as it is compared: name, flags, version.
type Relation = (String, u64, String);

/// The differences between two packages, one line each in rpmdiff's form (`S.5........ SUMMARY`,
/// `added       /usr/bin/x`); empty when they are the same package.
pub fn differences(old: &RpmFile, new: &RpmFile) -> Vec<String> {
    let mut lines = Vec::new();
    for tag in FIELDS {
        let (old, new) = (old.header.string(tag), new.header.string(tag));
        let name = tags::by_number(tag).map_or("", |tag| tag.name);
        match (&old, &new) {
            (None, Some(_)) => lines.push(line("added", name)),
            (Some(_), None) => lines.push(line("removed", name)),
            _ if old != new => lines.push(line("S.5........", name)),
            _ => {}
        }
    }
    for kind in KINDS {
        let (old, new) = (relations(old, kind), relations(new, kind));
        lines.extend(
            old.iter().filter(|have| !new.contains(have)).map(|gone| relation_line("removed", kind, gone)),
        );
        lines.extend(
            new.iter().filter(|have| !old.contains(have)).map(|come| relation_line("added", kind, come)),
        );
    }
    let (old, mut new) = (file_facts(old), file_facts(new));
    for (name, facts) in &old {
        match new.remove(name) {
            None => lines.push(line("removed", name)),
            Some(other) if *facts != other => lines.push(line(&marks(facts, &other), name)),
            Some(_) => {}
        }
    }
    lines.extend(new.keys().map(|name| line("added", name)));
    lines
}

fn line(what: &str, name: &str) -> String {
    format!("{what:<12}{name}")
}

fn relation_line(what: &str, kind: DependencyKind, (name, flags, version): &Relation) -> String {
    const PRE: u64 =
        sense::PREREQ | sense::SCRIPT_PRE | sense::SCRIPT_POST | sense::SCRIPT_PREUN | sense::SCRIPT_POSTUN;
    let prereq = kind == DependencyKind::Requires && flags & PRE != 0;
    let kind = if prereq { "PREREQ" } else { kind.field() };
    format!("{what:<12}{kind} {name} {} {version}", operator(*flags))
}

/// One letter a differing property, at its place in `SM5DNLVUGFT`.
fn marks(old: &FileFacts, new: &FileFacts) -> String {
    let mark = |differs: bool, letter| if differs { letter } else { '.' };
    [
        '.',
        mark(old.mode != new.mode, 'M'),
        '.',
        mark(old.rdev != new.rdev, 'D'),
        '.',
        '.',
        mark(old.verify != new.verify, 'V'),
        mark(old.user != new.user, 'U'),
        mark(old.group != new.group, 'G'),
        mark(old.flags != new.flags, 'F'),
        '.',
    ]
    .iter()
    .collect()
}

/// The dependencies of one kind, without what every package provides of itself.
fn relations(rpm: &RpmFile, kind: DependencyKind) -> Vec<Relation> {
    let (names, flags, versions) = kind.tags();
    let header = &rpm.header;
    let part = |tag| header.string(tag).unwrap_or_default();
    let own = (part(tags::NAME), sense::EQUAL, format!("{}-{}", part(tags::VERSION), part(tags::RELEASE)));
    header
        .strings(names)
        .into_iter()
        .zip(header.ints(flags))
        .zip(header.strings(versions))
        .map(|((name, flags), version)| (name, flags, version))
        .filter(|relation| kind != DependencyKind::Provides || *relation != own)
        .collect()
}

fn file_facts(rpm: &RpmFile) -> BTreeMap<String, FileFacts> {
    let header = &rpm.header;
    let mut modes = header.ints(tags::FILEMODES).into_iter();
    let mut flags = header.ints(tags::FILEFLAGS).into_iter();
    let mut rdevs = header.ints(tags::FILERDEVS).into_iter();
    let mut verify = header.ints(tags::FILEVERIFYFLAGS).into_iter();
    let mut users = header.strings(tags::FILEUSERNAME).into_iter();
    let mut groups = header.strings(tags::FILEGROUPNAME).into_iter();
    files::names(header)
        .into_iter()
        .map(|name| {
            let facts = FileFacts {
                mode: modes.next().unwrap_or(0),
                flags: flags.next().unwrap_or(0),
                rdev: rdevs.next().unwrap_or(0),
                verify: verify.next().unwrap_or(0),
                user: users.next().unwrap_or_default(),
                group: groups.next().unwrap_or_default(),
            };
            (name, facts)
        })
        .collect()
}
