//! Builds: all recent ones, a package's, or those that match a pattern; and one build.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::buildroots::origin;
use super::kit::{PageSpec, TableSpec, at, first};
use crate::call::{Call, Want};
use crate::cell::{
    ago, build_state, bytes, cell, clean, duration, fit, rows, seconds_at, shown, stamp, text,
};
use crate::place::Subject;
use crate::theme::Role;
use crate::widgets::columns::{fill, fixed};

fn subject(row: &Value) -> Option<Subject> {
    Some(Subject::Build { id: row.int_at("build_id").or(row.int_at("id"))?, nvr: text(row, "nvr") })
}

pub const LIST: TableSpec = TableSpec {
    name: "builds",
    columns: &[
        fill("NVR", 24),
        fixed("State", 10, 0),
        fixed("Owner", 14, 2),
        fixed("Volume", 10, 5),
        fixed("Task", 9, 3),
        fixed("Took", 8, 4),
        fixed("Age", 8, 1),
    ],
    wants: |arg| {
        let order = Value::record([("order", Value::from("-build_id")), ("limit", 1000.into())]);
        let pattern = if arg.is_empty() { Value::Nil } else { arg.into() };
        vec![Want::every(Call::new(m::ListBuilds { pattern, queryOpts: order, ..Default::default() }), 10)]
    },
    rows: first,
    cells: |r, now| {
        let took =
            seconds_at(r, "completion_ts").zip(seconds_at(r, "start_ts").or(seconds_at(r, "creation_ts")));
        vec![
            cell(text(r, "nvr")).role(Role::Link),
            build_state(r.int_at("state").unwrap_or(-1)),
            cell(text(r, "owner_name")).muted(),
            cell(text(r, "volume_name")).muted(),
            cell(text(r, "task_id")),
            cell(took.map(|(end, begin)| duration(end - begin)).unwrap_or_default()),
            ago(seconds_at(r, "completion_ts").or(seconds_at(r, "creation_ts")), now),
        ]
    },
    subject,
    time: Some("creation_ts"),
    commands: None,
    empty: "no builds: b starts one",
};

pub const PAGE: PageSpec = PageSpec {
    name: "build",
    wants: |arg, main| {
        let build: Value = arg.parse::<i64>().map_or_else(|_| arg.into(), Value::from);
        let mut wants = vec![Want::every(Call::new(m::GetBuild { buildInfo: build, strict: true }), 10)];
        if let Some(id) = main.and_then(|b| b.int_at("id")) {
            let changes = Value::record([("limit", Value::from(8))]);
            wants.push(Want::every(Call::new(m::ListTags { build: id.into(), ..Default::default() }), 10));
            wants.push(Want::once(Call::new(m::ListBuildRPMs { build: id.into() })));
            wants.push(Want::once(Call::new(m::ListArchives { buildID: id.into(), ..Default::default() })));
            wants.push(Want::once(Call::new(m::GetChangelogEntries {
                buildID: id.into(),
                queryOpts: changes,
                ..Default::default()
            })));
        }
        wants
    },
    lines: |l, _, answers, _| {
        let Some(b) = at(answers, 0) else { return };
        let nvr = text(b, "nvr");
        l.fact("state", build_state(b.int_at("state").unwrap_or(-1)));
        l.link(
            "package",
            text(b, "package_name"),
            Subject::Package { name: text(b, "package_name"), tag: None },
        );
        l.fact("version", format!("{}-{}", text(b, "version"), text(b, "release")));
        l.fact("epoch", text(b, "epoch"));
        l.link("owner", text(b, "owner_name"), Subject::User(text(b, "owner_name")));
        if let Some(task) = b.int_at("task_id") {
            l.link("task", format!("task {task}"), Subject::Task(task));
        }
        l.fact("source", text(b, "source"));
        l.fact("volume", text(b, "volume_name"));
        for (name, key) in
            [("started", "start_ts"), ("created", "creation_ts"), ("completed", "completion_ts")]
        {
            l.fact(name, seconds_at(b, key).map(stamp).unwrap_or_default());
        }
        l.heading("tags");
        for t in rows(at(answers, 1)) {
            let tag = text(t, "name");
            l.item(vec![cell(tag.clone()).role(Role::Link)], Subject::Tagged { nvr: nvr.clone(), tag });
        }
        let mut rpms: Vec<&Value> = rows(at(answers, 2)).iter().collect();
        rpms.sort_by_key(|r| (text(r, "arch") != "src", text(r, "arch"), text(r, "name")));
        l.heading(format!("rpms · {}", rpms.len()));
        for r in rpms {
            let nvra = format!("{}.{}", text(r, "nvr"), text(r, "arch"));
            let size = bytes(r.int_at("size").unwrap_or(0));
            let cells = vec![cell(fit(&nvra, 56)).role(Role::Link), cell(format!("{size:>10}")).muted()];
            l.item(cells, r.int_at("id").map(|id| Subject::Rpm { id, nvra }));
        }
        let archives = rows(at(answers, 3));
        if !archives.is_empty() {
            l.heading(format!("archives · {}", archives.len()));
        }
        for a in archives {
            l.item(
                vec![
                    cell(text(a, "filename")),
                    cell(format!("  {}", bytes(a.int_at("size").unwrap_or(0)))).muted(),
                ],
                None,
            );
        }
        let changelog = rows(at(answers, 4));
        if !changelog.is_empty() {
            l.heading("changelog");
        }
        for c in changelog {
            let day = seconds_at(c, "date_ts").map(stamp).unwrap_or_default();
            let day = day.get(..10).unwrap_or_default().to_owned();
            l.item(vec![cell(format!("{day} {}", text(c, "author"))).muted()], None);
            for line in c.str_at("text").unwrap_or_default().lines() {
                l.item(vec![cell(format!("  {}", clean(line)))], None);
            }
        }
    },
    about: |_, b| subject(b),
};

