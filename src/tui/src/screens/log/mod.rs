//! Logs: one with everything that can be done with it, or up to six side by side or as one stream.

mod draw;
pub(super) mod job;
mod keys;
mod pane;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use koji_api::methods::GetTaskInfo;
use koji_api::types::TaskState;
use koji_logs::Merged;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};

use crate::action::Action;
use crate::call::{Call, Want};
use crate::effect::Effect;
use crate::place::{Place, Subject};
use crate::screen::{Cx, Message, Screen, View};
use crate::theme::Role;
use crate::widgets::input::Input;

use job::{News, Which};
use pane::Pane;

/// Logs side by side.
const MOST: usize = 6;

pub struct Logs {
    place: Place,
    panes: Vec<Pane>,
    focus: usize,
    started: bool,
    /// What is being typed: pattern, filter or line number.
    prompt: Option<(Asked, Input)>,
    /// Where one was when the typing began.
    origin: i64,
    /// The next key names a mark.
    mark: Option<Action>,
    /// The list of phases, and which is chosen.
    phases: Option<usize>,
    /// All as one stream, and its first line on the screen; `None`: the end.
    merged: Option<(Merged, Option<u64>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Find,
    Only,
    Line,
}

impl Logs {
    /// `TASK [NAME [LINE]]`, or the path of a file here.
    pub fn one(arg: &str) -> Result<Logs, String> {
        let place = Place::new("log", arg);
        if arg.starts_with('/') {
            return Ok(Logs::with(place, vec![Pane::new(Which::File(arg.into()))]));
        }
        let mut words = arg.split_whitespace();
        let id = words.next().unwrap_or_default();
        let id = id.parse().map_err(|_| format!("{id} is neither a task's id nor a path"))?;
        let mut pane = Pane::new(Which::Task { id, name: words.next().map(str::to_owned) });
        if let Some(line) = words.next() {
            pane.seek_line(line.parse().map_err(|_| format!("{line} is no line number"))?);
        }
        Ok(Logs::with(place, vec![pane]))
    }

    /// `TASK|/PATH TASK|/PATH ...`
    pub fn several(arg: &str) -> Result<Logs, String> {
        let panes = arg.split_whitespace().map(|word| {
            if word.starts_with('/') {
                return Ok(Pane::new(Which::File(word.into())));
            }
            let id = word.parse().map_err(|_| format!("{word} is neither a task's id nor a path"))?;
            Ok(Pane::new(Which::Task { id, name: None }))
        });
        let panes = panes.collect::<Result<Vec<_>, String>>()?;
        if panes.is_empty() || panes.len() > MOST {
            return Err(format!("from one to {MOST} logs can be looked at together"));
        }
        Ok(Logs::with(Place::new("logs", arg), panes))
    }

    fn with(place: Place, panes: Vec<Pane>) -> Logs {
        Logs {
            place,
            panes,
            focus: 0,
            started: false,
            prompt: None,
            origin: 0,
            mark: None,
            phases: None,
            merged: None,
        }
    }

    fn start(&mut self, cx: &mut Cx) {
        if !self.started {
            self.started = true;
            for pane in self.panes.iter_mut().filter(|_| !cx.settings.errors.is_empty()) {
                pane.set_rules(&cx.settings.errors);
            }
            let panes = self.panes.iter().map(|p| (p.which.clone(), Arc::downgrade(&p.work))).collect();
            cx.effects.push(Effect::Run(job::job(cx.id, panes)));
        }
    }

    fn pane(&mut self) -> Option<&mut Pane> {
        self.panes.get_mut(self.focus)
    }

    fn tasks(&self) -> impl Iterator<Item = i64> + '_ {
        self.panes.iter().filter_map(|p| match p.which {
            Which::Task { id, .. } => Some(id),
            Which::File(_) => None,
        })
    }

