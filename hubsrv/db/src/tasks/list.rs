//! `listTasks`.

use super::COLUMNS;
use crate::{Arg, OptsError, Query, QueryOpts};

/// A filter by one column: these values, or none of these. `None` in the list stands for NULL.
#[derive(Debug, Clone, PartialEq)]
pub enum Among {
    Ints(Vec<i64>),
    Texts(Vec<String>),
    Null,
}

/// What `listTasks` filters by; everything given must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskFilter {
    /// Name of the option, values, and whether they are the ones not wanted.
    pub columns: Vec<(&'static str, Among, bool)>,
    pub method: Option<String>,
    /// Name of the option (`createdBefore`, ...), and seconds since 1970 or a date as text.
    pub times: Vec<(&'static str, When)>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum When {
    Seconds(f64),
    Text(String),
}

/// The options that name a column.
pub const COLUMN_OPTIONS: [&str; 6] = ["arch", "state", "owner", "host_id", "channel_id", "parent"];
/// The options that name a time.
pub const TIME_OPTIONS: [&str; 8] = [
    "createdBefore",
    "createdAfter",
    "startedBefore",
    "startedAfter",
    "completeBefore",
    "completeAfter",
    "completedBefore",
    "completedAfter",
];

/// Tasks with the keys of `getTaskInfo`, `request` and `result` as text, and the owner's name and type.
pub fn list(filter: &TaskFilter, opts: &QueryOpts) -> Result<Query, OptsError> {
    let mut query = Query::from("task")
        .columns(COLUMNS)
        .columns(&[("task.request", "request"), ("task.result", "result")])
        .columns(&[("users.name", "owner_name"), ("users.usertype", "owner_type")])
        .join("LEFT JOIN users ON task.owner = users.id");
    for (name, among, not) in &filter.columns {
        query = column(query, name, among, *not);
    }
    query = query.filter_opt("task.method = {}", filter.method.as_deref());
    for (name, when) in &filter.times {
        query = time(query, name, when);
    }
    query.options(opts)
}

fn column(query: Query, name: &str, among: &Among, not: bool) -> Query {
    let sql = match name {
        "arch" => "task.arch",
        "state" => "task.state",
        "owner" => "task.owner",
        "host_id" => "task.host_id",
        "channel_id" => "task.channel_id",
        "parent" => "task.parent",
        _ => return query,
    };
    let values = match among {
        Among::Null => {
            let test = if not { "IS NOT NULL AND {}" } else { "IS NULL AND {}" };
            return query.compare(sql, test, Arg::from(true));
        }
        Among::Ints(ints) => Arg::from(ints.clone()),
        Among::Texts(texts) => Arg::from(texts.clone()),
    };
    query.compare(sql, if not { "<> ALL({})" } else { "= ANY({})" }, values)
}

fn time(query: Query, name: &str, when: &When) -> Query {
    let sql = match name {
        "createdBefore" | "createdAfter" => "task.create_time",
        "startedBefore" | "startedAfter" => "task.start_time",
        "completeBefore" | "completedBefore" | "completeAfter" | "completedAfter" => "task.completion_time",
        _ => return query,
    };
    let before = name.ends_with("Before");
    match when {
        When::Seconds(s) => query.compare(
            sql,
            if before { "< to_timestamp({})" } else { "> to_timestamp({})" },
            Arg::from(*s),
        ),
        When::Text(t) => query.compare(
            sql,
            if before { "< {}::text::timestamptz" } else { "> {}::text::timestamptz" },
            Arg::from(t.as_str()),
        ),
    }
}
