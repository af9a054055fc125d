use super::prelude::*;

methods! {
    /// Makes a build target.
    CreateBuildTarget "createBuildTarget" Perm("target") (name, build_tag, dest_tag);
    /// Deletes a build target; its name and history stay.
    DeleteBuildTarget "deleteBuildTarget" Perm("target") (buildTargetInfo);
    /// Sets name, build tag and destination tag of a target.
    EditBuildTarget "editBuildTarget" Perm("target") (buildTargetInfo, name, build_tag, dest_tag);
    /// A build target; nil when there is none.
    GetBuildTarget "getBuildTarget" Anyone (info, event = Value::Nil, strict: bool = false);
    /// Build targets, all or those of a build tag or destination tag.
    GetBuildTargets "getBuildTargets" Anyone (info = Value::Nil, event = Value::Nil, buildTagID = Value::Nil, destTagID = Value::Nil, queryOpts = Value::Nil);
}
