use super::prelude::*;

methods! {
    AddExternalRPM "addExternalRPM" Perm("admin") (rpminfo, external_repo, strict: bool = true);
    AddExternalRepoToTag "addExternalRepoToTag" Perm("tag") (tag_info, repo_info, priority, merge_mode = Value::from("koji"), arches = Value::Nil);
    CreateExternalRepo "createExternalRepo" Perm("admin") (name, url);
    DeleteExternalRepo "deleteExternalRepo" Perm("admin") (info);
    EditExternalRepo "editExternalRepo" Perm("admin") (info, name = Value::Nil, url = Value::Nil);
    EditTagExternalRepo "editTagExternalRepo" Perm("tag") (tag_info, repo_info, priority = Value::Nil, merge_mode = Value::Nil, arches = Value::Nil);
    GetExternalRepo "getExternalRepo" Anyone (info, strict: bool = false, event = Value::Nil);
    GetExternalRepoList "getExternalRepoList" Anyone (tag_info, event = Value::Nil);
    GetTagExternalRepos "getTagExternalRepos" Anyone (tag_info = Value::Nil, repo_info = Value::Nil, event = Value::Nil);
    ListExternalRepos "listExternalRepos" Anyone (info = Value::Nil, url = Value::Nil, event = Value::Nil, queryOpts = Value::Nil);
    RemoveExternalRepoFromTag "removeExternalRepoFromTag" Perm("tag") (tag_info, repo_info);
}
