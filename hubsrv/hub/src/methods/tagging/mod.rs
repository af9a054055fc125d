//! Builds in tags: listing, tagging, untagging, moving.

mod change;
mod list;
mod moves;
mod resync;
mod rules;
mod snapshot;

use koji_api::methods::{
    GetLatestBuilds, GetLatestRPMS, ListTagged, ListTaggedRPMS, MassTag, MoveAllBuilds, MoveBuild,
    SnapshotTag, SnapshotTagModify, TagBuild, TagBuildBypass, UntagBuild, UntagBuildBypass, UntaggedBuilds,
};

use super::Entry;

pub(crate) use list::tag_at;
pub(crate) use rules::{put, require_listed, require_policy, take};

pub const TABLE: &[Entry] = &[
    kept!(GetLatestBuilds, list::get_latest_builds),
    kept!(GetLatestRPMS, list::get_latest_rpms),
    kept!(ListTagged, list::list_tagged),
    kept!(ListTaggedRPMS, list::list_tagged_rpms),
    write!(MassTag, change::mass_tag),
    write!(MoveAllBuilds, moves::move_all_builds),
    write!(MoveBuild, moves::move_build),
    write!(SnapshotTag, snapshot::snapshot_tag),
    write!(SnapshotTagModify, resync::snapshot_tag_modify),
    write!(TagBuild, change::tag_build),
    write!(TagBuildBypass, change::tag_build_bypass),
    write!(UntagBuild, change::untag_build),
    write!(UntagBuildBypass, change::untag_build_bypass),
    kept!(UntaggedBuilds, list::untagged_builds),
];
