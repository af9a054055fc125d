//! One task: what was asked, how it goes, its children in time, its result or fault, its files.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::tasks::Node;
use super::{eta, hosts};
use crate::call::{Call, Want};
use crate::cell::{ago, bytes, cell, clean, duration, fit, rows, seconds_at, shown, stamp, task_state, text};
use crate::list::{Lines, Listing};
use crate::names;
use crate::place::{Place, Subject};
use crate::screen::{Cx, View};
use crate::theme::Role;

#[derive(Default)]
pub struct Task {
    task: i64,
    rows: Lines,
    node: Option<Node>,
    /// Owner, host and channel, by their ids.
    names: Vec<(&'static str, i64)>,
    state: i64,
    what: String,
    method: String,
    /// Runs or waits: to be looked at again.
    unfinished: bool,
}

type Named = (&'static str, &'static str, fn(String) -> Subject);

const NAMED: &[Named] = &[
    ("owner", "owner", Subject::User),
    ("host", "host_id", Subject::Host),
    ("channel", "channel_id", Subject::Channel),
];

fn named(what: &str, id: i64) -> Call {
    let id = id.into();
    match what {
        "owner" => Call::new(m::GetUser { userInfo: id, ..Default::default() }),
        "host" => Call::new(m::GetHost { hostInfo: id, ..Default::default() }),
        _ => Call::new(m::GetChannel { channelInfo: id, ..Default::default() }),
    }
}

fn in_channel(id: i64) -> Call {
    Call::new(m::ListHosts { channelID: id.into(), enabled: true.into(), ..Default::default() })
}

impl Task {
    pub fn new(task: i64) -> Task {
        Task { task, state: -1, unfinished: true, ..Task::default() }
    }

    fn info(&self) -> Call {
        Call::new(m::GetTaskInfo { task_id: self.task.into(), request: true, strict: true })
    }

    fn below(&self) -> Call {
        Call::new(m::GetTaskDescendents { task_id: self.task.into(), request: true })
    }

    fn result(&self) -> Call {
        Call::new(m::GetTaskResult { taskId: self.task.into(), raise_fault: false })
    }

    fn files(&self) -> Call {
        Call::new(m::ListTaskOutput {
            taskID: self.task.into(),
            stat: true,
            all_volumes: true,
            ..Default::default()
        })
    }

    fn builds(&self) -> Call {
        Call::new(m::ListBuilds { taskID: self.task.into(), ..Default::default() })
    }

    fn buildroots(&self) -> Call {
        Call::new(m::ListBuildroots { taskID: self.task.into(), ..Default::default() })
    }

    fn of_this(&self) -> Value {
        Value::Array(vec![Value::Array(vec!["task_id".into(), self.task.into()])])
    }

    /// Hosts that do not take it. Hubs older than Koji 1.34 have none.
    fn refusals(&self) -> Call {
        let fields = ["host_name", "soft", "by_host", "msg", "ts"].map(Value::from).to_vec();
        Call::new(m::SchedulerGetTaskRefusals { clauses: self.of_this(), fields: fields.into() })
    }

    /// What the scheduler did with it.
    fn scheduled(&self) -> Call {
        let fields = ["host_name", "msg", "msg_ts"].map(Value::from).to_vec();
        let order = Value::record([("order", Value::from("-id")), ("limit", 20.into())]);
        let clauses = self.of_this();
        Call::new(m::SchedulerGetLogMessages { clauses, fields: fields.into(), opts: order })
    }

