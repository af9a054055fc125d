use super::prelude::*;

methods! {
    DistRepo "distRepo" Inside (tag, keys; **task_opts);
    GetActiveRepos "getActiveRepos" Anyone ();
    GetRepo "getRepo" Anyone (tag, state = Value::Nil, event = Value::Nil, dist: bool = false, min_event = Value::Nil);
    NewRepo "newRepo" Perm("regen-repo") (tag, event = Value::Nil, src: bool = false, debuginfo: bool = false, separate_src: bool = false);
    RepoDelete "repoDelete" Perm("repo") (repo_id);
    RepoExpire "repoExpire" Perm("repo") (repo_id);
    RepoInfo "repoInfo" Anyone (repo_id, strict: bool = false);
    RepoProblem "repoProblem" Perm("repo") (repo_id);
}
