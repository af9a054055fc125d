//! What was in a buildroot, and the difference of two.

use std::collections::BTreeMap;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::diff::{Change, change};
use super::kit::{PageSpec, at};
use crate::call::{Call, Want};
use crate::cell::{cell, fit, rows, text};
use crate::place::Subject;
use crate::theme::Role;

fn id(text: &str) -> Value {
    text.parse::<i64>().map_or(Value::Nil, Value::from)
}

fn contents(id: Value) -> Call {
    Call::new(m::ListRPMs { componentBuildrootID: id, ..Default::default() })
}

/// Where an rpm came from.
pub fn origin(r: &Value) -> String {
    let external = text(r, "external_repo_name");
    if external.is_empty() || external == "INTERNAL" { "this hub".into() } else { external }
}

pub const PAGE: PageSpec = PageSpec {
    name: "buildroot",
    wants: |arg, _| {
        vec![
            Want::once(Call::new(m::GetBuildroot { buildrootID: id(arg), strict: true })),
            Want::once(contents(id(arg))),
        ]
    },
    lines: |l, _, answers, _| {
        let Some(b) = at(answers, 0) else { return };
        for (name, key) in [("host", "host_name"), ("arch", "arch"), ("event", "repo_create_event_id")] {
            l.fact(name, text(b, key));
        }
        l.link("tag", text(b, "tag_name"), Subject::Tag(text(b, "tag_name")));
        if let Some(task) = b.int_at("task_id") {
            l.link("task", format!("task {task}"), Subject::Task(task));
        }
        if let Some(repo) = b.int_at("repo_id") {
            l.link("repo", format!("repo {repo}"), Subject::Repo { id: repo, tag: text(b, "tag_name") });
        }
        let mut all: Vec<&Value> = rows(at(answers, 1)).iter().collect();
        all.sort_by_key(|r| text(r, "name"));
        l.heading(format!("packages in it · {}", all.len()));
        for r in all {
            let nvra = format!("{}.{}", text(r, "nvr"), text(r, "arch"));
            let update = if r.truthy_at("is_update") { "  installed for the build" } else { "" };
            let cells = vec![
                cell(fit(&nvra, 56)).role(Role::Link),
                cell(fit(&origin(r), 20)).muted(),
                cell(update).role(Role::Running),
            ];
            l.item(cells, r.int_at("id").map(|id| Subject::Rpm { id, nvra }));
        }
    },
    about: |_, b| b.int_at("id").map(Subject::Buildroot),
};

fn versions(rpms: &[Value]) -> BTreeMap<String, String> {
    let evr = |r: &Value| {
        let epoch = text(r, "epoch");
        let epoch = if epoch.is_empty() { String::new() } else { format!("{epoch}:") };
        format!("{epoch}{}-{}", text(r, "version"), text(r, "release"))
    };
    rpms.iter().map(|r| (format!("{}.{}", text(r, "name"), text(r, "arch")), evr(r))).collect()
}

/// `A B`: two buildroots.
pub const DIFF: PageSpec = PageSpec {
    name: "buildroot-diff",
    wants: |arg, _| {
        let (a, b) = arg.split_once(' ').unwrap_or((arg, ""));
        vec![Want::once(contents(id(a))), Want::once(contents(id(b.trim())))]
    },
    lines: |l, _, answers, _| {
        let (a, b) = (versions(rows(at(answers, 0))), versions(rows(at(answers, 1))));
        let mut changes: Vec<(Change, &String)> = Vec::new();
        for name in a.keys().chain(b.keys().filter(|n| !a.contains_key(*n))) {
            if let Some(c) = change(a.get(name), b.get(name)) {
                changes.push((c, name));
            }
        }
        l.heading(format!("{} of {} and {} packages differ", changes.len(), a.len(), b.len()));
        for (c, name) in changes {
            let versions: Vec<&str> =
                [a.get(name), b.get(name)].into_iter().flatten().map(String::as_str).collect();
            let cells = vec![c.cell(), cell(fit(name, 36)), cell(versions.join(" → ")).muted()];
            l.item(cells, Subject::Text(name.clone()));
        }
    },
    about: |_, _| None,
};
