//! Failure triage: the task that failed, the log and the lines that say why, what to do (the engine of `koji why`).

use std::time::Duration;

use koji_why::{Budget, Card};

use crate::call::{Call, Want};
use crate::cell::{cell, clean, stamp};
use crate::effect::Effect;
use crate::list::{Listing, Row, fact};
use crate::place::{Place, Subject};
use crate::screen::{Cx, Message, View};
use crate::theme::Role;

pub struct Why {
    task: i64,
    asked: bool,
    answer: Option<Result<Box<Card>, String>>,
    rows: Vec<(Row, Option<Subject>)>,
}

impl Why {
    pub fn new(task: i64) -> Why {
        Why { task, asked: false, answer: None, rows: Vec::new() }
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
        let mut add = |row: Row, to: Option<Subject>| rows.push((row, to));
        add(fact("class", cell(format!("✘ {}", card.class.name())).role(Role::Bad)), None);
        add(fact("meaning", cell(card.class.meaning())), None);
        let culprit = &card.culprit;
        let what = format!("task {} {} {}", culprit.id, culprit.method, culprit.arch);
        add(fact("task", cell(what).role(Role::Link)), Some(Subject::Task(culprit.id)));
        if let Some(host) = &card.host {
            add(fact("host", cell(host.clone()).role(Role::Link)), Some(Subject::Host(host.clone())));
        }
        if let Some(at) = culprit.completion {
            add(fact("at", cell(stamp(at))), None);
        }
        if let Some(log) = &card.log {
            let to = Subject::Log { task: culprit.id, name: log.name.clone() };
            add(fact("log", cell(log.name.clone()).role(Role::Link)), Some(to));
        }
        if let Some(verdict) = &card.verdict {
            if let Some(section) = &verdict.section {
                add(fact("section", cell(section.clone())), None);
            }
            if let Some(subject) = &verdict.subject {
                add(fact("about", cell(clean(subject)).role(Role::Title)), None);
            }
            add(Row::Heading("what the log says".into()), None);
            for line in &verdict.lines {
                let role = if line.telling { Role::Bad } else { Role::Text };
                let sign = if line.telling { "▶" } else { " " };
                let cells = vec![
                    cell(format!("{:>7} {sign} ", line.place.to_string())).muted(),
                    cell(clean(&line.text)).role(role),
                ];
                add(Row::Free(cells), Some(Subject::Text(line.text.clone())));
            }
        }
        if let Some(fault) = &card.fault {
            add(Row::Heading("fault".into()), None);
            for line in fault.lines().take(10) {
                add(Row::Free(vec![cell(clean(line)).muted()]), None);
            }
        }
        add(Row::Heading("what to do".into()), None);
        for line in card.remedy.lines() {
            add(Row::Free(vec![cell(clean(line)).role(Role::Good)]), None);
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

    fn empty(&self) -> String {
        match &self.answer {
            None => "… reading the ends of its logs".into(),
            Some(Err(why)) => why.clone(),
            Some(Ok(_)) => String::new(),
        }
    }
}