    fn merge(&mut self) {
        if self.merged.take().is_some() {
            return;
        }
        let mut merged = Merged::default();
        for pane in &self.panes {
            if let Some(body) = pane.body() {
                merged.add(Arc::clone(body));
            }
        }
        self.merged = Some((merged, None));
    }

    /// Writes the whole log where the program was started, or for the pager.
    fn write(&self, cx: &mut Cx, pager: bool) {
        let pane = self.panes.get(self.focus);
        let Some((pane, body)) = pane.and_then(|p| Some((p, Arc::clone(p.body()?)))) else { return };
        let name = match pane.which {
            Which::Task { id, .. } => format!("{id}-{}", pane.name.replace('/', "-")),
            Which::File(_) => pane.name.clone(),
        };
        cx.effects.push(Effect::Run(job::write(cx.id, self.focus, body, name, pager)));
    }

    fn wrote(&self, path: &std::path::Path, pager: bool, result: Result<u64, String>, cx: &mut Cx) {
        let path = path.display();
        match result {
            Ok(_) if pager => {
                let script = r#"${PAGER:-less} "$0"; rm -f "$0""#;
                let words = ["sh", "-c", script, &path.to_string()].map(str::to_owned);
                cx.effects.push(Effect::Program(words.to_vec()));
            }
            Ok(size) => cx.say(Role::Good, format!("saved {size} bytes to {path}")),
            Err(e) => cx.say(Role::Bad, format!("cannot write {path}: {e}")),
        }
    }
}

impl Screen for Logs {
    fn place(&self) -> Place {
        self.place.clone()
    }

    fn title(&self, _view: &View) -> String {
        self.panes.iter().map(draw::title).collect::<Vec<_>>().join(" | ")
    }

    fn wants(&self) -> Vec<Want> {
        let call = |id: i64| Call::new(GetTaskInfo { task_id: id.into(), ..Default::default() });
        self.tasks().map(|id| Want::every(call(id), 10)).collect()
    }

    fn topics(&self) -> Vec<String> {
        self.tasks().map(|id| format!("task:{id}")).collect()
    }

    fn answered(&mut self, _call: &Call, cx: &mut Cx) {
        self.start(cx);
        for pane in &self.panes {
            let Which::Task { id, .. } = pane.which else { continue };
            let call = Call::new(GetTaskInfo { task_id: id.into(), ..Default::default() });
            let state = cx.store.get(&call).and_then(|k| k.value.as_ref()?.int_at("state"));
            let ended = state.and_then(TaskState::from_code).is_some_and(TaskState::is_final);
            if let (true, Some(log)) = (ended, pane.log()) {
                log.finish();
            }
        }
    }

    fn message(&mut self, message: Message, cx: &mut Cx) {
        let Ok(news) = message.downcast::<News>() else { return };
        let news = *news;
        if let job::What::Wrote { path, pager, result } = news.what {
            return self.wrote(&path, pager, result, cx);
        }
        let opened = matches!(news.what, job::What::Opened(_));
        if let Some(pane) = self.panes.get_mut(news.pane) {
            pane.hear(news.what);
        }
        if opened {
            // a task that has ended already
            let call = Call::new(GetTaskInfo::default());
            self.answered(&call, cx);
        }
        if let Some((stream, _)) = &mut self.merged {
            for (origin, pane) in self.panes.iter().enumerate() {
                if let Some(body) = pane.body() {
                    stream.replace(origin, Arc::clone(body));
                }
                stream.arrived(origin);
            }
        }
    }

    fn tick(&mut self, cx: &mut Cx) {
        self.start(cx);
    }

