//! Our own extension: waiting instead of polling. A hub that has it says so in its `Koji-Features` header
//! (`live`); against any other hub, poll.

use super::prelude::*;

methods! {
    /// Waits until something happens to one of `topics`, or `timeout` seconds (at most 60) are over.
    ///
    /// Topics: `task:ID` (state of the task or of one of its children), `host:ID` (a task was assigned to the
    /// host, taken from it, or one that waits there has news), `log:TASKID` (output was uploaded), `repo:TAGID` (state of
    /// a repo or request of the tag), `tag:ID` (its contents), `build:ID` (its state). `cursor` is the one of the last answer, nil the first time:
    /// what happened since then counts, so nothing is missed between two calls; an unknown cursor answers at once.
    /// Answer: `{cursor: string, topics: [those that changed]}`.
    LiveWait "live.wait" Anyone (topics, cursor = Value::Nil, timeout = Value::Int(30));
}