/// Also for rpms: one built package.
pub const RPM: PageSpec = PageSpec {
    name: "rpm",
    wants: |arg, main| {
        let rpm: Value = arg.parse::<i64>().map_or_else(|_| arg.into(), Value::from);
        let mut wants =
            vec![Want::once(Call::new(m::GetRPM { rpminfo: rpm, strict: true, ..Default::default() }))];
        if let Some(id) = main.and_then(|r| r.int_at("id")) {
            wants.push(Want::once(Call::new(m::ListBuildroots { rpmID: id.into(), ..Default::default() })));
        }
        if let Some(build) = main.and_then(|r| r.int_at("build_id")) {
            wants.push(Want::once(Call::new(m::GetBuild { buildInfo: build.into(), strict: true })));
        }
        wants
    },
    lines: |l, _, answers, _| {
        let Some(r) = at(answers, 0) else { return };
        for key in ["name", "version", "release", "epoch", "arch", "payloadhash"] {
            l.fact(key, text(r, key));
        }
        l.fact("from", origin(r));
        l.fact("size", bytes(r.int_at("size").unwrap_or(0)));
        l.fact("built", seconds_at(r, "buildtime").map(stamp).unwrap_or_default());
        if let Some(id) = r.int_at("build_id") {
            let nvr = at(answers, 2).map(|b| text(b, "nvr")).unwrap_or_else(|| id.to_string());
            l.link("build", nvr.clone(), Subject::Build { id, nvr });
        }
        if let Some(id) = r.int_at("buildroot_id") {
            l.link("buildroot", format!("buildroot {id}"), Subject::Buildroot(id));
        }
        l.heading("used in buildroots");
        for b in rows(at(answers, 1)).iter().take(100) {
            let to = b.int_at("id").map(Subject::Buildroot);
            l.item(
                vec![
                    cell(shown(b.get("id").unwrap_or(&Value::Nil))),
                    cell(format!("  {}", text(b, "tag_name"))).muted(),
                ],
                to,
            );
        }
    },
    about: |_, r| {
        let part = |key: &str| text(r, key);
        let nvra = format!("{}-{}-{}.{}", part("name"), part("version"), part("release"), part("arch"));
        Some(Subject::Rpm { id: r.int_at("id")?, nvra })
    },
};
