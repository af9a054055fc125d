//! Running and recent tasks: a tree of parents and children, in any number.

use std::collections::{HashMap, HashSet};

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::eta;
use crate::action::Action;
use crate::call::{Call, Want};
use crate::cell::{Cell, ago, cell, duration, fit, rows, seconds_at, task_state, text};
use crate::list::{Lines, Listing, Row};
use crate::names::{self, Meant};
use crate::place::{Place, Subject};
use crate::screen::{Cx, View};
use crate::theme::Role;
use crate::widgets::columns::{Column, fill, fixed};

const COLUMNS: &[Column] = &[
    fixed("ID", 16, 0),
    fixed("State", 10, 0),
    fixed("Method", 17, 1),
    fill("What", 16),
    fixed("Arch", 8, 3),
    fixed("Owner", 12, 4),
    fixed("Host", 20, 6),
    fixed("Time", 8, 2),
    fixed("Left", 14, 7),
    fixed("Age", 8, 5),
];

/// One task, as little of it as the rows show.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub id: i64,
    pub parent: Option<i64>,
    pub state: i64,
    pub method: String,
    pub what: String,
    pub arch: String,
    pub owner: String,
    pub host: Option<i64>,
    pub created: Option<f64>,
    pub started: Option<f64>,
    pub finished: Option<f64>,
    /// Of a build, as far as its source tells.
    pub package: Option<String>,
    /// What `what` says by ids.
    pub(crate) meant: Vec<Meant>,
}

impl Node {
    pub fn new(row: &Value) -> Option<Node> {
        let source = row.get("request").and_then(|r| r.as_array()?.first()?.as_str());
        let package = source.filter(|_| row.str_at("method") == Some("build")).and_then(eta::package_of);
        Some(Node {
            package,
            id: row.int_at("id")?,
            parent: row.int_at("parent"),
            state: row.int_at("state").unwrap_or(-1),
            method: text(row, "method"),
            what: what(row),
            meant: meant(row),
            arch: text(row, "arch"),
            owner: text(row, "owner_name"),
            host: row.int_at("host_id"),
            created: seconds_at(row, "create_ts"),
            started: seconds_at(row, "start_ts"),
            finished: seconds_at(row, "completion_ts"),
        })
    }

    /// How long it has been running, or ran.
    pub fn time(&self, now: f64) -> Option<f64> {
        Some(self.finished.unwrap_or(now) - self.started?)
    }

    /// A line about it on a page.
    pub fn line(&self, now: f64) -> Vec<Cell> {
        let state = task_state(self.state);
        // whatever is cut, a blank stands behind it
        let part = |text: &str, width: usize| cell(fit(text, width) + " ");
        vec![
            part(&self.id.to_string(), 9).role(Role::Link),
            part(&state.text, 10).role(state.role),
            part(&self.method, 17),
            part(&self.time(now).map(duration).unwrap_or_default(), 7),
            part(&self.owner, 11).muted(),
            cell(self.what.clone()),
        ]
    }

    /// A row about it on a page.
    pub fn row(&self, cells: Vec<Cell>, rows: &mut Lines) {
        rows.unnamed(cells, Subject::Task(self.id), &self.meant);
    }

    pub fn is_final(&self) -> bool {
        matches!(self.state, 2 | 3 | 5)
    }
}

/// What a task is about, from its request: source and target, the package, the tag.
fn what(row: &Value) -> String {
    let request = row.get("request").and_then(Value::as_array).unwrap_or_default();
    let part = |n: usize| request.get(n).map(part).unwrap_or_default();
    let about = match row.str_at("method").unwrap_or_default() {
        "buildArch" | "createdistrepo" | "distRepo" => part(0),
        "buildSRPMFromSCM" | "buildSRPMFromCVS" => part(0),
        "tagBuild" => {
            format!("{} → {}", by_id(request.get(1), Meant::Build), by_id(request.first(), Meant::Tag))
        }
        "waitrepo" | "newRepo" => by_id(request.first(), Meant::Tag),
        "createrepo" => format!("repo {} {}", part(0), part(1)),
        _ => {
            let parts: Vec<String> =
                request.iter().take(2).map(self::part).filter(|s| !s.is_empty()).collect();
            parts.join(" → ")
        }
    };
    if request.is_empty() || about.is_empty() { text(row, "label") } else { about }
}

