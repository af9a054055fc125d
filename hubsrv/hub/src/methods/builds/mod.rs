//! Builds: reading, listing, and what changes one as a whole.

mod config;
mod get;
mod list;

use koji_api::methods::{
    BuildReferences, FindBuildID, GetAverageBuildDuration, GetBuild, GetBuildConfig, GetBuildType,
    GetNextRelease, ListBuilds,
};

use super::Entry;

pub(crate) use get::build_types;
pub(crate) use list::kind;

pub const TABLE: &[Entry] = &[
    read!(BuildReferences, get::build_references),
    read!(FindBuildID, get::find_build_id),
    read!(GetAverageBuildDuration, get::get_average_build_duration),
    read!(GetBuild, get::get_build),
    read!(GetBuildConfig, config::get_build_config),
    read!(GetBuildType, get::get_build_type),
    read!(GetNextRelease, get::get_next_release),
    read!(ListBuilds, list::list_builds),
];
