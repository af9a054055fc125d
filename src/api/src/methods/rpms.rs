use super::prelude::*;

methods! {
    GetChangelogEntries "getChangelogEntries" Anyone (buildID = Value::Nil, taskID = Value::Nil, filepath = Value::Nil, author = Value::Nil, before = Value::Nil, after = Value::Nil, queryOpts = Value::Nil, strict: bool = false);
    GetRPM "getRPM" Anyone (rpminfo, strict: bool = false, multi: bool = false);
    GetRPMDeps "getRPMDeps" Anyone (rpmID, depType = Value::Nil, queryOpts = Value::Nil, strict: bool = false);
    GetRPMFile "getRPMFile" Anyone (rpmID, filename, strict: bool = false);
    GetRPMHeaders "getRPMHeaders" Anyone (rpmID = Value::Nil, taskID = Value::Nil, filepath = Value::Nil, headers = Value::Nil, strict: bool = false);
    ImportRPM "importRPM" Perm("admin") (path, basename);
    ListBuildRPMs "listBuildRPMs" Anyone (build);
    ListRPMFiles "listRPMFiles" Anyone (rpmID, queryOpts = Value::Nil);
    ListRPMs "listRPMs" Anyone (buildID = Value::Nil, buildrootID = Value::Nil, imageID = Value::Nil, componentBuildrootID = Value::Nil, hostID = Value::Nil, arches = Value::Nil, queryOpts = Value::Nil, draft = Value::Nil);
}
