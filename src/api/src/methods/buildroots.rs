use super::prelude::*;

methods! {
    /// All about one buildroot.
    GetBuildroot "getBuildroot" Anyone (buildrootID, strict: bool = false);
    /// The rpms that were installed in a buildroot.
    GetBuildrootListing "getBuildrootListing" Anyone (id);
    /// Buildroots by any of these filters; `state` and `buildrootID` may be lists.
    ListBuildroots "listBuildroots" Anyone (hostID = Value::Nil, tagID = Value::Nil, state = Value::Nil, rpmID = Value::Nil, archiveID = Value::Nil, taskID = Value::Nil, buildrootID = Value::Nil, repoID = Value::Nil, queryOpts = Value::Nil);
}
