//! Failure triage: the task that failed, the log and the lines that say why, what to do (the engine of `koji why`).

use std::time::Duration;

use koji_api::methods as m;
use koji_why::{Budget, Card};

use super::log_diff::last_good;
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
    rows: Lines,
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
        Why { task, asked: false, answer: None, before: None, rows: Lines::default() }
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

    fn arrange(&mut self) {
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

    fn message(&mut self, message: Message, _cx: &mut Cx) {
        match message.downcast::<Option<Before>>() {
            Ok(before) => self.before = Some(*before),
            Err(other) => self.answer = other.downcast().ok().map(|answer| *answer),
        }
        self.arrange();
    }

    fn act(&mut self, action: Action, _: Option<usize>, cx: &mut Cx) -> bool {
        if action == Action::Reload {
            self.asked = false;
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
            Some(Ok(_)) => self.before.is_none(),
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