/// What it means by ids.
fn meant(row: &Value) -> Vec<Meant> {
    let request = row.get("request").and_then(Value::as_array).unwrap_or_default();
    let id = |n: usize| request.get(n).and_then(Value::as_int);
    let tag = || id(0).map(Meant::Tag);
    match row.str_at("method").unwrap_or_default() {
        "tagBuild" => tag().into_iter().chain(id(1).map(Meant::Build)).collect(),
        "waitrepo" | "newRepo" => tag().into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The words for an id until its name is known; a name as it is.
fn by_id(value: Option<&Value>, meaning: fn(i64) -> Meant) -> String {
    match value {
        Some(Value::Int(id)) => meaning(*id).words(),
        Some(other) => part(other),
        None => String::new(),
    }
}

fn part(value: &Value) -> String {
    match value {
        Value::Str(s) => short(&crate::cell::clean(s.rsplit('/').next().unwrap_or(s))),
        Value::Struct(_) => {
            value.str_at("name").or_else(|| value.str_at("nvr")).unwrap_or_default().to_owned()
        }
        Value::Int(i) => i.to_string(),
        _ => String::new(),
    }
}

/// `bash#0123456789…`: a commit is known by its beginning.
fn short(source: &str) -> String {
    match source.split_once('#') {
        Some((name, commit)) if commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()) => {
            format!("{name}#{}", commit.get(..8).unwrap_or_default())
        }
        _ => source.to_owned(),
    }
}

#[derive(Default)]
pub struct Tasks {
    arg: String,
    nodes: Vec<Node>,
    /// Visible nodes with their depth.
    lines: Vec<(usize, u8)>,
    children: HashMap<i64, Vec<usize>>,
    folded: HashSet<i64>,
    /// Seconds that builds of the packages took, by the task that builds now.
    averages: HashMap<i64, f64>,
    hosts: HashMap<i64, String>,
    tally: Tally,
    /// Durations and names to be asked for.
    details: Vec<Want>,
    flat: bool,
}

/// How many there are; counted when they come, not in every picture.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    open: usize,
    waiting: usize,
    failed: usize,
}

impl Tally {
    fn of(nodes: &[Node]) -> Tally {
        let count = |states: &[i64]| nodes.iter().filter(|n| states.contains(&n.state)).count();
        Tally { open: count(&[1]), waiting: count(&[0, 4]), failed: count(&[5]) }
    }
}

impl Tasks {
    /// `arg`: nothing, `all`, or a user's name.
    pub fn new(arg: &str) -> Tasks {
        Tasks { arg: arg.to_owned(), ..Tasks::default() }
    }

    fn opts(&self, states: &[i64]) -> Value {
        let mut opts = vec![
            ("decode".to_owned(), Value::Bool(true)),
            ("state".to_owned(), Value::Array(states.iter().map(|s| (*s).into()).collect())),
        ];
        if !self.arg.is_empty() && self.arg != "all" {
            opts.push(("owner".to_owned(), self.arg.as_str().into()));
        }
        Value::Struct(opts.into_iter().collect())
    }

    fn active(&self) -> Call {
        let order = Value::record([("order", Value::from("-id")), ("limit", 10_000.into())]);
        Call::new(m::ListTasks { opts: self.opts(&[0, 1, 4]), queryOpts: order })
    }

    fn recent(&self) -> Call {
        let limit = if self.arg == "all" { 10_000 } else { 200 };
        let order = Value::record([("order", Value::from("-id")), ("limit", limit.into())]);
        Call::new(m::ListTasks { opts: self.opts(&[2, 3, 5]), queryOpts: order })
    }

