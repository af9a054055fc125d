//! Build hosts with their load, one host, channels, and one channel.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::kit::{PageSpec, TableSpec, at, by_name, first};
use super::tasks::Node;
use crate::call::{Call, Want};
use crate::cell::{Cell, ago, cell, fit, rows, text};
use crate::place::Subject;
use crate::theme::Role;
use crate::widgets::columns::{fill, fixed};

/// `████░░░░ 2.0/4.0`
pub fn load(host: &Value) -> Cell {
    let number = |key: &str| host.get(key).and_then(Value::as_double).unwrap_or(0.0);
    let (load, capacity) = (number("task_load"), number("capacity"));
    let share = if capacity > 0.0 { (load / capacity).clamp(0.0, 1.0) } else { 0.0 };
    let full = (share * 8.0).round() as usize;
    let bar: String = "█".repeat(full) + &"░".repeat(8 - full);
    let role = if load > capacity { Role::Warn } else { Role::Running };
    cell(format!("{bar} {load:.1}/{capacity:.1}")).role(role)
}

pub fn state(host: &Value) -> Cell {
    match (host.truthy_at("enabled"), host.truthy_at("ready")) {
        (false, _) => cell("⊘ disabled").role(Role::Cancelled),
        (true, true) => cell("✔ ready").role(Role::Good),
        (true, false) => cell("! not ready").role(Role::Warn),
    }
}

fn subject(r: &Value) -> Option<Subject> {
    Some(Subject::Host(r.str_at("name")?.to_owned()))
}

pub const LIST: TableSpec = TableSpec {
    name: "hosts",
    columns: &[
        fill("Host", 20),
        fixed("State", 11, 0),
        fixed("Load", 18, 1),
        fixed("Arches", 20, 2),
        fixed("Seen", 8, 3),
        fixed("Comment", 24, 4),
    ],
    wants: |_| vec![Want::every(Call::new(m::ListHosts::default()), 10)],
    rows: by_name,
    cells: |r, now| {
        let seen = r.get("update_ts").or(r.get("last_update")).and_then(Value::as_double);
        vec![
            cell(text(r, "name")).role(Role::Link),
            state(r),
            load(r),
            cell(text(r, "arches")).muted(),
            ago(seen, now),
            cell(text(r, "comment")).muted(),
        ]
    },
    subject,
    time: None,
    commands: None,
    empty: "no hosts",
};

pub const PAGE: PageSpec = PageSpec {
    name: "host",
    wants: |arg, main| {
        let host: Value = arg.parse::<i64>().map_or_else(|_| arg.into(), Value::from);
        let mut wants = vec![Want::every(
            Call::new(m::GetHost { hostInfo: host, strict: true, ..Default::default() }),
            10,
        )];
        if let Some(id) = main.and_then(|h| h.int_at("id")) {
            let order = Value::record([("order", Value::from("-id")), ("limit", 50.into())]);
            let opts = Value::record([("host_id", Value::from(id)), ("decode", true.into())]);
            wants.push(Want::every(Call::new(m::GetLastHostUpdate { hostID: id.into(), ts: true }), 15));
            wants.push(Want::every(
                Call::new(m::ListChannels { hostID: id.into(), ..Default::default() }),
                30,
            ));
            wants.push(Want::every(Call::new(m::ListTasks { opts, queryOpts: order }), 5));
        }
        wants
    },
    lines: |l, _, answers, now| {
        let Some(h) = at(answers, 0) else { return };
        l.fact("state", state(h));
        l.fact("load", load(h));
        for key in ["arches", "comment", "description"] {
            l.fact(key, text(h, key));
        }
        l.fact("checked in", ago(at(answers, 1).and_then(Value::as_double), now));
        l.heading("channels");
        for c in rows(at(answers, 2)) {
            let name = text(c, "name");
            l.item(vec![cell(name.clone()).role(Role::Link)], Subject::Channel(name));
        }
        l.heading("tasks");
        for n in rows(at(answers, 3)).iter().filter_map(Node::new) {
            n.row(n.line(now), l);
        }
    },
    about: |_, h| subject(h),
};

fn channel_state(channel: &Value) -> Cell {
    if channel.get("enabled").is_none_or(Value::truthy) {
        cell("✔ enabled").role(Role::Good)
    } else {
        cell("⊘ disabled").role(Role::Cancelled)
    }
}

pub const CHANNELS: TableSpec = TableSpec {
    name: "channels",
    columns: &[fixed("Channel", 22, 0), fixed("State", 11, 0), fill("Description", 20)],
    wants: |_| vec![Want::every(Call::new(m::ListChannels::default()), 30)],
    rows: first,
    cells: |r, _| {
        vec![cell(text(r, "name")).role(Role::Link), channel_state(r), cell(text(r, "description")).muted()]
    },
    subject: |r| Some(Subject::Channel(r.str_at("name")?.to_owned())),
    time: None,
    commands: None,
    empty: "no channels",
};

pub const CHANNEL: PageSpec = PageSpec {
    name: "channel",
    wants: |arg, main| {
        let mut wants =
            vec![Want::every(Call::new(m::GetChannel { channelInfo: arg.into(), strict: true }), 60)];
        if let Some(id) = main.and_then(|c| c.int_at("id")) {
            wants.push(Want::every(
                Call::new(m::ListHosts { channelID: id.into(), ..Default::default() }),
                10,
            ));
        }
        wants
    },
    lines: |l, _, answers, _| {
        let Some(c) = at(answers, 0) else { return };
        l.fact("state", channel_state(c));
        l.fact("description", text(c, "description"));
        l.fact("comment", text(c, "comment"));
        let hosts = rows(at(answers, 1));
        l.heading(format!("hosts · {}", hosts.len()));
        for h in hosts {
            let s = state(h);
            l.item(
                vec![
                    cell(fit(&text(h, "name"), 34)).role(Role::Link),
                    cell(fit(&s.text, 13)).role(s.role),
                    load(h),
                ],
                subject(h),
            );
        }
    },
    about: |arg, _| Some(Subject::Channel(arg.to_owned())),
};
