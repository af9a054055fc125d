//! What transactions announce.

use std::fmt;

/// Something that others wait for; announced when the transaction commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    Task(i64),
    Host(i64),
    Log(i64),
    /// Repositories and repo requests of a tag.
    Repo(i64),
    Tag(i64),
    Build(i64),
    /// Tasks or hosts changed so that assignments may be possible.
    Scheduler,
    /// A repo request was made or can go on.
    RepoQueue,
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Topic::Task(id) => write!(f, "task:{id}"),
            Topic::Host(id) => write!(f, "host:{id}"),
            Topic::Log(id) => write!(f, "log:{id}"),
            Topic::Repo(id) => write!(f, "repo:{id}"),
            Topic::Tag(id) => write!(f, "tag:{id}"),
            Topic::Build(id) => write!(f, "build:{id}"),
            Topic::Scheduler => f.write_str("scheduler"),
            Topic::RepoQueue => f.write_str("repo-queue"),
        }
    }
}

/// PostgreSQL's notification channel for [`Topic`]s. Its messages are three words: the topic, an id that no other message of this
/// database has, and what is known about the change as a JSON object, in which there may be blanks, or nothing.
/// PostgreSQL gives the messages to all listeners in the same order, that of the commits.
pub const CHANNEL: &str = "koji_live";
