use super::prelude::*;

methods! {
    RepoAutoRequests "repo.autoRequests" Perm("repo") ();
    RepoCheckQueue "repo.checkQueue" Perm("repo") ();
    RepoCheckRequest "repo.checkRequest" Anyone (req_id);
    RepoGet "repo.get" Anyone (tag, min_event = Value::Nil, at_event = Value::Nil, opts = Value::Nil);
    RepoGetExternalRepoData "repo.getExternalRepoData" Anyone (erepo);
    RepoQuery "repo.query" Anyone (clauses, fields = Value::Nil, opts = Value::Nil);
    RepoQueryQueue "repo.queryQueue" Anyone (clauses = Value::Nil, fields = Value::Nil, opts = Value::Nil);
    RepoReferences "repo.references" Anyone (repo_id);
    RepoRequest "repo.request" Login (tag, min_event = Value::Nil, at_event = Value::Nil, opts = Value::Nil, priority = Value::Nil, force: bool = false);
    RepoSetExternalRepoData "repo.setExternalRepoData" Perm("repo") (external_repo_id, data);
    RepoSetRequestPriority "repo.setRequestPriority" Perm("admin") (req_id, priority);
    RepoSetState "repo.setState" Perm("repo") (repo_id, state);
    RepoUpdateEndEvents "repo.updateEndEvents" Perm("repo") ();
}
