//! What a package requires, provides and so on.

use crate::header::{Header, tags};
use serde::{Deserialize, Serialize};

/// The kinds of dependency, numbered as Koji's `getRPMDeps` numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DependencyKind {
    /// 0
    Requires,
    /// 1
    Provides,
    /// 2
    Obsoletes,
    /// 3
    Conflicts,
    /// 4
    Suggests,
    /// 5
    Enhances,
    /// 6
    Supplements,
    /// 7
    Recommends,
}

impl DependencyKind {
    /// Every kind, in the order in which Koji lists them.
    pub const ALL: [Self; 8] = [
        Self::Requires,
        Self::Provides,
        Self::Conflicts,
        Self::Obsoletes,
        Self::Suggests,
        Self::Enhances,
        Self::Supplements,
        Self::Recommends,
    ];

    /// Koji's number.
    pub fn number(self) -> i64 {
        match self {
            Self::Requires => 0,
            Self::Provides => 1,
            Self::Obsoletes => 2,
            Self::Conflicts => 3,
            Self::Suggests => 4,
            Self::Enhances => 5,
            Self::Supplements => 6,
            Self::Recommends => 7,
        }
    }

    /// rpm's name for the kind, upper case: the header field with the names.
    pub fn field(self) -> &'static str {
        match self {
            Self::Requires => "REQUIRES",
            Self::Provides => "PROVIDES",
            Self::Obsoletes => "OBSOLETES",
            Self::Conflicts => "CONFLICTS",
            Self::Suggests => "SUGGESTS",
            Self::Enhances => "ENHANCES",
            Self::Supplements => "SUPPLEMENTS",
            Self::Recommends => "RECOMMENDS",
        }
    }

    /// The tags of names, flags and versions.
    pub(crate) fn tags(self) -> (u32, u32, u32) {
        use tags::*;
        match self {
            Self::Requires => (REQUIRES, REQUIREFLAGS, REQUIREVERSION),
            Self::Provides => (PROVIDES, PROVIDEFLAGS, PROVIDEVERSION),
            Self::Obsoletes => (OBSOLETES, OBSOLETEFLAGS, OBSOLETEVERSION),
            Self::Conflicts => (CONFLICTS, CONFLICTFLAGS, CONFLICTVERSION),
            Self::Suggests => (SUGGESTS, SUGGESTFLAGS, SUGGESTVERSION),
            Self::Enhances => (ENHANCES, ENHANCEFLAGS, ENHANCEVERSION),
            Self::Supplements => (SUPPLEMENTS, SUPPLEMENTFLAGS, SUPPLEMENTVERSION),
            Self::Recommends => (RECOMMENDS, RECOMMENDFLAGS, RECOMMENDVERSION),
        }
    }
}

/// Flag bits of a dependency (rpm's `RPMSENSE_*`).
pub mod sense {
    /// `<`
    pub const LESS: u64 = 1 << 1;
    /// `>`
    pub const GREATER: u64 = 1 << 2;
    /// `=`
    pub const EQUAL: u64 = 1 << 3;
    /// The comparison bits together.
    pub const COMPARE: u64 = LESS | GREATER | EQUAL;
    /// Old-style prerequisite.
    pub const PREREQ: u64 = 1 << 6;
    /// Needed by the %pre script.
    pub const SCRIPT_PRE: u64 = 1 << 9;
    /// Needed by the %post script.
    pub const SCRIPT_POST: u64 = 1 << 10;
    /// Needed by the %preun script.
    pub const SCRIPT_PREUN: u64 = 1 << 11;
    /// Needed by the %postun script.
    pub const SCRIPT_POSTUN: u64 = 1 << 12;
    /// A hint, not a need (weak dependency of old packages).
    pub const MISSINGOK: u64 = 1 << 19;
}

/// One dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// What kind it is.
    pub kind: DependencyKind,
    /// Package, capability, file or rich expression.
    pub name: String,
    /// `[E:]V[-R]`, empty for any version.
    pub version: String,
    /// [`sense`] bits.
    pub flags: u64,
}

impl Dependency {
    /// The comparison as text: `<`, `<=`, `=`, `>=`, `>` or nothing.
    pub fn operator(&self) -> String {
        operator(self.flags)
    }
}

/// [`Dependency::operator`] of bare flags.
pub fn operator(flags: u64) -> String {
    [(sense::LESS, '<'), (sense::GREATER, '>'), (sense::EQUAL, '=')]
        .into_iter()
        .filter_map(|(bit, sign)| (flags & bit != 0).then_some(sign))
        .collect()
}

pub(crate) fn read(header: &Header) -> Vec<Dependency> {
    DependencyKind::ALL.into_iter().flat_map(|kind| read_kind(header, kind)).collect()
}

fn read_kind(header: &Header, kind: DependencyKind) -> Vec<Dependency> {
    let (names, flags, versions) = kind.tags();
    let mut flags = header.ints(flags).into_iter();
    let mut versions = header.strings(versions).into_iter();
    header
        .strings(names)
        .into_iter()
        .map(|name| Dependency {
            kind,
            name,
            version: versions.next().unwrap_or_default(),
            flags: flags.next().unwrap_or(0),
        })
        .collect()
}
