use super::prelude::*;

methods! {
    /// Records an rpm that lies in an external repository.
    AddExternalRPM "addExternalRPM" Perm("admin") (rpminfo, external_repo, strict: bool = true);
    /// Has a tag use an external repository; merge modes are koji, simple and bare.
    AddExternalRepoToTag "addExternalRepoToTag" Perm("tag") (tag_info, repo_info, priority, merge_mode = Value::from("koji"), arches = Value::Nil);
    /// Makes an external repository; answers it.
    CreateExternalRepo "createExternalRepo" Perm("admin") (name, url);
    /// Deletes an external repository and takes it off all tags.
    DeleteExternalRepo "deleteExternalRepo" Perm("admin") (info);
    /// Changes name or URL of an external repository.
    EditExternalRepo "editExternalRepo" Perm("admin") (info, name = Value::Nil, url = Value::Nil);
    /// Changes how a tag uses an external repository; answers whether anything changed.
    EditTagExternalRepo "editTagExternalRepo" Perm("tag") (tag_info, repo_info, priority = Value::Nil, merge_mode = Value::Nil, arches = Value::Nil);
    /// An external repository; nil when there is none.
    GetExternalRepo "getExternalRepo" Anyone (info, strict: bool = false, event = Value::Nil);
    /// The external repositories of a tag and of all it inherits from, each once, nearest first.
    GetExternalRepoList "getExternalRepoList" Anyone (tag_info, event = Value::Nil);
    /// Links between tags and external repositories, by priority.
    GetTagExternalRepos "getTagExternalRepos" Anyone (tag_info = Value::Nil, repo_info = Value::Nil, event = Value::Nil);
    /// External repositories, all or by name or URL.
    ListExternalRepos "listExternalRepos" Anyone (info = Value::Nil, url = Value::Nil, event = Value::Nil, queryOpts = Value::Nil);
    /// Ends the use of an external repository by a tag.
    RemoveExternalRepoFromTag "removeExternalRepoFromTag" Perm("tag") (tag_info, repo_info);
}