    fn facts(&mut self, info: &Value, cx: &Cx) {
        let rows = &mut self.rows;
        rows.fact("state", task_state(self.state));
        rows.fact("method", text(info, "method"));
        rows.fact("arch", text(info, "arch"));
        if let Some(parent) = info.int_at("parent") {
            rows.link("parent", format!("task {parent}"), Subject::Task(parent));
        }
        for (what, key, subject) in NAMED {
            // the hub gives only their ids
            let name = info.int_at(key).and_then(|id| cx.store.value(&named(what, id)));
            if let Some(name) = name.as_deref().and_then(|v| v.str_at("name")) {
                rows.link(what, name.to_owned(), subject(name.to_owned()));
            }
        }
        rows.fact("priority", text(info, "priority"));
        let Some(node) = Node::new(info) else { return };
        for (name, at) in [("created", node.created), ("started", node.started), ("finished", node.finished)]
        {
            rows.fact(name, at.map(stamp).unwrap_or_default());
        }
        let waited = node.started.or(node.finished).unwrap_or(cx.now) - node.created.unwrap_or(cx.now);
        rows.fact("waited", duration(waited));
        rows.fact("ran", node.time(cx.now).map(duration).unwrap_or_default());
        let average = eta::average(&node, cx.store);
        if let Some(seconds) = average {
            let bar = eta::bar(&node, average, cx.now);
            let text = format!("{} of {} on average", bar.text, duration(seconds));
            rows.fact("likely left", cell(text).role(bar.role));
        }
    }

    /// Why it waits, or why it is where it is.
    fn scheduling(&mut self, cx: &Cx) {
        let (refusals, log) = (cx.store.value(&self.refusals()), cx.store.value(&self.scheduled()));
        let refusals = rows(refusals.as_deref());
        if !refusals.is_empty() {
            self.rows.heading(if self.state == 0 { "why it waits" } else { "hosts that did not take it" });
        }
        for r in refusals {
            let host = text(r, "host_name");
            let kind = if r.truthy_at("soft") { "for now" } else { "for good" };
            let cells = vec![
                cell(fit(&host, 30)).role(Role::Link),
                cell(fit(kind, 9)).role(Role::Warn),
                cell(text(r, "msg")),
                cell("  "),
                ago(seconds_at(r, "ts"), cx.now),
            ];
            self.rows.item(cells, Subject::Host(host));
        }
        if self.state == 0 {
            self.hosts(cx);
        }
        let log = rows(log.as_deref());
        if !log.is_empty() {
            self.rows.heading("what the scheduler did, newest first");
        }
        for line in log {
            let host = text(line, "host_name");
            let cells = vec![
                cell(fit(&seconds_at(line, "msg_ts").map(stamp).unwrap_or_default(), 20)).muted(),
                cell(text(line, "msg")),
                cell(if host.is_empty() { String::new() } else { format!("  {host}") }).role(Role::Link),
            ];
            self.rows.item(cells, (!host.is_empty()).then_some(Subject::Host(host)));
        }
    }

    /// The enabled hosts of its channel, for a task that waits for one.
    fn hosts(&mut self, cx: &Cx) {
        let Some(hosts) = self.channel().and_then(|id| cx.store.value(&in_channel(id))) else { return };
        let hosts = rows(Some(&hosts));
        self.rows.heading(format!("hosts that could take it · {}", hosts.len()));
        if hosts.is_empty() {
            self.rows.item(vec![cell("! no host of its channel is enabled").role(Role::Warn)], None);
        }
        for h in hosts {
            let name = text(h, "name");
            let state = hosts::state(h);
            let cells = vec![
                cell(fit(&name, 30)).role(Role::Link),
                cell(fit(&state.text, 12)).role(state.role),
                hosts::load(h),
                cell(format!("  {}", text(h, "arches"))).muted(),
            ];
            self.rows.item(cells, Subject::Host(name));
        }
    }

    fn channel(&self) -> Option<i64> {
        self.names.iter().find(|(what, _)| *what == "channel").map(|(_, id)| *id)
    }

    fn request(&mut self, info: &Value) {
        self.rows.heading("request");
        for part in rows(info.get("request")) {
            match part {
                Value::Struct(s) => {
                    for (k, v) in s.iter().filter(|(k, v)| *k != "__starstar" && v.truthy()) {
                        self.rows.item(vec![cell(format!("  {k}: ")).muted(), cell(shown(v))], None);
                    }
                }
                other if !other.is_nil() => self.rows.item(vec![cell(format!("  {}", shown(other)))], None),
                _ => {}
            }
        }
    }

