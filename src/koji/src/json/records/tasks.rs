//! Tasks, their logs and repositories.

use super::*;

pub const REPO_INFO: Record = record(
    "a repository",
    &[
        has("id", Int, "id of the repository"),
        has("tag_id", Int, "id of its tag"),
        has("tag_name", Text, "name of its tag"),
        has("state", Int, "0 being made, 1 ready, 2 expired, 3 deleted, 4 broken"),
        has("create_event", Int, "the event that it shows the tag at"),
        has("create_ts", Number, "time of that event"),
        has("dist", Bool, "made by dist-repo"),
        may("task_id", Int, "the task that made it"),
        has("url", Text, "where it is"),
        has("buildroots", List(&Int), "ids of the buildroots that were made of it"),
    ],
);

pub const TASK_RUN: Record = record(
    "an attempt to run a task on a host",
    &[
        has("id", Int, "id of the attempt"),
        has("task_id", Int, "id of the task"),
        may("host_name", Text, "the host"),
        may("state", Int, "state of the task, as in taskinfo"),
        may("create_ts", Number, "given to the host"),
        may("start_ts", Number, "started"),
        may("completion_ts", Number, "ended"),
    ],
);

pub const SCHEDULER_MESSAGE: Record = record(
    "a message of the scheduler",
    &[
        has("id", Int, "id of the message"),
        may("task_id", Int, "the task it is about"),
        may("host_id", Int, "the host it is about"),
        may("host_name", Text, "its name"),
        has("msg_ts", Number, "when it was written"),
        has("msg", Text, "the message"),
    ],
);

pub const TASK: Record = record(
    "a task",
    &[
        has("id", Int, "id of the task"),
        has("method", Text, "what it does"),
        has("state", Int, "0 free, 1 open, 2 closed, 3 canceled, 4 assigned, 5 failed"),
        has("arch", Text, "arch"),
        may("parent", Int, "the task that made it"),
        may("label", Text, "its name among the children of the parent"),
        has("priority", Int, "lower ones are first"),
        has("weight", Number, "share of a host's capacity"),
        may("owner", Int, "id of the owner"),
        opt("owner_name", Text, "name of the owner"),
        may("host_id", Int, "host it runs on"),
        may("channel_id", Int, "its channel"),
        may("create_ts", Number, "made"),
        may("start_ts", Number, "started"),
        may("completion_ts", Number, "ended"),
        opt("request", Any, "arguments of the method"),
    ],
);

pub const TASK_INFO: Record = record(
    "a task with what belongs to it; with --recurse its descendants follow",
    &[
        has("id", Int, "id of the task"),
        has("method", Text, "what it does"),
        has("state", Int, "0 free, 1 open, 2 closed, 3 canceled, 4 assigned, 5 failed"),
        has("arch", Text, "arch"),
        may("parent", Int, "the task that made it"),
        may("create_ts", Number, "made"),
        may("start_ts", Number, "started"),
        may("completion_ts", Number, "ended"),
        has("owner_name", Text, "name of the owner"),
        may("host_name", Text, "host it runs on"),
        has("request", Any, "arguments of the method"),
        has("builds", TEXTS, "builds it made"),
        has("buildroots", List(&Int), "ids of its buildroots"),
        has("files", TEXTS, "its output and logs: where they are"),
    ],
);

pub const LAUNCHED: Record = record(
    "the new task",
    &[
        has("task_id", Int, "id of the task"),
        has("url", Text, "its page in the web interface"),
        may("state", Text, "how it ended: CLOSED, CANCELED or FAILED; null when nobody waited"),
        may("failure", Text, "why it failed"),
    ],
);

pub const REQUESTED: Record = record(
    "a repository, or the request for one",
    &[
        may("repo_id", Int, "id of the repository; null when nobody waited"),
        may("url", Text, "its page in the web interface"),
        may("request_id", Int, "id of the request; null when the repository was there"),
        may("task_id", Int, "the task that makes it, where it is known"),
    ],
);

const LOG_LINE: Record = record(
    "a line of a log",
    &[
        has("number", Int, "its number, from 1"),
        has("from_end", Bool, "the number counts from the end: the log was too large to be read whole"),
        has("text", Text, "the line, of root.log without the logger's prefix"),
        has("telling", Bool, "a rule matched it; others are context"),
    ],
);

pub const WHY: Record = record(
    "why a task failed",
    &[
        has("task_id", Int, "the task that was asked about"),
        has("failed_task_id", Int, "the one below it, or itself, that failed"),
        has("method", Text, "method of that one"),
        has("arch", Text, "its architecture"),
        may("host", Text, "the host it ran on"),
        has("class", Text, "kind of the failure: dependency, compile, test, ..."),
        has("meaning", Text, "what the class means"),
        may("rule", Text, "id of the rule that decided; last-line when none did"),
        may("subject", Text, "what it is about: a package, file, symbol or test"),
        may("section", Text, "section of the spec file that failed"),
        may("log", Text, "the log that matters; null when there is none"),
        may("volume", Text, "volume of the log"),
        may("log_url", Text, "where to read it"),
        has("task_url", Text, "page of the failed task"),
        may("cause", Of(&LOG_LINE), "the line that says why"),
        has("lines", List(&Of(&LOG_LINE)), "that line with its surroundings and further telling ones"),
        may("fault", Text, "text of the task's fault"),
        has("remedy", Text, "what usually helps"),
    ],
);
