use super::prelude::*;

methods! {
    CreateBuildTarget "createBuildTarget" Perm("target") (name, build_tag, dest_tag);
    DeleteBuildTarget "deleteBuildTarget" Perm("target") (buildTargetInfo);
    EditBuildTarget "editBuildTarget" Perm("target") (buildTargetInfo, name, build_tag, dest_tag);
    GetBuildTarget "getBuildTarget" Anyone (info, event = Value::Nil, strict: bool = false);
    GetBuildTargets "getBuildTargets" Anyone (info = Value::Nil, event = Value::Nil, buildTagID = Value::Nil, destTagID = Value::Nil, queryOpts = Value::Nil);
}
