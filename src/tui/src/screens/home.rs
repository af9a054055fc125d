//! The dashboard: queue by channel and arch, the last hour, hosts, my tasks, my last failure and its first error.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use koji_api::methods as m;
use koji_why::Budget;
use koji_xmlrpc::Value;

use super::hour::Hour;
use super::repos;
use super::tasks::Node;
use crate::call::{Call, Want};
use crate::cell::{ago, cell, clean, fit, rows, seconds_at, text};
use crate::effect::Effect;
use crate::list::{Lines, Listing};
use crate::names;
use crate::place::{Place, Subject};
use crate::screen::{Cx, Message, User};
use crate::theme::Role;

#[derive(Default)]
pub struct Home {
    user: Option<User>,
    rows: Lines,
    running: bool,
    hour: Hour,
    /// My last failure whose cause was looked for, and the line that says it.
    failure: Option<(i64, Option<String>)>,
}

/// What the log of a failed task says.
struct Cause {
    task: i64,
    line: String,
}

/// Ended tasks that are asked for at once.
const ENDED: i64 = 500;

impl Home {
    fn tasks(states: &[i64], order: &str, limit: i64, more: &[(&str, Value)]) -> Call {
        let states = Value::Array(states.iter().map(|s| (*s).into()).collect());
        let opts = [("state", states), ("decode", true.into())].into_iter().chain(more.iter().cloned());
        let opts = Value::Struct(opts.map(|(k, v)| (k.to_owned(), v)).collect());
        let query = Value::record([("order", Value::from(order)), ("limit", limit.into())]);
        Call::new(m::ListTasks { opts, queryOpts: query })
    }

    fn active() -> Call {
        Home::tasks(&[0, 1, 4], "-id", 2000, &[])
    }

    /// Those that ended, for the last hour.
    fn ended() -> Call {
        Home::tasks(&[2, 3, 5], "-completion_time", ENDED, &[])
    }

    fn failed() -> Call {
        Home::tasks(&[5], "-completion_time", 8, &[("parent", Value::Nil)])
    }

    fn mine(&self) -> Option<Call> {
        let user = self.user.as_ref()?.id.into();
        Some(Home::tasks(&[0, 1, 2, 3, 4, 5], "-id", 8, &[("owner", user), ("parent", Value::Nil)]))
    }

    fn hosts() -> Call {
        Call::new(m::ListHosts::default())
    }

    fn channels() -> Call {
        Call::new(m::ListChannels::default())
    }

    /// Tasks that wait and run, by channel and arch: shade and number.
    fn queue(&mut self, tasks: &[Value], channels: &HashMap<i64, String>) {
        let mut grid: BTreeMap<(String, String), (u32, u32)> = BTreeMap::new();
        for t in tasks {
            let id = t.int_at("channel_id").unwrap_or(0);
            let channel = channels.get(&id).cloned().unwrap_or_else(|| format!("channel {id}"));
            let entry = grid.entry((channel, text(t, "arch"))).or_default();
            if t.int_at("state") == Some(1) { entry.1 += 1 } else { entry.0 += 1 }
        }
        let waiting: u32 = grid.values().map(|v| v.0).sum();
        let running: u32 = grid.values().map(|v| v.1).sum();
        self.running = running > 0;
        self.rows.heading(format!("queue · {running} running · {waiting} waiting"));
        if grid.is_empty() {
            self.rows.item(vec![cell("✔ nothing waits and nothing runs").role(Role::Good)], None);
        }
        for ((channel, arch), (waiting, running)) in grid {
            let shade = |n: u32, c: char| c.to_string().repeat(usize::try_from(n.min(24)).unwrap_or(0));
            let cells = vec![
                cell(fit(&channel, 16)).role(Role::Link),
                cell(fit(&arch, 10)).muted(),
                cell(format!("▶ {running:>4} running  ")).role(Role::Running),
                cell(format!("○ {waiting:>4} waiting  ")).role(Role::Waiting),
                cell(shade(running, '█')).role(Role::Running),
                cell(shade(waiting, '░')).role(Role::Waiting),
            ];
            self.rows.item(cells, Subject::Channel(channel));
        }
    }

    fn host_rows(&mut self, hosts: &[Value]) {
        let enabled: Vec<&Value> = hosts.iter().filter(|h| h.truthy_at("enabled")).collect();
        let ready = enabled.iter().filter(|h| h.truthy_at("ready")).count();
        let sum =
            |key: &str| enabled.iter().filter_map(|h| h.get(key).and_then(Value::as_double)).sum::<f64>();
        self.rows.heading(format!(
            "hosts · {} of {} enabled · {ready} ready · load {:.1} of {:.1}",
            enabled.len(),
            hosts.len(),
            sum("task_load"),
            sum("capacity"),
        ));
        for h in enabled.iter().filter(|h| !h.truthy_at("ready")).take(5) {
            let name = text(h, "name");
            let cells = vec![
                cell(fit(&name, 30)).role(Role::Link),
                cell("! enabled, but not ready").role(Role::Warn),
            ];
            self.rows.item(cells, Subject::Host(name));
        }
    }

