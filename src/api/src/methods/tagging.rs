use super::prelude::*;

methods! {
    /// The latest build of each package in a tag, inheritance included.
    GetLatestBuilds "getLatestBuilds" Anyone (tag, event = Value::Nil, package = Value::Nil, r#type = Value::Nil, draft = Value::Nil);
    /// The rpms of the latest builds in a tag, and the builds.
    GetLatestRPMS "getLatestRPMS" Anyone (tag, package = Value::Nil, arch = Value::Nil, event = Value::Nil, rpmsigs: bool = false, r#type = Value::Nil, draft = Value::Nil);
    /// The builds of a tag, the most recently tagged first. `latest`: one for each package, or so many.
    ListTagged "listTagged" Anyone (tag, event = Value::Nil, inherit: bool = false, prefix = Value::Nil, latest = Value::Bool(false), package = Value::Nil, owner = Value::Nil, r#type = Value::Nil, strict: bool = true, extra: bool = false, draft = Value::Nil);
    /// The rpms of a tag's builds, and the builds.
    ListTaggedRPMS "listTaggedRPMS" Anyone (tag, event = Value::Nil, inherit: bool = false, latest = Value::Bool(false), package = Value::Nil, arch = Value::Nil, rpmsigs: bool = false, owner = Value::Nil, r#type = Value::Nil, strict: bool = true, extra: bool = true, draft = Value::Nil);
    /// Tags builds in the given order without asking anybody.
    MassTag "massTag" Perm("tag") (tag, builds);
    /// Moves all builds of a package from `tag1` to `tag2`, oldest first; the tasks' ids.
    MoveAllBuilds "moveAllBuilds" Login (tag1, tag2, package, force: bool = false);
    /// Moves a build from `tag1` to `tag2`; the task's id.
    MoveBuild "moveBuild" Login (tag1, tag2, build, force: bool = false);
    /// A new tag with what `src` holds, without what it inherits from.
    SnapshotTag "snapshotTag" Perm("tag") (src, dst, config: bool = true, pkgs: bool = true, builds: bool = true, groups: bool = true, latest_only: bool = true, inherit_builds: bool = true, event = Value::Nil, force: bool = false);
    /// Makes an existing tag hold what `src` does; `remove` takes out the rest.
    SnapshotTagModify "snapshotTagModify" Perm("tag") (src, dst, config: bool = true, pkgs: bool = true, builds: bool = true, groups: bool = true, latest_only: bool = true, inherit_builds: bool = true, event = Value::Nil, force: bool = false, remove: bool = false);
    /// Makes a task that tags a build, after all checks; its id.
    TagBuild "tagBuild" Login (tag, build, force: bool = false, fromtag = Value::Nil);
    /// Tags a build at once: no task, no check of the package list.
    TagBuildBypass "tagBuildBypass" Perm("tag") (tag, build, force: bool = false, notify: bool = false);
    /// Takes a build out of a tag, at once.
    UntagBuild "untagBuild" Login (tag, build, strict: bool = true, force: bool = false);
    /// As `untagBuild`, for holders of the permission; mail only with `notify`.
    UntagBuildBypass "untagBuildBypass" Perm("tag") (tag, build, strict: bool = true, force: bool = false, notify: bool = false);
    /// Complete builds that are in no tag.
    UntaggedBuilds "untaggedBuilds" Anyone (name = Value::Nil, queryOpts = Value::Nil, draft = Value::Nil);
}
