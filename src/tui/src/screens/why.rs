//! Failure triage: the task that failed, the log and the lines that say why, what to do (the engine of `koji why`).

use std::time::Duration;

use koji_api::methods as m;
use koji_why::{Budget, Card};

use super::alike;
use super::log_diff::last_good;
use super::tasks::Node;
use crate::action::Action;
use crate::call::{Call, Want};
use crate::cell::{cell, clean, stamp};
use crate::effect::Effect;
use crate::list::{Lines, Listing};
use crate::net::Net;
use crate::place::{Place, Subject};
use crate::screen::{Cx, Message, View};
use crate::theme::Role;

pub struct Why {
    task: i64,
    asked: bool,
    answer: Option<Result<Box<Card>, String>>,
    /// The outer one: whether it has been looked for.
    before: Option<Option<Before>>,
    others: Others,
    rows: Lines,
}

/// Other tasks that failed of the same.
#[derive(Default)]
struct Others {
    /// The row that starts the search.
    start: Option<usize>,
    asked: bool,
    read: usize,
    of: Option<usize>,
    same: Vec<Node>,
    trouble: Option<String>,
}

impl Others {
    fn take(&mut self, read: Result<alike::Read, String>) {
        match read {
            Ok(read) => {
                self.of = Some(read.of);
                self.read += usize::from(read.of > 0);
                self.same.extend(read.same.map(|node| *node));
            }
            Err(why) => self.trouble = Some(why),
        }
    }

    fn is_working(&self) -> bool {
        self.asked && self.trouble.is_none() && self.of.is_none_or(|of| self.read < of)
    }

    fn arrange(&self, rows: &mut Lines, now: f64) {
        let what = "the same in other tasks";
        match (self.of, &self.trouble) {
            (_, Some(trouble)) => rows.heading(format!("{what}: {trouble}")),
            (None, None) => rows.heading(format!("{what} …")),
            (Some(of), None) if self.read < of => {
                rows.heading(format!("{what} · {} of {of} read", self.read))
            }
            (Some(of), None) if self.same.is_empty() => {
                rows.heading(format!("{what}: none of the last {of} failures"))
            }
            (Some(of), None) => {
                rows.heading(format!("{what} · {} of the last {of} failures", self.same.len()))
            }
        }
        for node in &self.same {
            node.row(node.line(now), rows);
        }
    }
}

/// The last build that went well, and the buildroots of both.
struct Before {
    nvr: String,
    buildroots: Option<(i64, i64)>,
}

async fn before(net: &Net, task: i64) -> Option<Before> {
    let good = last_good(net, task).await.ok()?;
    let buildroot = |task: i64| async move {
        let call = m::ListBuildroots { taskID: task.into(), ..Default::default() };
        net.reader.call(call).await.ok()?.as_array()?.first()?.int_at("id")
    };
    let buildroots = buildroot(good.task).await.zip(buildroot(task).await);
    Some(Before { nvr: good.nvr, buildroots })
}

impl Why {
    pub fn new(task: i64) -> Why {
        Why {
            task,
            asked: false,
            answer: None,
            before: None,
            others: Others::default(),
            rows: Lines::default(),
        }
    }

    fn ask(&mut self, cx: &mut Cx) {
        if std::mem::replace(&mut self.asked, true) {
            return;
        }
        let (task, id) = (self.task, cx.id);
        cx.effects.push(Effect::Run(Box::new(move |net| {
            Box::pin(async move {
                let budget = Budget { time: Duration::from_secs(20), ..Budget::default() };
                let card = koji_why::explain(&net.reader, task, budget).await;
                let answer: Result<Box<Card>, String> = card.map(Box::new).map_err(|e| e.to_string());
                let culprit = answer.as_ref().ok().map(|card| card.culprit.id);
                net.send(id, Box::new(answer));
                if let Some(culprit) = culprit {
                    net.send(id, Box::new(before(&net, culprit).await));
                }
            })
        })));
    }

