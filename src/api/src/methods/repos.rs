use super::prelude::*;

methods! {
    /// Makes a repo of signed packages; the task's id.
    DistRepo "distRepo" Inside (tag, keys; **task_opts);
    /// All repos that are not deleted.
    GetActiveRepos "getActiveRepos" Anyone ();
    /// The newest ready repo of a tag, or the newest in a state or of an event.
    GetRepo "getRepo" Anyone (tag, state = Value::Nil, event = Value::Nil, dist: bool = false, min_event = Value::Nil);
    /// Makes a repo of a tag; the task's id. `repo.request` is the better way.
    NewRepo "newRepo" Inside (tag, event = Value::Nil, src: bool = false, debuginfo: bool = false, separate_src: bool = false);
    /// Marks a repo deleted unless buildroots use it; how many do.
    RepoDelete "repoDelete" Perm("repo") (repo_id);
    /// Marks a repo as no longer current.
    RepoExpire "repoExpire" Perm("repo") (repo_id);
    /// A repository by its id: its tag, state, event and times.
    RepoInfo "repoInfo" Anyone (repo_id, strict: bool = false);
    /// Marks a repo broken.
    RepoProblem "repoProblem" Perm("repo") (repo_id);
}