    /// The tasks below as bars in time, parents before children.
    fn children(&mut self, below: &Value, from: f64, now: f64) {
        let lists = below.as_struct().into_iter().flat_map(|s| s.values());
        let mut nodes: Vec<Node> =
            lists.flat_map(|l| rows(Some(l))).filter_map(Node::new).filter(|n| n.id != self.task).collect();
        if nodes.is_empty() {
            return;
        }
        nodes.sort_by_key(|n| n.id);
        nodes.dedup_by_key(|n| n.id);
        self.unfinished |= nodes.iter().any(|n| !n.is_final());
        let to = nodes.iter().map(|n| n.finished.unwrap_or(now)).fold(from + 1.0, f64::max);
        self.rows.heading(format!("tasks below · {} in all", duration(to - from)));
        for n in nodes {
            let state = task_state(n.state);
            // narrow enough for what it is about in 80 columns
            let arch = if n.arch == "noarch" { "" } else { &n.arch };
            let part = |text: &str, width: usize| cell(fit(text, width) + " ");
            let cells = vec![
                part(&n.id.to_string(), 8).role(Role::Link),
                part(&state.text, 10).role(state.role),
                part(&format!("{} {arch}", n.method), 18),
                part(&n.time(now).map(duration).unwrap_or_default(), 6),
                cell(bar(&n, from, to, now)).role(state.role),
                cell(format!(" {}", n.what)).muted(),
            ];
            n.row(cells, &mut self.rows);
        }
    }

    fn outcome(&mut self, result: &Value) {
        if !matches!(self.state, 2 | 5) {
            return;
        }
        let fault = result.str_at("faultString");
        self.rows.heading(if fault.is_some() { "fault · F says why" } else { "result" });
        let role = if fault.is_some() { Role::Bad } else { Role::Text };
        let lines: Vec<String> = match (fault, result) {
            (Some(fault), _) => fault.lines().map(clean).collect(),
            (None, Value::Struct(s)) => {
                s.iter().filter(|(_, v)| v.truthy()).map(|(k, v)| format!("{k}: {}", shown(v))).collect()
            }
            (None, Value::Nil) => vec!["nothing".into()],
            (None, other) => vec![shown(other)],
        };
        for line in lines {
            self.rows.item(vec![cell(format!("  {line}")).role(role)], None);
        }
    }

    fn outputs(&mut self, files: &Value) {
        let Some(files) = files.as_struct().filter(|f| !f.is_empty()) else { return };
        self.rows.heading("files");
        for (name, volumes) in files {
            let stat = volumes.as_struct().and_then(|v| v.values().next());
            let size = stat.and_then(|s| s.get("st_size"));
            let size =
                size.and_then(|s| s.as_str().map_or_else(|| s.as_int(), |t| t.parse().ok())).unwrap_or(0);
            let log = name.ends_with(".log");
            let cells = vec![
                cell(format!("{:>10}  ", bytes(size))).muted(),
                cell(clean(name)).role(if log { Role::Link } else { Role::Text }),
            ];
            self.rows
                .item(cells, log.then(|| Subject::Log { task: self.task, name: name.clone(), line: None }));
        }
    }

    fn made_in(&mut self, buildroots: &[Value]) {
        for b in buildroots {
            let Some(id) = b.int_at("id") else { continue };
            let what = format!("buildroot {id}  {} {}", text(b, "tag_name"), text(b, "arch"));
            self.rows.link("made in", what, Subject::Buildroot(id));
        }
    }

