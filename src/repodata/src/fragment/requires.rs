//! Which requirements a repository lists, and how: the filtering that createrepo_c does, so that solvers see the
//! same whoever wrote the metadata.

use koji_rpm::package::deps::sense;
use koji_rpm::{Dependency, DependencyKind, Package, vercmp};
use std::collections::{HashMap, HashSet};

/// One requirement with its `pre` mark.
pub(super) struct Requirement<'a> {
    pub dependency: &'a Dependency,
    /// Needed before the package's scripts run.
    pub pre: bool,
}

/// Whether a file is listed in primary, where solvers look for file dependencies.
pub(super) fn is_primary_file(path: &str) -> bool {
    path.starts_with("/etc/") || path == "/usr/lib/sendmail" || path.contains("bin/")
}

/// Requirements to be listed, and those that are only recommendations in old packages.
pub(super) fn select(package: &Package) -> (Vec<Requirement<'_>>, Vec<&Dependency>) {
    let files: HashSet<&str> = package.files.iter().map(|file| file.name.as_str()).collect();
    let provided: HashSet<(&str, u64, &str)> =
        package.dependencies_of(DependencyKind::Provides).map(relation).collect();
    let mut last_of_name: HashMap<&str, (u64, &str, bool)> = HashMap::new();
    let mut listed = Vec::new();
    let mut hints = Vec::new();
    let mut libc: Option<Requirement> = None;
    for dependency in package.dependencies_of(DependencyKind::Requires) {
        let name = dependency.name.as_str();
        let own_file = name.starts_with('/') && files.contains(name) && is_primary_file(name);
        if name.starts_with("rpmlib(") || own_file || provided.contains(&relation(dependency)) {
            continue;
        }
        let pre = dependency.flags & (sense::PREREQ | sense::SCRIPT_PRE | sense::SCRIPT_POST) != 0;
        let (_, flags, version) = relation(dependency);
        if last_of_name.get(name) == Some(&(flags, version, pre)) {
            continue;
        }
        if dependency.flags & sense::MISSINGOK != 0 {
            hints.push(dependency);
            continue;
        }
        let requirement = Requirement { dependency, pre };
        if name.starts_with("libc.so.6") {
            // glibc's symbol versions imply the older ones: only the highest is listed.
            let higher = libc
                .as_ref()
                .is_none_or(|have| symbol_version(name).beats(symbol_version(&have.dependency.name)));
            if higher {
                libc = Some(requirement);
            }
            continue;
        }
        last_of_name.insert(name, (flags, version, pre));
        listed.push(requirement);
    }
    listed.extend(libc);
    (listed, hints)
}

fn relation(dependency: &Dependency) -> (&str, u64, &str) {
    const LESS_OR_GREATER: u64 = sense::LESS | sense::GREATER;
    let compare = match dependency.flags & sense::COMPARE {
        // no comparison at all: it is written without one
        LESS_OR_GREATER | sense::COMPARE => 0,
        compare => compare,
    };
    (&dependency.name, compare, &dependency.version)
}

/// `2.4` of `libc.so.6(GLIBC_2.4)(64bit)`; names without one rank below those with one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum SymbolVersion<'a> {
    NoParentheses,
    Unclosed,
    Empty,
    NoNumber,
    Number(&'a str),
}

impl SymbolVersion<'_> {
    fn beats(self, other: SymbolVersion<'_>) -> bool {
        match (self, other) {
            (SymbolVersion::Number(one), SymbolVersion::Number(two)) => vercmp(one, two).is_gt(),
            (one, two) => one.rank() > two.rank(),
        }
    }

    fn rank(self) -> u8 {
        match self {
            SymbolVersion::NoParentheses => 0,
            SymbolVersion::Unclosed => 1,
            SymbolVersion::Empty => 2,
            SymbolVersion::NoNumber => 3,
            SymbolVersion::Number(_) => 4,
        }
    }
}

fn symbol_version(name: &str) -> SymbolVersion<'_> {
    let Some((_, rest)) = name.split_once('(') else { return SymbolVersion::NoParentheses };
    let Some((inside, _)) = rest.split_once(')') else { return SymbolVersion::Unclosed };
    if inside.is_empty() {
        return SymbolVersion::Empty;
    }
    match inside.find(|c: char| c.is_ascii_digit()) {
        Some(at) => SymbolVersion::Number(inside.split_at(at).1),
        None => SymbolVersion::NoNumber,
    }
}