    fn all_hosts() -> Call {
        Call::new(m::ListHosts::default())
    }

    fn host(&self, node: &Node) -> &str {
        node.host.and_then(|id| self.hosts.get(&id)).map_or("", String::as_str)
    }

    fn arrange(&mut self) {
        self.lines.clear();
        self.children.clear();
        let known: HashMap<i64, usize> = self.nodes.iter().enumerate().map(|(n, t)| (t.id, n)).collect();
        let mut tops = Vec::new();
        for (n, node) in self.nodes.iter().enumerate() {
            match node.parent.filter(|p| !self.flat && known.contains_key(p)) {
                Some(parent) => self.children.entry(parent).or_default().push(n),
                None => tops.push(n),
            }
        }
        // children in the order they were made, below their parent
        let mut stack: Vec<(usize, u8)> = tops.into_iter().rev().map(|n| (n, 0)).collect();
        while let Some((n, depth)) = stack.pop() {
            self.lines.push((n, depth));
            let Some(node) = self.nodes.get(n) else { continue };
            if !self.folded.contains(&node.id)
                && let Some(children) = self.children.get(&node.id)
            {
                stack.extend(children.iter().map(|c| (*c, depth.saturating_add(1))));
            }
        }
    }

    fn node(&self, i: usize) -> Option<(&Node, u8)> {
        let (n, depth) = self.lines.get(i)?;
        Some((self.nodes.get(*n)?, *depth))
    }

    fn fold(&mut self, i: usize, to: Option<bool>) -> bool {
        let Some(id) = self.node(i).map(|(n, _)| n.id) else { return false };
        if !self.children.contains_key(&id) && !self.folded.contains(&id) {
            return false;
        }
        let fold = to.unwrap_or(!self.folded.contains(&id));
        let changed = if fold { self.folded.insert(id) } else { self.folded.remove(&id) };
        self.arrange();
        changed
    }
}

impl Listing for Tasks {
    fn place(&self) -> Place {
        Place::new("tasks", &self.arg)
    }