    fn arrange(&mut self, cx: &Cx) {
        self.rows.clear();
        let Some(info) = cx.store.value(&self.info()) else { return };
        self.state = info.int_at("state").unwrap_or(-1);
        self.unfinished = !matches!(self.state, 2 | 3 | 5);
        self.method = text(&info, "method");
        self.node = Node::new(&info);
        let what = |n: &Node| names::filled(&n.what, &n.meant, cx.store);
        self.what = self.node.as_ref().map(what).unwrap_or_default();
        self.names = NAMED.iter().filter_map(|(what, key, _)| Some((*what, info.int_at(key)?))).collect();
        self.facts(&info, cx);
        let buildroots = cx.store.value(&self.buildroots());
        self.made_in(rows(buildroots.as_deref()));
        if let Some(builds) = cx.store.value(&self.builds()) {
            for b in rows(Some(&builds)) {
                let nvr = text(b, "nvr");
                let id = b.int_at("build_id").unwrap_or(0);
                self.rows.link("build", nvr.clone(), Subject::Build { id, nvr });
            }
        }
        let from = info.get("create_ts").and_then(Value::as_double).unwrap_or(cx.now);
        if let Some(below) = cx.store.value(&self.below()) {
            self.children(&below, from, cx.now);
        }
        if let Some(result) = cx.store.value(&self.result()) {
            self.outcome(&result);
        }
        if let Some(files) = cx.store.value(&self.files()) {
            self.outputs(&files);
        }
        self.request(&info);
        self.scheduling(cx);
        self.rows.name(cx.store);
    }
}

/// 14 columns from the beginning of the parent to its end; `░` waiting, `█` running.
fn bar(n: &Node, from: f64, to: f64, now: f64) -> String {
    const W: f64 = 14.0;
    let column = |at: f64| ((at - from) / (to - from).max(1.0) * W).clamp(0.0, W);
    let (created, started) = (column(n.created.unwrap_or(from)), n.started.map(|s| column(s).min(W - 0.5)));
    let end = column(n.finished.unwrap_or(now));
    (0..14u8)
        .map(|c| {
            let c = f64::from(c);
            match started {
                Some(s) if c + 1.0 > s && c < end.max(s + 0.5) => '█',
                _ if c + 1.0 > created && c < started.unwrap_or(end) => '░',
                _ => ' ',
            }
        })
        .collect()
}

impl Listing for Task {
    fn place(&self) -> Place {
        Place::new("task", self.task)
    }

    fn title(&self, _view: &View) -> String {
        format!("task {} · {} {} · {}", self.task, self.method, self.what, task_state(self.state).text)
    }

    fn wants(&self) -> Vec<Want> {
        let often = if self.unfinished { 2 } else { 300 };
        let mut wants = vec![
            Want::every(self.info(), often),
            Want::every(self.below(), often),
            Want::every(self.files(), often * 2),
            Want::every(self.scheduled(), often * 2),
            Want::every(self.buildroots(), often * 5),
        ];
        if self.unfinished {
            wants.push(Want::every(self.refusals(), often));
        }
        if let Some(id) = self.channel().filter(|_| self.state == 0) {
            wants.push(Want::every(in_channel(id), 5));
        }
        wants.extend(eta::wants(self.node.iter()));
        let own = self.node.iter().flat_map(|n| &n.meant);
        wants.extend(names::wants(own.chain(self.rows.meant())));
        wants.extend(self.names.iter().map(|(what, id)| Want::once(named(what, *id))));
        if matches!(self.state, 2 | 5) {
            wants.push(Want::once(self.result()));
            wants.push(Want::once(self.builds()));
        }
        wants
    }

    fn topics(&self) -> Vec<String> {
        if self.unfinished { vec![format!("task:{}", self.task)] } else { Vec::new() }
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        self.arrange(cx);
    }

    fn tick(&mut self, cx: &mut Cx) {
        if self.unfinished {
            self.arrange(cx);
        }
    }

    fn lines(&self) -> &Lines {
        &self.rows
    }

    fn about(&self) -> Option<Subject> {
        Some(Subject::Task(self.task))
    }

    fn is_live(&self) -> bool {
        self.unfinished
    }
}
