//! One task: what was asked, how it goes, its children in time, its result or fault, its files.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::tasks::{Node, what};
use crate::call::{Call, Want};
use crate::cell::{Cell, bytes, cell, clean, duration, fit, rows, shown, stamp, task_state, text};
use crate::list::{Listing, Row, fact};
use crate::place::{Place, Subject};
use crate::screen::{Cx, View};
use crate::theme::Role;

#[derive(Default)]
pub struct Task {
    task: i64,
    rows: Vec<(Row, Option<Subject>)>,
    state: i64,
    what: String,
    method: String,
    /// Runs or waits: to be looked at again.
    unfinished: bool,
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

    fn heading(&mut self, text: &str) {
        self.rows.push((Row::Heading(text.to_owned()), None));
    }

    fn facts(&mut self, info: &Value, now: f64) {
        let node = Node::new(info);
        let add = |rows: &mut Vec<(Row, Option<Subject>)>, name, value: Cell, subject| {
            if !value.text.is_empty() {
                rows.push((fact(name, value), subject));
            }
        };
        let rows = &mut self.rows;
        add(rows, "state", task_state(self.state), None);
        add(rows, "method", text(info, "method").into(), None);
        add(rows, "arch", text(info, "arch").into(), None);
        if let Some(parent) = info.int_at("parent") {
            add(rows, "parent", cell(format!("task {parent}")).role(Role::Link), Some(Subject::Task(parent)));
        }
        let owner = text(info, "owner_name");
        add(rows, "owner", cell(owner.clone()).role(Role::Link), Some(Subject::User(owner)));
        let host = text(info, "host_name");
        add(rows, "host", cell(host.clone()).role(Role::Link), Some(Subject::Host(host)));
        let channel = text(info, "channel_name");
        add(rows, "channel", cell(channel.clone()).role(Role::Link), Some(Subject::Channel(channel)));
        add(rows, "priority", text(info, "priority").into(), None);
        if let Some(node) = node {
            for (name, at) in
                [("created", node.created), ("started", node.started), ("finished", node.finished)]
            {
                add(rows, name, at.map(stamp).unwrap_or_default().into(), None);
            }
            let waited = node.started.unwrap_or(now) - node.created.unwrap_or(now);
            add(rows, "waited", duration(waited).into(), None);
            add(rows, "ran", node.time(now).map(duration).unwrap_or_default().into(), None);
        }
    }

    fn request(&mut self, info: &Value) {
        self.heading("request");
        for part in super::super::cell::rows(info.get("request")) {
            match part {
                Value::Struct(s) => {
                    for (k, v) in s.iter().filter(|(k, v)| *k != "__starstar" && v.truthy()) {
                        self.rows
                            .push((Row::Free(vec![cell(format!("  {k}: ")).muted(), cell(shown(v))]), None));
                    }
                }
                other if !other.is_nil() => {
                    self.rows.push((Row::Free(vec![cell(format!("  {}", shown(other)))]), None))
                }
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
        self.heading(&format!("tasks below · {} in all", duration(to - from)));
        for n in nodes {
            let state = task_state(n.state);
            let role = state.role;
            let row = Row::Free(vec![
                cell(fit(&n.id.to_string(), 9)).role(Role::Link),
                cell(fit(&state.text, 11)).role(role),
                cell(fit(&format!("{} {}", n.method, n.arch), 26)),
                cell(fit(&n.time(now).map(duration).unwrap_or_default(), 8)),
                cell(bar(&n, from, to, now)).role(role),
                cell(format!(" {}", n.what)).muted(),
            ]);
            self.rows.push((row, Some(Subject::Task(n.id))));
        }
    }

    fn outcome(&mut self, result: &Value) {
        if !matches!(self.state, 2 | 5) {
            return;
        }
        let fault = result.str_at("faultString");
        self.heading(if fault.is_some() { "fault" } else { "result" });
        let role = if fault.is_some() { Role::Bad } else { Role::Text };
        let lines: Vec<String> = match (fault, result) {
            (Some(fault), _) => fault.lines().map(clean).collect(),
            (None, Value::Struct(s)) => {
                s.iter().filter(|(_, v)| v.truthy()).map(|(k, v)| format!("{k}: {}", shown(v))).collect()
            }
            (None, other) => vec![shown(other)],
        };
        for line in lines {
            self.rows.push((Row::Free(vec![cell(format!("  {line}")).role(role)]), None));
        }
    }

    fn outputs(&mut self, files: &Value) {
        let Some(files) = files.as_struct().filter(|f| !f.is_empty()) else { return };
        self.heading("files");
        for (name, volumes) in files {
            let stat = volumes.as_struct().and_then(|v| v.values().next());
            let size = stat.and_then(|s| s.get("st_size"));
            let size =
                size.and_then(|s| s.as_str().map_or_else(|| s.as_int(), |t| t.parse().ok())).unwrap_or(0);
            let row = Row::Free(vec![
                cell(format!("{:>10}  ", bytes(size))).muted(),
                cell(clean(name)).role(Role::Link),
            ]);
            let subject =
                name.ends_with(".log").then(|| Subject::Log { task: self.task, name: name.clone() });
            self.rows.push((row, subject));
        }
    }
}

/// 20 columns from the beginning of the parent to its end; `░` waiting, `█` running.
fn bar(n: &Node, from: f64, to: f64, now: f64) -> String {
    const W: f64 = 20.0;
    let column = |at: f64| ((at - from) / (to - from).max(1.0) * W).clamp(0.0, W);
    let (created, started) = (column(n.created.unwrap_or(from)), n.started.map(column));
    let end = column(n.finished.unwrap_or(now));
    (0..20u8)
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
        ];
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
        self.rows.clear();
        let Some(info) = cx.store.value(&self.info()) else { return };
        self.state = info.int_at("state").unwrap_or(-1);
        self.unfinished = !matches!(self.state, 2 | 3 | 5);
        self.method = text(&info, "method");
        self.what = what(&info);
        self.facts(&info, cx.now);
        let from = info.get("create_ts").and_then(Value::as_double).unwrap_or(cx.now);
        if let Some(below) = cx.store.value(&self.below()) {
            self.children(&below, from, cx.now);
        }
        if let Some(builds) = cx.store.value(&self.builds()) {
            for b in rows(Some(&builds)) {
                let nvr = text(b, "nvr");
                let row = fact("build", cell(nvr.clone()).role(Role::Link));
                self.rows.push((row, Some(Subject::Build { id: b.int_at("build_id").unwrap_or(0), nvr })));
            }
        }
        if let Some(result) = cx.store.value(&self.result()) {
            self.outcome(&result);
        }
        if let Some(files) = cx.store.value(&self.files()) {
            self.outputs(&files);
        }
        self.request(&info);
    }

    fn tick(&mut self, cx: &mut Cx) {
        if self.unfinished {
            let call = self.info();
            self.answered(&call, cx);
        }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn row(&self, i: usize, _now: f64) -> Row {
        self.rows.get(i).map_or(Row::Free(Vec::new()), |r| r.0.clone())
    }

    fn subject(&self, i: usize) -> Option<Subject> {
        self.rows.get(i).and_then(|r| r.1.clone())
    }

    fn about(&self) -> Option<Subject> {
        Some(Subject::Task(self.task))
    }

    fn is_live(&self) -> bool {
        self.unfinished
    }
}