    fn arrange(&mut self, now: f64) {
        self.others.start = None;
        let rows = &mut self.rows;
        rows.clear();
        let Some(Ok(card)) = &self.answer else { return };
        rows.fact("class", cell(format!("✘ {}", card.class.name())).role(Role::Bad));
        rows.fact("meaning", card.class.meaning());
        let culprit = &card.culprit;
        let what = format!("task {} {} {}", culprit.id, culprit.method, culprit.arch);
        rows.link("task", what, Subject::Task(culprit.id));
        if let Some(host) = &card.host {
            rows.link("host", host.clone(), Subject::Host(host.clone()));
        }
        if let Some(at) = culprit.completion {
            rows.fact("at", stamp(at));
        }
        if let Some(log) = &card.log {
            let subject = Subject::Log { task: culprit.id, name: log.name.clone(), line: None };
            rows.link("log", log.name.clone(), subject);
        }
        if let Some(Some(before)) = &self.before {
            rows.link("last good", before.nvr.clone(), Subject::Build { id: 0, nvr: before.nvr.clone() });
            if let Some(log) = &card.log {
                let place = Place::new("log-diff", format!("{} {}", culprit.id, log.name));
                rows.link("compare", "this log with its log", Subject::Place(place));
            }
            if let Some((good, this)) = before.buildroots {
                let place = Place::new("buildroot-diff", format!("{good} {this}"));
                rows.link(
                    "buildroots",
                    "what differs between its buildroot and this one",
                    Subject::Place(place),
                );
            }
        }
        if !self.others.asked && card.verdict.as_ref().is_some_and(|v| v.fingerprint().is_some()) {
            self.others.start = Some(rows.len());
            rows.fact("elsewhere", cell("enter looks for the same in the last failures").role(Role::Link));
        }
        if let Some(verdict) = &card.verdict {
            rows.fact("section", verdict.section.clone().unwrap_or_default());
            let about = verdict.subject.as_deref().map(clean).unwrap_or_default();
            rows.fact("about", cell(about).role(Role::Title));
            rows.heading("what the log says");
            for line in &verdict.lines {
                let role = if line.telling { Role::Bad } else { Role::Text };
                let sign = if line.telling { "▶" } else { " " };
                let cells = vec![
                    cell(format!("{:>7} {sign} ", line.place.to_string())).muted(),
                    cell(clean(&line.text)).role(role),
                ];
                let subject = match (&card.log, line.place) {
                    (Some(log), koji_why::Place::Line(n)) => {
                        Subject::Log { task: culprit.id, name: log.name.clone(), line: Some(n) }
                    }
                    _ => Subject::Text(line.text.clone()),
                };
                rows.item(cells, subject);
            }
        }
        if let Some(fault) = &card.fault {
            rows.heading("fault");
            for line in fault.lines().take(10) {
                rows.item(vec![cell(clean(line)).muted()], None);
            }
        }
        rows.heading("what to do");
        for line in card.remedy.lines() {
            rows.item(vec![cell(clean(line)).role(Role::Good)], None);
        }
        if self.others.asked {
            self.others.arrange(rows, now);
        }
    }
}

impl Listing for Why {
    fn place(&self) -> Place {
        Place::new("why", self.task)
    }

    fn title(&self, _view: &View) -> String {
        format!("why did task {} fail", self.task)
    }

    fn wants(&self) -> Vec<Want> {
        // one small call, so that opening and reloading start the search
        let call = Call::new(m::GetTaskInfo { task_id: self.task.into(), ..Default::default() });
        vec![Want::once(call)]
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        self.ask(cx);
    }

    fn tick(&mut self, cx: &mut Cx) {
        self.ask(cx);
    }

