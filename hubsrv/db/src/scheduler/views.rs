//! What `scheduler.getTaskRuns`, `getTaskRefusals` and `getLogMessages` can be asked for.

use crate::view::{Field, View};

const TASK: &str = "task";
const HOST: &str = "host";

/// Fields of the task and host that a row is about.
macro_rules! with_task_and_host {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            ("method", "task.method", Some(TASK)),
            ("state", "task.state", Some(TASK)),
            ("owner", "task.owner", Some(TASK)),
            ("arch", "task.arch", Some(TASK)),
            ("channel_id", "task.channel_id", Some(TASK)),
            ("host_name", "host.name", Some(HOST)),
            ("host_ready", "host.ready", Some(HOST)),
        ] as &[Field]
    };
}

pub const TASK_RUNS: View = View {
    table: "scheduler_task_runs",
    joins: &[
        (TASK, "LEFT JOIN task ON scheduler_task_runs.task_id = task.id"),
        (HOST, "LEFT JOIN host ON scheduler_task_runs.host_id = host.id"),
    ],
    fields: with_task_and_host![
        ("id", "scheduler_task_runs.id", None),
        ("task_id", "scheduler_task_runs.task_id", None),
        ("host_id", "scheduler_task_runs.host_id", None),
        ("active", "scheduler_task_runs.active", None),
        ("create_ts", "date_part('epoch', scheduler_task_runs.create_time)", None),
        ("start_ts", "date_part('epoch', task.start_time)", Some(TASK)),
        ("completion_ts", "date_part('epoch', task.completion_time)", Some(TASK)),
    ],
    default: &["id", "task_id", "host_id", "active", "create_ts"],
};

pub const TASK_REFUSALS: View = View {
    table: "scheduler_task_refusals",
    joins: &[
        (TASK, "LEFT JOIN task ON scheduler_task_refusals.task_id = task.id"),
        (HOST, "LEFT JOIN host ON scheduler_task_refusals.host_id = host.id"),
    ],
    fields: with_task_and_host![
        ("id", "scheduler_task_refusals.id", None),
        ("task_id", "scheduler_task_refusals.task_id", None),
        ("host_id", "scheduler_task_refusals.host_id", None),
        ("by_host", "scheduler_task_refusals.by_host", None),
        ("soft", "scheduler_task_refusals.soft", None),
        ("msg", "scheduler_task_refusals.msg", None),
        ("ts", "date_part('epoch', scheduler_task_refusals.time)", None),
    ],
    default: &["id", "task_id", "host_id", "by_host", "soft", "msg", "ts"],
};

pub const LOG_MESSAGES: View = View {
    table: "scheduler_log_messages",
    joins: &[
        (TASK, "LEFT JOIN task ON scheduler_log_messages.task_id = task.id"),
        (HOST, "LEFT JOIN host ON scheduler_log_messages.host_id = host.id"),
    ],
    fields: with_task_and_host![
        ("id", "scheduler_log_messages.id", None),
        ("task_id", "scheduler_log_messages.task_id", None),
        ("host_id", "scheduler_log_messages.host_id", None),
        ("msg", "scheduler_log_messages.msg", None),
        ("msg_ts", "date_part('epoch', scheduler_log_messages.msg_time)", None),
    ],
    default: &["id", "task_id", "host_id", "msg", "msg_ts"],
};