    fn task_rows<'a>(&mut self, tasks: impl Iterator<Item = &'a Node>, now: f64) {
        for n in tasks {
            n.row(n.line(now), &mut self.rows);
        }
    }

    /// Requests for repositories that have not been met.
    fn behind(&mut self, requests: &[Value], now: f64) {
        if requests.is_empty() {
            return;
        }
        self.rows.heading(format!("repositories that are asked for · {}", requests.len()));
        for r in requests.iter().take(5) {
            let tag = text(r, "tag_name");
            let task = r.int_at("task_id");
            let what = task.map_or("○ waits".to_owned(), |t| format!("▶ task {t}"));
            let cells = vec![
                cell(fit(&tag, 30)).role(Role::Link),
                cell(fit(&what, 16)).role(if task.is_some() { Role::Running } else { Role::Waiting }),
                ago(seconds_at(r, "create_ts"), now),
            ];
            self.rows.item(cells, task.map_or(Subject::Tag(tag), Subject::Task));
        }
    }

    fn last_failure(&mut self, failed: &Node, cx: &mut Cx) {
        if self.failure.as_ref().is_none_or(|(id, _)| *id != failed.id) {
            self.failure = Some((failed.id, None));
            let (task, screen) = (failed.id, cx.id);
            cx.effects.push(Effect::Run(Box::new(move |net| {
                Box::pin(async move {
                    let budget = Budget { time: Duration::from_secs(5), ..Budget::default() };
                    // without a cause the row just says that it failed
                    let Ok(card) = koji_why::explain(&net.reader, task, budget).await else { return };
                    let lines = card.verdict.map(|v| v.lines).unwrap_or_default();
                    let telling = lines.iter().find(|l| l.telling).or(lines.first());
                    let line = telling.map_or(card.class.meaning().to_owned(), |l| l.text.clone());
                    net.send(screen, Box::new(Cause { task, line }));
                })
            })));
        }
        let line = self.failure.as_ref().and_then(|(_, line)| line.clone()).unwrap_or_default();
        let cells = vec![
            cell("✘ my last failure: ").role(Role::Bad),
            cell(format!("task {}  ", failed.id)).role(Role::Link),
            cell(clean(line.trim())),
        ];
        self.rows.item(cells, Subject::Task(failed.id));
    }

    fn arrange(&mut self, cx: &mut Cx) {
        self.rows.clear();
        let nodes = |call: Option<Call>| -> Option<Vec<Node>> {
            let value = cx.store.value(&call?)?;
            Some(rows(Some(&value)).iter().filter_map(Node::new).collect())
        };
        let (mine, failed) = (nodes(self.mine()), nodes(Some(Home::failed())));
        if let Some(mine) = mine {
            self.rows.heading("my tasks");
            self.task_rows(mine.iter(), cx.now);
            if let Some(failed) = mine.iter().find(|n| n.state == 5) {
                self.last_failure(failed, cx);
            }
        }
        let active = cx.store.value(&Home::active());
        if let Some(active) = active.as_deref() {
            let channels = cx.store.value(&Home::channels());
            let name = |c: &Value| Some((c.int_at("id")?, text(c, "name")));
            let channels = rows(channels.as_deref()).iter().filter_map(name).collect();
            self.queue(rows(Some(active)), &channels);
        }
        if active.is_some() {
            self.rows.heading("the last hour");
            self.hour.lines(cx.now).into_iter().for_each(|cells| self.rows.item(cells, None));
        }
        if let Some(hosts) = cx.store.value(&Home::hosts()) {
            self.host_rows(rows(Some(&hosts)));
        }
        let requests = cx.store.value(&repos::requests());
        self.behind(rows(requests.as_deref()), cx.now);
        let running = rows(active.as_deref()).iter().filter_map(Node::new).filter(|n| n.parent.is_none());
        let running: Vec<Node> = running.take(10).collect();
        if !running.is_empty() {
            self.rows.heading("running and waiting");
            self.task_rows(running.iter(), cx.now);
        }
        let failed = failed.unwrap_or_default();
        if !failed.is_empty() {
            self.rows.heading("failed last");
            self.task_rows(failed.iter(), cx.now);
        }
        self.rows.name(cx.store);
    }
}

impl Listing for Home {
    fn place(&self) -> Place {
        Place::new("home", "")
    }

    fn wants(&self) -> Vec<Want> {
        let mut wants = vec![
            Want::every(Home::active(), 5),
            Want::every(Home::failed(), 10),
            Want::every(Home::ended(), 60),
            Want::every(Home::hosts(), 15),
            Want::every(repos::requests(), 10),
            Want::once(Home::channels()),
        ];
        wants.extend(self.mine().map(|c| Want::every(c, 5)));
        wants.extend(names::wants(self.rows.meant()));
        wants
    }

    fn tick(&mut self, cx: &mut Cx) {
        if self.user.as_ref() != cx.user {
            self.user = cx.user.cloned();
        }
        // running times go on
        if self.running {
            self.arrange(cx);
        }
    }

    fn answered(&mut self, call: &Call, cx: &mut Cx) {
        self.user = cx.user.cloned();
        if let Some(answer) = cx.store.value(call) {
            let rows = rows(Some(&answer));
            if *call == Home::active() {
                self.hour.active(rows);
            } else if *call == Home::ended() {
                self.hour.ended(rows, usize::try_from(ENDED).unwrap_or(usize::MAX), cx.now);
            }
        }
        self.arrange(cx);
    }

    fn message(&mut self, message: Message, cx: &mut Cx) {
        if let Ok(cause) = message.downcast::<Cause>() {
            self.failure = Some((cause.task, Some(cause.line)));
            self.arrange(cx);
        }
    }

    fn lines(&self) -> &Lines {
        &self.rows
    }

    fn is_live(&self) -> bool {
        self.running
    }
}