    fn message(&mut self, message: Message, cx: &mut Cx) {
        match message.downcast::<Option<Before>>() {
            Ok(before) => self.before = Some(*before),
            Err(other) => match other.downcast() {
                Ok(read) => self.others.take(*read),
                Err(other) => self.answer = other.downcast().ok().map(|answer| *answer),
            },
        }
        self.arrange(cx.now);
    }

    fn open(&mut self, i: usize, cx: &mut Cx) {
        if self.others.start != Some(i) {
            if let Some(place) = self.subject(i).and_then(|s| s.place()) {
                cx.go(place);
            }
            return;
        }
        let Some(Ok(card)) = &self.answer else { return };
        if let Some(job) = alike::job(cx.id, card) {
            self.others.asked = true;
            cx.effects.push(Effect::Run(job));
            self.arrange(cx.now);
        }
    }

    fn act(&mut self, action: Action, _: Option<usize>, cx: &mut Cx) -> bool {
        if action == Action::Reload {
            self.asked = false;
            self.others = Others::default();
            self.ask(cx);
        }
        false
    }

    fn lines(&self) -> &Lines {
        &self.rows
    }

    fn about(&self) -> Option<Subject> {
        Some(Subject::Task(self.task))
    }

    fn is_working(&self) -> bool {
        match &self.answer {
            None => true,
            Some(Ok(_)) => self.before.is_none() || self.others.is_working(),
            Some(Err(_)) => false,
        }
    }

    fn empty(&self) -> String {
        match &self.answer {
            None => "… reading the ends of its logs".into(),
            Some(Err(why)) => why.clone(),
            Some(Ok(_)) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use koji_why::{State, Task, triage};
    use koji_xmlrpc::Value;

    use super::*;

    fn card() -> Card {
        let log =
            ["a.c:1:1: error: unknown type name 'x'", "error: Bad exit status from /var/tmp/x (%build)"];
        let task = Task {
            id: 12,
            parent: Some(10),
            method: "buildArch".into(),
            arch: "noarch".into(),
            label: "noarch".into(),
            state: State::Failed,
            host_id: None,
            completion: None,
        };
        let verdict = triage("build.log", log);
        let class = verdict.as_ref().unwrap().class;
        let remedy = String::new();
        Card { culprit: task.clone(), task, host: None, log: None, class, verdict, fault: None, remedy }
    }

    #[test]
    fn the_same_in_other_tasks() {
        let (store, settings, mut effects) = Default::default();
        let mut cx =
            Cx { id: 1, store: &store, user: None, settings: &settings, now: 0.0, effects: &mut effects };
        let mut why = Why::new(10);
        why.message(Box::new(Ok::<_, String>(Box::new(card()))), &mut cx);
        why.message(Box::new(None::<Before>), &mut cx);
        assert!(!why.is_working());
        why.open(why.others.start.unwrap(), &mut cx);
        assert!(matches!(cx.effects.last(), Some(Effect::Run(_))) && why.is_working());
        let read = |same: Option<i64>| {
            let node = same.and_then(|id| Node::new(&Value::record([("id", id.into())]))).map(Box::new);
            Box::new(Ok::<_, String>(alike::Read { of: 2, same: node }))
        };
        let shown = |why: &Why| (0..why.len()).map(|i| format!("{:?}", why.row(i, 0.0))).collect::<String>();
        why.message(read(None), &mut cx);
        assert!(shown(&why).contains("1 of 2 read") && why.is_working());
        why.message(read(Some(77)), &mut cx);
        assert!(shown(&why).contains("1 of the last 2 failures") && !why.is_working());
        let subjects: Vec<_> = (0..why.len()).filter_map(|i| why.subject(i)).collect();
        assert!(subjects.contains(&Subject::Task(77)), "{subjects:?}");
        // asked again, all of it is
        why.act(Action::Reload, None, &mut cx);
        why.message(Box::new(Ok::<_, String>(Box::new(card()))), &mut cx);
        assert!(why.others.start.is_some() && !shown(&why).contains("of the last"));
    }
}
