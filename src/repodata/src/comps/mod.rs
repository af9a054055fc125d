//! Comps files: the package groups of a repository.

mod read;
mod write;

pub use read::read;
pub use write::generate;

use serde::{Deserialize, Deserializer, Serialize};

/// A package group with what Koji's `getTagGroups` says of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The id: `build`, `srpm-build`, ...
    pub name: String,
    /// Name for people.
    #[serde(default, deserialize_with = "nullable")]
    pub display_name: String,
    /// What it is.
    #[serde(default, deserialize_with = "nullable")]
    pub description: String,
    /// Whether it is installed when nothing is said.
    #[serde(default, deserialize_with = "nullable")]
    pub is_default: bool,
    /// Whether it is shown.
    #[serde(default, deserialize_with = "nullable")]
    pub uservisible: bool,
    /// The language it is for. Koji writes `true` or `false` by whether there is one, and so do we.
    #[serde(default)]
    pub langonly: Option<String>,
    /// Whether it only makes sense with several architectures.
    #[serde(default, deserialize_with = "nullable")]
    pub biarchonly: bool,
    /// The packages.
    #[serde(default, deserialize_with = "nullable")]
    pub packagelist: Vec<GroupPackage>,
    /// Other groups that it needs.
    #[serde(default, deserialize_with = "nullable")]
    pub grouplist: Vec<GroupRequirement>,
}

/// A package of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPackage {
    /// Its name.
    pub package: String,
    /// `mandatory`, `default`, `optional` or `conditional`.
    #[serde(rename = "type", default, deserialize_with = "nullable")]
    pub kind: String,
    /// Whether only that of the base architecture is meant.
    #[serde(default, deserialize_with = "nullable")]
    pub basearchonly: bool,
    /// For conditional packages: the package on which it depends whether this one is installed.
    #[serde(default)]
    pub requires: Option<String>,
}

/// A group that a group needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRequirement {
    /// Its id.
    pub name: String,
    /// `mandatory` and so on.
    #[serde(rename = "type", default)]
    pub kind: Option<String>,
    /// Whether it is a metapkg.
    #[serde(default, deserialize_with = "nullable")]
    pub is_metapkg: bool,
}

/// The hub gives null where nothing was set.
fn nullable<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(input: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or_default())
}
