use super::prelude::*;

methods! {
    /// The changelog of a build's or task's source package, newest first.
    GetChangelogEntries "getChangelogEntries" Anyone (buildID = Value::Nil, taskID = Value::Nil, filepath = Value::Nil, author = Value::Nil, before = Value::Nil, after = Value::Nil, queryOpts = Value::Nil, strict: bool = false);
    /// One rpm by id, N-V-R.A or struct; with `multi` all that fit.
    GetRPM "getRPM" Anyone (rpminfo, strict: bool = false, multi: bool = false);
    /// What an rpm requires, provides, ...: `name`, `version`, `flags`, `type`.
    GetRPMDeps "getRPMDeps" Anyone (rpmID, depType = Value::Nil, queryOpts = Value::Nil, strict: bool = false);
    /// One file of an rpm; an empty struct when it has no such file.
    GetRPMFile "getRPMFile" Anyone (rpmID, filename, strict: bool = false);
    /// Fields of an rpm's headers by name; all without `headers`.
    GetRPMHeaders "getRPMHeaders" Anyone (rpmID = Value::Nil, taskID = Value::Nil, filepath = Value::Nil, headers = Value::Nil, strict: bool = false);
    /// Imports an uploaded rpm; a source package makes its build.
    ImportRPM "importRPM" Perm("admin") (path, basename);
    /// The rpms of a build.
    ListBuildRPMs "listBuildRPMs" Anyone (build);
    /// The files of an rpm.
    ListRPMFiles "listRPMFiles" Anyone (rpmID, queryOpts = Value::Nil);
    /// Rpms by any of these filters.
    ListRPMs "listRPMs" Anyone (buildID = Value::Nil, buildrootID = Value::Nil, imageID = Value::Nil, componentBuildrootID = Value::Nil, hostID = Value::Nil, arches = Value::Nil, queryOpts = Value::Nil, draft = Value::Nil);
}
