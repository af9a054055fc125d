use super::prelude::*;

methods! {
    /// What refers to a build: tags, rpms and archives that were built with it, archives that contain it, last use.
    BuildReferences "buildReferences" Anyone (build, limit = Value::Nil, lazy: bool = false);
    /// Cancels a build in progress and its tasks; owner or admin. True when this call canceled it.
    CancelBuild "cancelBuild" Login (buildID, strict: bool = false);
    /// A complete build without content; its id.
    CreateEmptyBuild "createEmptyBuild" Perm("admin") (name, version, release, epoch, owner = Value::Nil, draft: bool = false);
    /// Deletes a build that nothing refers to; its N-V-R stays taken. `min_ref_age`: seconds since its last use.
    DeleteBuild "deleteBuild" Perm("admin") (build, strict: bool = true, min_ref_age = Value::Int(604800));
    /// The id of a build given by id, N-V-R or struct.
    FindBuildID "findBuildID" Anyone (X, strict: bool = false);
    /// Mean seconds of a package's builds, of the last `age` months; nil without any.
    GetAverageBuildDuration "getAverageBuildDuration" Anyone (package, age = Value::Nil);
    /// All about one build; nil when there is none.
    GetBuild "getBuild" Anyone (buildInfo, strict: bool = false);
    /// A tag with the arches and extra data that it inherits.
    GetBuildConfig "getBuildConfig" Anyone (tag, event = Value::Nil);
    /// The stored logs of a build: `name`, `dir`, `path` below the top directory.
    GetBuildLogs "getBuildLogs" Anyone (build);
    /// Type name to what is known of the build as one of that type.
    GetBuildType "getBuildType" Anyone (buildInfo, strict: bool = false);
    /// The release after the newest one of a package's version.
    GetNextRelease "getNextRelease" Anyone (build_info, incr = Value::Int(1));
    /// Builds by any of these filters.
    ListBuilds "listBuilds" Anyone (packageID = Value::Nil, userID = Value::Nil, taskID = Value::Nil, prefix = Value::Nil, state = Value::Nil, volumeID = Value::Nil, source = Value::Nil, createdBefore = Value::Nil, createdAfter = Value::Nil, completeBefore = Value::Nil, completeAfter = Value::Nil, r#type = Value::Nil, typeInfo = Value::Nil, queryOpts = Value::Nil, pattern = Value::Nil, cgID = Value::Nil, draft = Value::Nil, promotedBefore = Value::Nil, promotedAfter = Value::Nil, promoter = Value::Nil);
    /// Makes a draft an ordinary build; policy `draft_promotion`.
    PromoteBuild "promoteBuild" Login (build, force: bool = false);
    /// Forgets everything that was imported for a build and leaves it canceled.
    ResetBuild "resetBuild" Perm("admin") (build);
    /// Changes who owns a build.
    SetBuildOwner "setBuildOwner" Perm("admin") (build, user);
    /// Changes when a build was complete, in seconds since 1970.
    SetBuildTimestamp "setBuildTimestamp" Perm("admin") (build, ts);
}