    fn scopes(&self) -> &'static [&'static str] {
        &["log"]
    }

    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        self.typed(key, cx)
    }

    fn act(&mut self, action: Action, cx: &mut Cx) -> bool {
        self.acted(action, cx)
    }

    fn mouse(&mut self, event: MouseEvent, _area: Rect, _cx: &mut Cx) -> bool {
        let action = match event.kind {
            MouseEventKind::ScrollDown => Action::Down,
            MouseEventKind::ScrollUp => Action::Up,
            _ => return false,
        };
        for _ in 0..3 {
            if !self.act_on_stream(action)
                && let Some(pane) = self.pane()
            {
                pane.scroll(if action == Action::Down { 1 } else { -1 });
            }
        }
        true
    }

    fn selection(&self) -> Vec<Subject> {
        match self.panes.get(self.focus) {
            Some(Pane { which: Which::Task { id, .. }, name, .. }) => {
                vec![Subject::Log { task: *id, name: name.clone(), line: None }, Subject::Task(*id)]
            }
            _ => Vec::new(),
        }
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let [body, prompt] =
            Layout::vertical([Constraint::Min(0), Constraint::Length(u16::from(self.prompt.is_some()))])
                .areas(area);
        if let Some((stream, top)) = &self.merged {
            let height = u64::from(body.height);
            self.panes.iter().for_each(|p| p.height.set(usize::from(body.height).max(1)));
            let first = top.unwrap_or(stream.len().saturating_sub(height));
            draw::merged(stream, &self.panes, first, frame, body, view);
        } else {
            let columns = if self.panes.len() > 1 && body.width >= 120 { 2 } else { 1 };
            let rows = self.panes.len().div_ceil(columns);
            let areas = Layout::vertical(vec![Constraint::Fill(1); rows]).split(body);
            for (n, pane) in self.panes.iter().enumerate() {
                let row = areas.get(n / columns).copied().unwrap_or_default();
                let cells = Layout::horizontal(vec![Constraint::Fill(1); columns]).split(row);
                let cell = cells.get(n % columns).copied().unwrap_or_default();
                draw::pane(pane, frame, cell, view, n == self.focus, self.panes.len() > 1);
            }
        }
        if let (Some(chosen), Some(pane)) = (self.phases, self.panes.get(self.focus)) {
            draw::phases(&pane.phases(), chosen, frame, body, view);
        }
        if let Some((asked, input)) = &self.prompt {
            let label = match asked {
                Asked::Find => "find: ",
                Asked::Only => "only lines with (! without, && both): ",
                Asked::Line => "line: ",
            };
            let wide = u16::try_from(label.len()).unwrap_or(0);
            let [name, field] =
                Layout::horizontal([Constraint::Length(wide), Constraint::Min(0)]).areas(prompt);
            frame.render_widget(ratatui::text::Span::styled(label, view.style(Role::Key)), name);
            input.draw(frame, field, view, true);
        }
    }

    fn hints(&self) -> &'static [(Action, &'static str)] {
        &[
            (Action::Find, "find"),
            (Action::NextError, "error"),
            (Action::OnlyLines, "only"),
            (Action::Phases, "phases"),
            (Action::Follow, "follow"),
            (Action::Wrap, "wrap"),
            (Action::Times, "times"),
            (Action::NextSection, "next log"),
            (Action::LogDiff, "last good"),
            (Action::Save, "save"),
            (Action::Pager, "pager"),
            (Action::Help, "help"),
            (Action::Close, "back"),
        ]
    }

    fn is_working(&self) -> bool {
        self.panes.iter().any(|p| !p.status.opened && p.status.trouble.is_none() && p.problem.is_none())
    }

    /// The last lines and where one is: what is seen is what is read out.
    fn text(&self, _view: &View) -> Vec<String> {
        let mut lines = Vec::new();
        for pane in &self.panes {
            let height = i64::try_from(pane.height.get()).unwrap_or(1);
            let first = pane.step(pane.at, 1 - height);
            let seen = pane.window(first, pane.height.get());
            lines.push(format!("{}: {}", draw::title(pane), draw::state(pane)));
            lines.extend(seen.iter().map(|l| koji_logs::text::safe(&l.text).text));
        }
        lines
    }
}