    fn wants(&self) -> Vec<Want> {
        let mut wants = vec![Want::every(self.active(), 3), Want::every(self.recent(), 5)];
        wants.push(Want::once(Tasks::all_hosts()));
        wants.extend(self.details.iter().cloned());
        wants
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        let (active, recent) = (cx.store.value(&self.active()), cx.store.value(&self.recent()));
        let all = rows(active.as_deref()).iter().chain(rows(recent.as_deref()));
        let mut nodes: Vec<Node> = all.filter_map(Node::new).collect();
        // a task that just ended is in both answers: the later says how
        nodes.sort_by_key(|n| (std::cmp::Reverse(n.id), !n.is_final()));
        nodes.dedup_by_key(|n| n.id);
        let hosts = cx.store.value(&Tasks::all_hosts());
        let host = |h: &Value| Some((h.int_at("id")?, text(h, "name")));
        self.hosts = rows(hosts.as_deref()).iter().filter_map(host).collect();
        let average = |n: &Node| Some((n.id, eta::average(n, cx.store)?));
        self.averages = nodes.iter().filter_map(average).collect();
        self.tally = Tally::of(&nodes);
        self.details = eta::wants(nodes.iter());
        self.details.extend(names::wants(nodes.iter().flat_map(|n| &n.meant)));
        for node in nodes.iter_mut().filter(|n| !n.meant.is_empty()) {
            node.what = names::filled(&node.what, &node.meant, cx.store);
        }
        self.nodes = nodes;
        self.arrange();
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn len(&self) -> usize {
        self.lines.len()
    }

    fn row(&self, i: usize, now: f64) -> Row {
        let Some((n, depth)) = self.node(i) else { return Row::Cells(Vec::new()) };
        let sign = match (self.children.contains_key(&n.id), self.folded.contains(&n.id)) {
            (true, true) => "▸ ",
            (true, false) => "▾ ",
            _ if depth > 0 => "└ ",
            _ => "  ",
        };
        let id = format!("{}{sign}{}", "  ".repeat(usize::from(depth)), n.id);
        let time = n.time(now).map(duration).unwrap_or_default();
        Row::Cells(vec![
            cell(id).role(Role::Link),
            task_state(n.state),
            cell(n.method.clone()),
            cell(n.what.clone()),
            cell(n.arch.clone()),
            cell(n.owner.clone()).muted(),
            cell(self.host(n).to_owned()).muted(),
            cell(time),
            eta::bar(n, self.averages.get(&n.id).copied(), now),
            ago(n.finished.or(n.created), now),
        ])
    }

    fn id(&self, i: usize) -> u64 {
        self.node(i).map_or(0, |(n, _)| n.id.unsigned_abs())
    }

    fn subject(&self, i: usize) -> Option<Subject> {
        self.node(i).map(|(n, _)| Subject::Task(n.id))
    }

    fn age(&self, i: usize, now: f64) -> Option<f64> {
        let (n, _) = self.node(i)?;
        Some(now - n.finished.or(n.created)?)
    }

    fn header(&self, _view: &View) -> Vec<Vec<Cell>> {
        let who = match self.arg.as_str() {
            "" => "recent tasks".to_owned(),
            "all" => "all tasks".to_owned(),
            user => format!("tasks of {user}"),
        };
        vec![vec![
            cell(who).role(Role::Title),
            cell("   "),
            cell(format!("▶ {} open", self.tally.open)).role(Role::Running),
            cell("  "),
            cell(format!("○ {} waiting", self.tally.waiting)).role(Role::Waiting),
            cell("  "),
            cell(format!("✘ {} failed", self.tally.failed)).role(Role::Bad),
        ]]
    }

    fn empty(&self) -> String {
        "no tasks: b starts a build".into()
    }

    fn act(&mut self, action: Action, i: Option<usize>, _cx: &mut Cx) -> bool {
        let Some(i) = i else { return false };
        match action {
            Action::Toggle => self.fold(i, None),
            Action::Left => self.fold(i, Some(true)),
            Action::Right => self.fold(i, Some(false)),
            Action::ToggleAll => {
                if self.folded.is_empty() {
                    self.folded = self.children.keys().copied().collect();
                } else {
                    self.folded.clear();
                }
                self.arrange();
                true
            }
            _ => false,
        }
    }

    fn sort(&mut self, column: usize, reverse: bool) -> bool {
        // the tree has the newest first; any other order is flat
        self.flat = column != 0;
        let by = |f: fn(&Node) -> &str| move |a: &Node, b: &Node| f(a).cmp(f(b));
        match column {
            0 => self.nodes.sort_by_key(|n| std::cmp::Reverse(n.id)),
            1 => self.nodes.sort_by_key(|n| n.state),
            2 => self.nodes.sort_by(by(|n| &n.method)),
            3 => self.nodes.sort_by(by(|n| &n.what)),
            4 => self.nodes.sort_by(by(|n| &n.arch)),
            5 => self.nodes.sort_by(by(|n| &n.owner)),
            6 => self.nodes.sort_by_key(|n| n.host.and_then(|id| self.hosts.get(&id)).cloned()),
            7 => self.nodes.sort_by(|a, b| a.time(0.0).unwrap_or(0.0).total_cmp(&b.time(0.0).unwrap_or(0.0))),
            8 => self.nodes.sort_by(|a, b| {
                let average = |n: &Node| self.averages.get(&n.id).copied().unwrap_or(f64::MAX);
                average(a).total_cmp(&average(b))
            }),
            _ => self.nodes.sort_by(|a, b| b.created.unwrap_or(0.0).total_cmp(&a.created.unwrap_or(0.0))),
        }
        if reverse {
            self.nodes.reverse();
        }
        self.arrange();
        true
    }

    fn is_live(&self) -> bool {
        self.tally.open > 0
    }
}
