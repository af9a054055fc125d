//! Builds: reading, listing, and what changes one as a whole.

mod cancel;
mod change;
mod config;
mod delete;
mod get;
mod list;
mod logs;
mod promote;

use koji_api::methods::{
    BuildReferences, CancelBuild, CreateEmptyBuild, DeleteBuild, FindBuildID, GetAverageBuildDuration,
    GetBuild, GetBuildConfig, GetBuildLogs, GetBuildType, GetNextRelease, ListBuilds, PromoteBuild,
    ResetBuild, SetBuildOwner, SetBuildTimestamp,
};

use super::Entry;

pub(crate) use get::next_release;
pub(crate) use list::kind;

pub const TABLE: &[Entry] = &[
    kept!(BuildReferences, get::build_references),
    write!(CancelBuild, cancel::cancel_build),
    write!(CreateEmptyBuild, change::create_empty_build),
    write!(DeleteBuild, delete::delete_build),
    kept!(FindBuildID, get::find_build_id),
    read!(GetAverageBuildDuration, get::get_average_build_duration),
    kept!(GetBuild, get::get_build),
    kept!(GetBuildConfig, config::get_build_config),
    read!(GetBuildLogs, logs::get_build_logs),
    kept!(GetBuildType, get::get_build_type),
    read!(GetNextRelease, get::get_next_release),
    kept!(ListBuilds, list::list_builds),
    write!(PromoteBuild, promote::promote_build),
    write!(ResetBuild, delete::reset_build),
    write!(SetBuildOwner, change::set_build_owner),
    write!(SetBuildTimestamp, change::set_build_timestamp),
];
