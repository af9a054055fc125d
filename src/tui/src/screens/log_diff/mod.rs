//! `log-diff TASK [NAME]`: what a log says that the log of the last good build does not, and the other way round.

mod good;
mod job;
#[cfg(test)]
mod tests;

use koji_logs::{Change, Compared, Errors, Test as _, text};

use crate::action::Action;
use crate::call::{Call, Want};
use crate::cell::{Cell, cell};
use crate::effect::Effect;
use crate::list::{Listing, Row};
use crate::place::{Place, Subject};
use crate::screen::{Cx, Message, View};
use crate::theme::Role;

pub use good::last_good;
use job::{Found, Side};

pub struct LogDiff {
    place: Place,
    task: i64,
    name: Option<String>,
    asked: bool,
    answer: Option<Result<Box<Found>, String>>,
    rows: Vec<Shown>,
    /// What makes a line one that says an error.
    errors: Option<Errors>,
}

enum Shown {
    Part(String),
    Line(Compared),
}

impl LogDiff {
    /// `TASK [NAME]`
    pub fn new(arg: &str) -> Result<LogDiff, String> {
        let (task, name) = arg.split_once(' ').unwrap_or((arg, ""));
        Ok(LogDiff {
            place: Place::new("log-diff", arg),
            task: super::number(task)?,
            name: Some(name.trim().to_owned()).filter(|n| !n.is_empty()),
            asked: false,
            answer: None,
            rows: Vec::new(),
            errors: None,
        })
    }

    fn ask(&mut self, cx: &mut Cx) {
        if !std::mem::replace(&mut self.asked, true) {
            cx.effects.push(Effect::Run(job::job(cx.id, self.task, self.name.clone())));
        }
    }

    fn take(&mut self, found: Found, own: &[String]) {
        self.errors = Errors::new(&found.this.name, own).ok();
        self.rows.clear();
        for (heading, part) in &found.parts {
            self.rows.push(Shown::Part(heading.clone()));
            self.rows.extend(part.iter().copied().map(Shown::Line));
        }
        self.answer = Some(Ok(Box::new(found)));
    }

    fn found(&self) -> Option<&Found> {
        self.answer.as_ref()?.as_ref().ok().map(|found| &**found)
    }

    /// The log that has the line.
    fn side(&self, change: Change) -> Option<&Side> {
        let found = self.found()?;
        Some(if change == Change::Gone { &found.good } else { &found.this })
    }

    fn line(&self, compared: Compared) -> Option<Vec<Cell>> {
        let side = self.side(compared.change)?;
        let line = side.body.line(compared.line)?;
        let says_error =
            self.errors.as_ref().is_some_and(|e| e.find(&line.text, 0).is_some() && e.confirm(&line.text));
        let (sign, role) = match compared.change {
            Change::Same => (" ", Role::Muted),
            Change::Gone => ("-", Role::Cancelled),
            Change::New if says_error => ("+", Role::Bad),
            Change::New => ("+", Role::Warn),
        };
        let number = side.body.number(compared.line).map(|n| n.to_string()).unwrap_or_default();
        Some(vec![
            cell(format!("{number:>7} ")).muted(),
            cell(format!("{sign} {}", text::safe(&line.text).text)).role(role),
        ])
    }
}

impl Listing for LogDiff {
    fn place(&self) -> Place {
        self.place.clone()
    }

    fn title(&self, _view: &View) -> String {
        match self.found() {
            Some(found) => {
                let good = found.good.nvr.as_deref().unwrap_or("the last good build");
                format!("{} of task {} beside {good}", found.this.name, found.this.task)
            }
            None => self.place.to_string(),
        }
    }

    fn wants(&self) -> Vec<Want> {
        // one small call, so that opening and reloading start the comparison
        let call = koji_api::methods::GetTaskInfo { task_id: self.task.into(), ..Default::default() };
        vec![Want::once(Call::new(call))]
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        self.ask(cx);
    }

    fn tick(&mut self, cx: &mut Cx) {
        self.ask(cx);
    }

    fn message(&mut self, message: Message, cx: &mut Cx) {
        let Ok(answer) = message.downcast::<Result<Found, String>>() else { return };
        match *answer {
            Ok(found) => self.take(found, &cx.settings.errors),
            Err(why) => self.answer = Some(Err(why)),
        }
    }

    fn header(&self, _view: &View) -> Vec<Vec<Cell>> {
        let Some(found) = self.found() else { return Vec::new() };
        let line = |sign, side: &Side, of: String, count: usize, role| {
            let log = format!("{} of task {}, {of}", side.name, side.task);
            vec![
                cell(format!("{sign} ")).role(role),
                cell(log),
                cell(format!(" · {count} lines of its own")).muted(),
            ]
        };
        let good = found.good.nvr.as_deref().unwrap_or_default();
        let mut lines = vec![
            line("-", &found.good, format!("the last good build {good}"), found.gone, Role::Cancelled),
            line("+", &found.this, "this one".to_owned(), found.new, Role::Warn),
        ];
        if found.cut {
            lines.push(vec![cell("! only the ends of these long logs are compared").role(Role::Warn)]);
        }
        lines
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn row(&self, i: usize, _now: f64) -> Row {
        match self.rows.get(i) {
            Some(Shown::Part(heading)) => Row::Heading(heading.clone()),
            Some(Shown::Line(compared)) => Row::Free(self.line(*compared).unwrap_or_default()),
            None => Row::Free(Vec::new()),
        }
    }

    /// The line in its log.
    fn subject(&self, i: usize) -> Option<Subject> {
        let Some(Shown::Line(compared)) = self.rows.get(i) else { return None };
        let side = self.side(compared.change)?;
        let line = side.body.number(compared.line);
        Some(Subject::Log { task: side.task, name: side.name.clone(), line })
    }

    fn about(&self) -> Option<Subject> {
        Some(Subject::Task(self.task))
    }

    fn act(&mut self, action: Action, _: Option<usize>, cx: &mut Cx) -> bool {
        if action == Action::Reload {
            self.asked = false;
            self.ask(cx);
        }
        false
    }

    fn is_working(&self) -> bool {
        self.answer.is_none()
    }

    fn empty(&self) -> String {
        match &self.answer {
            None => "… looking for the last good build, and reading both logs".into(),
            Some(Err(why)) => why.clone(),
            Some(Ok(_)) => "both logs say the same, but for times and counters".into(),
        }
    }
}
