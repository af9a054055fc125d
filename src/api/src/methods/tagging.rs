use super::prelude::*;

methods! {
    GetLatestBuilds "getLatestBuilds" Anyone (tag, event = Value::Nil, package = Value::Nil, r#type = Value::Nil, draft = Value::Nil);
    GetLatestRPMS "getLatestRPMS" Anyone (tag, package = Value::Nil, arch = Value::Nil, event = Value::Nil, rpmsigs: bool = false, r#type = Value::Nil, draft = Value::Nil);
    ListTagged "listTagged" Anyone (tag, event = Value::Nil, inherit: bool = false, prefix = Value::Nil, latest = Value::Bool(false), package = Value::Nil, owner = Value::Nil, r#type = Value::Nil, strict: bool = true, extra: bool = false, draft = Value::Nil);
    ListTaggedRPMS "listTaggedRPMS" Anyone (tag, event = Value::Nil, inherit: bool = false, latest = Value::Bool(false), package = Value::Nil, arch = Value::Nil, rpmsigs: bool = false, owner = Value::Nil, r#type = Value::Nil, strict: bool = true, extra: bool = true, draft = Value::Nil);
    MassTag "massTag" Perm("tag") (tag, builds);
    MoveAllBuilds "moveAllBuilds" Login (tag1, tag2, package, force: bool = false);
    MoveBuild "moveBuild" Login (tag1, tag2, build, force: bool = false);
    SnapshotTag "snapshotTag" Perm("tag") (src, dst, config: bool = true, pkgs: bool = true, builds: bool = true, groups: bool = true, latest_only: bool = true, inherit_builds: bool = true, event = Value::Nil, force: bool = false);
    SnapshotTagModify "snapshotTagModify" Perm("tag") (src, dst, config: bool = true, pkgs: bool = true, builds: bool = true, groups: bool = true, latest_only: bool = true, inherit_builds: bool = true, event = Value::Nil, force: bool = false, remove: bool = false);
    TagBuild "tagBuild" Login (tag, build, force: bool = false, fromtag = Value::Nil);
    TagBuildBypass "tagBuildBypass" Perm("tag") (tag, build, force: bool = false, notify: bool = false);
    UntagBuild "untagBuild" Login (tag, build, strict: bool = true, force: bool = false);
    UntagBuildBypass "untagBuildBypass" Perm("tag") (tag, build, strict: bool = true, force: bool = false, notify: bool = false);
    UntaggedBuilds "untaggedBuilds" Anyone (name = Value::Nil, queryOpts = Value::Nil, draft = Value::Nil);
}
