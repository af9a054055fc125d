use super::prelude::*;

methods! {
    /// Requests repos for the tags with the setting `repo.auto`.
    RepoAutoRequests "repo.autoRequests" Perm("repo") ();
    /// Gives waiting requests their tasks.
    RepoCheckQueue "repo.checkQueue" Perm("repo") ();
    /// A request with its repo or task.
    RepoCheckRequest "repo.checkRequest" Anyone (req_id);
    /// The newest ready repo of a tag with these options, of an event or later.
    RepoGet "repo.get" Anyone (tag, min_event = Value::Nil, at_event = Value::Nil, opts = Value::Nil);
    /// What kojira keeps about an external repo.
    RepoGetExternalRepoData "repo.getExternalRepoData" Anyone (erepo);
    /// Repos by clauses: `[field, value]` or `[field, operator, value]`.
    RepoQuery "repo.query" Anyone (clauses, fields = Value::Nil, opts = Value::Nil);
    /// Requests by clauses.
    RepoQueryQueue "repo.queryQueue" Anyone (clauses = Value::Nil, fields = Value::Nil, opts = Value::Nil);
    /// Buildroots that use a repo.
    RepoReferences "repo.references" Anyone (repo_id);
    /// A repo that does, a request under way, or a new one: `{repo, request, duplicate}`.
    RepoRequest "repo.request" Login (tag, min_event = Value::Nil, at_event = Value::Nil, opts = Value::Nil, priority = Value::Nil, force: bool = false);
    /// Stores what kojira keeps about an external repo; tags that use it have changed.
    RepoSetExternalRepoData "repo.setExternalRepoData" Perm("repo") (external_repo_id, data);
    /// How urgent a request is, lower being sooner.
    RepoSetRequestPriority "repo.setRequestPriority" Perm("admin") (req_id, priority);
    /// Sets a repo's state; states go forward only.
    RepoSetState "repo.setState" Perm("repo") (repo_id, state);
    /// Notes for ready repos since when their tag has changed.
    RepoUpdateEndEvents "repo.updateEndEvents" Perm("repo") ();
}
