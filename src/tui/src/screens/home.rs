//! The dashboard: queue by channel and arch, hosts, my tasks, my last failure.

use std::collections::BTreeMap;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::tasks::Node;
use crate::call::{Call, Want};
use crate::cell::{cell, duration, fit, rows, task_state, text};
use crate::list::{Listing, Row};
use crate::place::{Place, Subject};
use crate::screen::{Cx, User, View};
use crate::theme::Role;

#[derive(Default)]
pub struct Home {
    user: Option<User>,
    rows: Vec<(Row, Option<Subject>)>,
    running: bool,
}

fn options<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::record(members)
}

impl Home {
    fn active() -> Call {
        let states = Value::Array(vec![0.into(), 1.into(), 4.into()]);
        let order = options([("order", "-id".into()), ("limit", 2000.into())]);
        Call::new(m::ListTasks {
            opts: options([("state", states), ("decode", true.into())]),
            queryOpts: order,
        })
    }

    fn recent() -> Call {
        let states = Value::Array(vec![2.into(), 3.into(), 5.into()]);
        let order = options([("order", "-completion_time".into()), ("limit", 200.into())]);
        Call::new(m::ListTasks {
            opts: options([("state", states), ("decode", true.into()), ("parent", Value::Nil)]),
            queryOpts: order,
        })
    }

    fn hosts() -> Call {
        Call::new(m::ListHosts::default())
    }

    fn mine(&self) -> Option<Call> {
        let user = self.user.as_ref()?;
        let order = options([("order", "-id".into()), ("limit", 8.into())]);
        let opts = options([("owner", user.id.into()), ("decode", true.into()), ("parent", Value::Nil)]);
        Some(Call::new(m::ListTasks { opts, queryOpts: order }))
    }

    fn heading(&mut self, text: String) {
        self.rows.push((Row::Heading(text), None));
    }

    /// Tasks that wait and run, by channel and arch: shade and number.
    fn queue(&mut self, tasks: &[Value]) {
        let mut grid: BTreeMap<(String, String), (u32, u32)> = BTreeMap::new();
        for t in tasks {
            let channel = text(t, "channel_name");
            let channel =
                if channel.is_empty() { format!("channel {}", text(t, "channel_id")) } else { channel };
            let entry = grid.entry((channel, text(t, "arch"))).or_default();
            if t.int_at("state") == Some(1) { entry.1 += 1 } else { entry.0 += 1 }
        }
        let waiting: u32 = grid.values().map(|v| v.0).sum();
        let running: u32 = grid.values().map(|v| v.1).sum();
        self.running = running > 0;
        self.heading(format!("queue · {running} running · {waiting} waiting"));
        if grid.is_empty() {
            self.rows
                .push((Row::Free(vec![cell("✔ nothing waits and nothing runs").role(Role::Good)]), None));
        }
        for ((channel, arch), (waiting, running)) in grid {
            let shade = |n: u32, c: char| c.to_string().repeat(usize::try_from(n.min(24)).unwrap_or(0));
            let row = Row::Free(vec![
                cell(fit(&channel, 16)),
                cell(fit(&arch, 10)).muted(),
                cell(format!("▶ {running:>4} running  ")).role(Role::Running),
                cell(format!("○ {waiting:>4} waiting  ")).role(Role::Waiting),
                cell(shade(running, '█')).role(Role::Running),
                cell(shade(waiting, '░')).role(Role::Waiting),
            ]);
            self.rows.push((row, Some(Subject::Channel(channel))));
        }
    }

