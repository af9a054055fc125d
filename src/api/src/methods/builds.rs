use super::prelude::*;

methods! {
    BuildReferences "buildReferences" Anyone (build, limit = Value::Nil, lazy: bool = false);
    CancelBuild "cancelBuild" Login (buildID, strict: bool = false);
    CreateEmptyBuild "createEmptyBuild" Perm("admin") (name, version, release, epoch, owner = Value::Nil, draft: bool = false);
    DeleteBuild "deleteBuild" Perm("admin") (build, strict: bool = true, min_ref_age = Value::Int(604800));
    FindBuildID "findBuildID" Anyone (X, strict: bool = false);
    GetAverageBuildDuration "getAverageBuildDuration" Anyone (package, age = Value::Nil);
    GetBuild "getBuild" Anyone (buildInfo, strict: bool = false);
    GetBuildConfig "getBuildConfig" Anyone (tag, event = Value::Nil);
    GetBuildLogs "getBuildLogs" Anyone (build);
    GetBuildType "getBuildType" Anyone (buildInfo, strict: bool = false);
    GetNextRelease "getNextRelease" Anyone (build_info, incr = Value::Int(1));
    ListBuilds "listBuilds" Anyone (packageID = Value::Nil, userID = Value::Nil, taskID = Value::Nil, prefix = Value::Nil, state = Value::Nil, volumeID = Value::Nil, source = Value::Nil, createdBefore = Value::Nil, createdAfter = Value::Nil, completeBefore = Value::Nil, completeAfter = Value::Nil, r#type = Value::Nil, typeInfo = Value::Nil, queryOpts = Value::Nil, pattern = Value::Nil, cgID = Value::Nil, draft = Value::Nil, promotedBefore = Value::Nil, promotedAfter = Value::Nil, promoter = Value::Nil);
    PromoteBuild "promoteBuild" Login (build, force: bool = false);
    ResetBuild "resetBuild" Perm("admin") (build);
    SetBuildOwner "setBuildOwner" Perm("admin") (build, user);
    SetBuildTimestamp "setBuildTimestamp" Perm("admin") (build, ts);
}
