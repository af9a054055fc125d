use super::prelude::*;

methods! {
    GetBuildroot "getBuildroot" Anyone (buildrootID, strict: bool = false);
    GetBuildrootListing "getBuildrootListing" Anyone (id);
    ListBuildroots "listBuildroots" Anyone (hostID = Value::Nil, tagID = Value::Nil, state = Value::Nil, rpmID = Value::Nil, archiveID = Value::Nil, taskID = Value::Nil, buildrootID = Value::Nil, repoID = Value::Nil, queryOpts = Value::Nil);
}
