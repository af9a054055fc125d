//! Failure triage: the task that failed, the log and the lines that say why, what to do (the engine of `koji why`).

use std::time::Duration;

use koji_why::{Budget, Card};

use crate::call::{Call, Want};
use crate::cell::{cell, clean, stamp};
use crate::effect::Effect;
use crate::list::{Lines, Listing};
use crate::place::{Place, Subject};
use crate::screen::{Cx, Message, View};
use crate::theme::Role;

pub struct Why {
    task: i64,
    asked: bool,
    answer: Option<Result<Box<Card>, String>>,
    rows: Lines,
}

impl Why {
    pub fn new(task: i64) -> Why {
        Why { task, asked: false, answer: None, rows: Lines::default() }
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
                net.send(id, Box::new(answer));
            })
        })));
    }

    fn arrange(&mut self, card: &Card) {
        let rows = &mut self.rows;
        rows.clear();
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
            let place = Place::new("log-diff", format!("{} {}", culprit.id, log.name));
            rows.link("compare", "with the log of the last good build", Subject::Place(place));
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
        let call =
            Call::new(koji_api::methods::GetTaskInfo { task_id: self.task.into(), ..Default::default() });
        vec![Want::once(call)]
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        self.ask(cx);
    }

    fn tick(&mut self, cx: &mut Cx) {
        self.ask(cx);
    }

    fn message(&mut self, message: Message, _cx: &mut Cx) {
        let Ok(answer) = message.downcast::<Result<Box<Card>, String>>() else { return };
        match &*answer {
            Ok(card) => self.arrange(card),
            Err(_) => self.rows.clear(),
        }
        self.answer = Some(*answer);
    }

    fn lines(&self) -> &Lines {
        &self.rows
    }

    fn about(&self) -> Option<Subject> {
        Some(Subject::Task(self.task))
    }

    fn is_working(&self) -> bool {
        self.answer.is_none()
    }

    fn empty(&self) -> String {
        match &self.answer {
            None => "… reading the ends of its logs".into(),
            Some(Err(why)) => why.clone(),
            Some(Ok(_)) => String::new(),
        }
    }
}