    /// Ended tasks of the last hour in twelve columns.
    fn hour(&mut self, tasks: &[Node], now: f64) {
        const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let mut line = |name: &'static str, state: i64, role: Role| {
            let mut counts = [0usize; 12];
            for t in tasks.iter().filter(|t| t.state == state) {
                let ago = now - t.finished.unwrap_or(0.0);
                if (0.0..3600.0).contains(&ago)
                    && let Some(c) = counts.get_mut(11 - (ago / 300.0) as usize)
                {
                    *c += 1;
                }
            }
            let most = counts.iter().copied().max().unwrap_or(0).max(1);
            let bars: String =
                counts.iter().map(|c| LEVELS.get((c * 8).div_ceil(most)).copied().unwrap_or(' ')).collect();
            let total: usize = counts.iter().sum();
            self.rows.push((
                Row::Free(vec![
                    cell(format!("{name:<12}")).role(role),
                    cell(format!("{total:>4}  ")),
                    cell(bars).role(role),
                ]),
                None,
            ));
        };
        line("✔ closed", 2, Role::Good);
        line("✘ failed", 5, Role::Bad);
        line("⊘ canceled", 3, Role::Cancelled);
    }

    fn host_rows(&mut self, hosts: &[Value]) {
        let enabled = hosts.iter().filter(|h| h.truthy_at("enabled")).count();
        let ready = hosts.iter().filter(|h| h.truthy_at("ready")).count();
        let load: f64 = hosts.iter().filter_map(|h| h.get("task_load").and_then(Value::as_double)).sum();
        let capacity: f64 = hosts
            .iter()
            .filter(|h| h.truthy_at("enabled"))
            .filter_map(|h| h.get("capacity").and_then(Value::as_double))
            .sum();
        self.heading(format!(
            "hosts · {enabled} of {} enabled · {ready} ready · load {load:.1} of {capacity:.1}",
            hosts.len()
        ));
        let away = hosts.iter().filter(|h| h.truthy_at("enabled") && !h.truthy_at("ready"));
        for h in away.take(5) {
            let name = text(h, "name");
            let row =
                Row::Free(vec![cell(fit(&name, 30)), cell("! enabled, but not ready").role(Role::Warn)]);
            self.rows.push((row, Some(Subject::Host(name))));
        }
    }

    fn task_rows<'a>(&mut self, tasks: impl Iterator<Item = &'a Node>, now: f64) {
        for n in tasks {
            let state = task_state(n.state);
            let row = Row::Free(vec![
                cell(fit(&n.id.to_string(), 9)).role(Role::Link),
                cell(fit(&state.text, 12)).role(state.role),
                cell(fit(&n.method, 14)),
                cell(fit(&n.time(now).map(duration).unwrap_or_default(), 8)),
                cell(fit(&n.owner, 12)).muted(),
                cell(n.what.clone()),
            ]);
            self.rows.push((row, Some(Subject::Task(n.id))));
        }
    }
}

impl Listing for Home {
    fn place(&self) -> Place {
        Place::new("home", "")
    }

    fn wants(&self) -> Vec<Want> {
        let mut wants = vec![
            Want::every(Home::active(), 5),
            Want::every(Home::recent(), 10),
            Want::every(Home::hosts(), 15),
        ];
        wants.extend(self.mine().map(|c| Want::every(c, 5)));
        wants
    }

    fn tick(&mut self, cx: &mut Cx) {
        if self.user.as_ref() != cx.user {
            self.user = cx.user.cloned();
        }
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        self.user = cx.user.cloned();
        self.rows.clear();
        let nodes = |v: Option<&Value>| rows(v).iter().filter_map(Node::new).collect::<Vec<Node>>();
        let mine = self.mine().and_then(|c| cx.store.value(&c));
        if let Some(mine) = mine {
            self.heading("my tasks".into());
            let mine = nodes(Some(&mine));
            self.task_rows(mine.iter(), cx.now);
            if let Some(failed) = mine.iter().find(|n| n.state == 5) {
                let row = Row::Free(vec![
                    cell("✘ my last failure: ").role(Role::Bad),
                    cell(format!("task {} {}", failed.id, failed.what)),
                    cell("   F says why").muted(),
                ]);
                self.rows.push((row, Some(Subject::Task(failed.id))));
            }
        }
        let active = cx.store.value(&Home::active());
        if let Some(active) = &active {
            self.queue(rows(Some(active)));
        }
        let recent = nodes(cx.store.value(&Home::recent()).as_deref());
        self.heading("the last hour".into());
        self.hour(&recent, cx.now);
        if let Some(hosts) = cx.store.value(&Home::hosts()) {
            self.host_rows(rows(Some(&hosts)));
        }
        let running: Vec<Node> =
            nodes(active.as_deref()).into_iter().filter(|n| n.parent.is_none()).take(10).collect();
        if !running.is_empty() {
            self.heading("running and waiting".into());
            self.task_rows(running.iter(), cx.now);
        }
        let failed: Vec<&Node> = recent.iter().filter(|n| n.state == 5).take(8).collect();
        if !failed.is_empty() {
            self.heading("failed last".into());
            self.task_rows(failed.into_iter(), cx.now);
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

    fn header(&self, view: &View) -> Vec<Vec<crate::cell::Cell>> {
        let _ = view;
        Vec::new()
    }

    fn is_live(&self) -> bool {
        self.running
    }
}
