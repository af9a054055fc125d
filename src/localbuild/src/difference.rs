//! Two sets of packages.

use std::collections::BTreeMap;

use koji_buildroot::{InstalledPackage, LockedRpm};

use crate::recorded::{self, Recorded};

/// A package as it is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    pub name: String,
    pub arch: String,
    /// `[epoch:]version-release`.
    pub evr: String,
    /// What Koji identifies the file by; may be unknown (empty).
    pub ident: String,
}

impl From<&InstalledPackage> for Named {
    fn from(p: &InstalledPackage) -> Named {
        named(&p.name, p.epoch, &p.version, &p.release, &p.arch, &p.payloadhash)
    }
}

impl From<&Recorded> for Named {
    fn from(p: &Recorded) -> Named {
        named(&p.name, p.epoch, &p.version, &p.release, &p.arch, &p.payloadhash)
    }
}

impl From<&LockedRpm> for Named {
    fn from(p: &LockedRpm) -> Named {
        let epoch = p.epoch.as_deref().and_then(|e| e.parse().ok());
        named(&p.name, epoch, &p.version, &p.release, &p.arch, &p.sigmd5)
    }
}

fn named(name: &str, epoch: Option<i64>, version: &str, release: &str, arch: &str, ident: &str) -> Named {
    let epoch = epoch.filter(|e| *e != 0).map(|e| format!("{e}:")).unwrap_or_default();
    Named {
        name: name.into(),
        arch: arch.into(),
        evr: format!("{epoch}{version}-{release}"),
        ident: ident.into(),
    }
}

impl Named {
    pub fn nevra(&self) -> String {
        format!("{}-{}.{}", self.name, self.evr, self.arch)
    }
}

/// What is different about one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Only in the first set.
    Missing(Named),
    /// Only in the second.
    Added(Named),
    /// Another version.
    Version(Named, Named),
    /// The same name and version, another file.
    Digest(Named, Named),
}

/// How the second set differs from the first, sorted by name. Several versions of one package (kernels) pair up in order.
pub fn difference(first: &[Named], second: &[Named]) -> Vec<Change> {
    let group = |list: &[Named]| {
        let mut by: BTreeMap<(String, String), Vec<Named>> = BTreeMap::new();
        for p in list {
            by.entry((p.name.clone(), p.arch.clone())).or_default().push(p.clone());
        }
        by.values_mut().for_each(|v| v.sort());
        by
    };
    let (one, mut two) = (group(first), group(second));
    let mut changes = Vec::new();
    for (key, ours) in one {
        let mut theirs = two.remove(&key).unwrap_or_default();
        let mut rest = Vec::new();
        for p in ours {
            match theirs.iter().position(|o| o.evr == p.evr) {
                Some(at) => {
                    let other = theirs.remove(at);
                    if other.ident != p.ident && !other.ident.is_empty() && !p.ident.is_empty() {
                        changes.push(Change::Digest(p, other));
                    }
                }
                None => rest.push(p),
            }
        }
        let mut others = theirs.into_iter();
        for p in rest {
            changes.push(match others.next() {
                Some(other) => Change::Version(p, other),
                None => Change::Missing(p),
            });
        }
        changes.extend(others.map(Change::Added));
    }
    changes.extend(two.into_values().flatten().map(Change::Added));
    changes.sort_by(|a, b| a.name().cmp(b.name()));
    changes
}

impl Change {
    fn name(&self) -> &str {
        match self {
            Change::Missing(p) | Change::Added(p) | Change::Version(p, _) | Change::Digest(p, _) => &p.name,
        }
    }
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Change::Missing(p) => write!(f, "- {}", p.nevra()),
            Change::Added(p) => write!(f, "+ {}", p.nevra()),
            Change::Version(a, b) => write!(f, "~ {}.{} {} -> {}", a.name, a.arch, a.evr, b.evr),
            Change::Digest(a, b) => write!(f, "! {} {} -> {}", a.nevra(), a.ident, b.ident),
        }
    }
}

/// Sets of what a hub recorded and what is installed here.
impl Recorded {
    pub fn is_installed(&self, list: &[InstalledPackage]) -> bool {
        list.iter().any(|p| recorded::installed_nevra(p) == self.nevra() && p.payloadhash == self.payloadhash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn p(name: &str, evr: &str, ident: &str) -> Named {
        Named { name: name.into(), arch: "x86_64".into(), evr: evr.into(), ident: ident.into() }
    }

    #[test]
    fn each_kind_of_change() {
        let one = [
            p("a", "1-1", "x"),
            p("b", "1-1", "x"),
            p("c", "1-1", "x"),
            p("k", "1-1", ""),
            p("k", "2-1", ""),
        ];
        let two = [p("a", "1-1", "y"), p("b", "2-1", "x"), p("d", "1-1", "x"), p("k", "2-1", "z")];
        let text: Vec<String> = difference(&one, &two).iter().map(ToString::to_string).collect();
        assert_eq!(
            text,
            [
                "! a-1-1.x86_64 x -> y",
                "~ b.x86_64 1-1 -> 2-1",
                "- c-1-1.x86_64",
                "+ d-1-1.x86_64",
                "- k-1-1.x86_64"
            ]
        );
    }

    proptest! {
        #[test]
        fn nothing_differs_from_itself(names in proptest::collection::vec("[a-c]{1,2}", 0..8)) {
            let set: Vec<Named> = names.iter().map(|n| p(n, "1-1", n)).collect();
            prop_assert!(difference(&set, &set).is_empty());
            prop_assert_eq!(difference(&set, &[]).len(), set.len());
            prop_assert_eq!(difference(&[], &set).len(), set.len());
        }
    }
}
