//! Repositories: requests that wait, and the newest repository of each target's build tag; one repository.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::kit::{PageSpec, TableSpec, at};
use crate::call::{Call, Want};
use crate::cell::{ago, cell, repo_state, rows, seconds_at, stamp, text};
use crate::place::Subject;
use crate::theme::Role;
use crate::widgets::columns::{fill, fixed};

fn raw(method: &str, params: Vec<Value>) -> Call {
    Call { method: method.into(), params, login: false }
}

fn fields(names: &[&str]) -> Value {
    Value::Array(names.iter().map(|n| (*n).into()).collect())
}

fn order(limit: i64) -> Value {
    Value::record([("order", Value::from("-id")), ("limit", limit.into())])
}

/// Requests that have not been met yet.
pub fn requests() -> Call {
    let asked =
        ["id", "tag_name", "tag_id", "task_id", "min_event", "at_event", "create_ts", "priority", "active"];
    let clauses = Value::Array(vec![Value::Array(vec!["active".into(), true.into()])]);
    raw("repo.queryQueue", vec![clauses, fields(&asked), order(100)])
}

pub const LIST: TableSpec = TableSpec {
    name: "repos",
    columns: &[
        fixed("ID", 9, 0),
        fixed("Kind", 8, 2),
        fill("Tag", 20),
        fixed("State", 11, 0),
        fixed("Event", 10, 3),
        fixed("Task", 9, 1),
        fixed("Age", 8, 1),
    ],
    wants: |_| {
        let made =
            fields(&["id", "tag_name", "tag_id", "state", "create_event", "creation_ts", "task_id", "dist"]);
        let newest = Value::Array(vec![Value::Array(vec!["state".into(), "!=".into(), 3.into()])]);
        vec![Want::every(requests(), 5), Want::every(raw("repo.query", vec![newest, made, order(300)]), 5)]
    },
    rows: |answers| {
        let mut all = rows(at(answers, 0)).to_vec();
        all.extend(rows(at(answers, 1)).iter().cloned());
        all
    },
    cells: |r, now| {
        let request = r.get("state").is_none();
        let state = if request {
            if r.int_at("task_id").is_some() {
                cell("▶ running").role(Role::Running)
            } else {
                cell("○ waits").role(Role::Waiting)
            }
        } else {
            repo_state(r.int_at("state").unwrap_or(-1))
        };
        let kind = if request {
            "request"
        } else if r.truthy_at("dist") {
            "dist"
        } else {
            "repo"
        };
        let event =
            ["create_event", "min_event", "at_event"].into_iter().map(|k| text(r, k)).find(|t| !t.is_empty());
        vec![
            cell(text(r, "id")).role(Role::Link),
            cell(kind).muted(),
            cell(text(r, "tag_name")),
            state,
            cell(event.unwrap_or_default()).muted(),
            cell(text(r, "task_id")),
            ago(seconds_at(r, "creation_ts").or(seconds_at(r, "create_ts")), now),
        ]
    },
    subject: |r| {
        let tag = text(r, "tag_name");
        if r.get("state").is_none() {
            return Some(r.int_at("task_id").map_or(Subject::Tag(tag), Subject::Task));
        }
        Some(Subject::Repo { id: r.int_at("id")?, tag })
    },
    time: Some("creation_ts"),
    commands: None,
    empty: "no repositories",
};

pub const PAGE: PageSpec = PageSpec {
    name: "repo",
    wants: |arg, _| {
        let id = arg.parse::<i64>().map_or(Value::Nil, Value::from);
        vec![Want::every(Call::new(m::RepoInfo { repo_id: id, strict: true }), 10)]
    },
    lines: |l, _, answers, now| {
        let Some(r) = at(answers, 0) else { return };
        l.fact("state", repo_state(r.int_at("state").unwrap_or(-1)));
        l.link("tag", text(r, "tag_name"), Subject::Tag(text(r, "tag_name")));
        l.fact("event", text(r, "create_event"));
        if let Some(at) = seconds_at(r, "create_ts").or(seconds_at(r, "creation_ts")) {
            l.fact("made", stamp(at));
            l.fact("age", ago(Some(at), now));
        }
        if let Some(task) = r.int_at("task_id") {
            l.link("task", format!("task {task}"), Subject::Task(task));
        }
        l.fact("dist", text(r, "dist"));
    },
    about: |_, r| Some(Subject::Repo { id: r.int_at("id")?, tag: text(r, "tag_name") }),
};
