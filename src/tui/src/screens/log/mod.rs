//! Logs: one with everything that can be done with it, or up to six side by side or as one stream.

mod draw;
mod job;
mod pane;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, MouseEvent, MouseEventKind};
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
    /// `TASK [NAME]`, or the path of a file here.
    pub fn one(arg: &str) -> Result<Logs, String> {
        let which = match arg.split_once(' ').unwrap_or((arg, "")) {
            _ if arg.starts_with('/') => Which::File(arg.into()),
            (id, name) => Which::Task {
                id: id.parse().map_err(|_| format!("{id} is neither a task's id nor a path"))?,
                name: Some(name.trim().to_owned()).filter(|n| !n.is_empty()),
            },
        };
        Ok(Logs::with(Place::new("log", arg), vec![Pane::new(which)]))
    }

    /// `TASK TASK ...`
    pub fn several(arg: &str) -> Result<Logs, String> {
        let tasks = arg.split_whitespace().map(|id| {
            let id = id.parse().map_err(|_| format!("{id} is no task's id"))?;
            Ok(Pane::new(Which::Task { id, name: None }))
        });
        let panes = tasks.collect::<Result<Vec<_>, String>>()?;
        if panes.is_empty() || panes.len() > MOST {
            return Err(format!("from one to {MOST} tasks can be looked at together"));
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

    /// Looks at another log of the same task.
    fn other_log(&mut self, by: isize, cx: &mut Cx) {
        let Some(pane) = self.pane() else { return };
        let (Which::Task { id, .. }, false) = (&pane.which, pane.names.is_empty()) else { return };
        let at = pane.names.iter().position(|n| *n == pane.name).unwrap_or(0);
        let count = pane.names.len();
        let next = (at + count).saturating_add_signed(by) % count;
        if let Some(name) = pane.names.get(next) {
            cx.effects.push(Effect::Become(Place::new("log", format!("{id} {name}"))));
        }
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

    fn prompted(&mut self, asked: Asked, text: &str, done: bool, cx: &mut Cx) {
        let Some(pane) = self.panes.get_mut(self.focus) else { return };
        let result = match asked {
            Asked::Find => pane.find(text, self.origin),
            Asked::Only => pane.select(text, pane.filtered.as_ref().map_or(0, |(_, c)| *c)),
            Asked::Line if done => match (text.parse(), pane.body().cloned()) {
                (Ok(number), Some(body)) => {
                    if let Some(line) = body.numbered(number) {
                        pane.go(line);
                    }
                    Ok(())
                }
                _ => Err(format!("{text} is no line number")),
            },
            Asked::Line => Ok(()),
        };
        if let Err(problem) = result {
            cx.say(Role::Warn, problem);
        }
    }

    fn ask(&mut self, asked: Asked, text: &str) {
        self.origin = self.pane().map_or(0, |p| p.at);
        self.prompt = Some((asked, Input::new(text)));
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

    fn act_on_stream(&mut self, action: Action) -> bool {
        let height = self.panes.first().and_then(|p| u64::try_from(p.height.get()).ok()).unwrap_or(20);
        let Some((stream, top)) = &mut self.merged else { return false };
        let last = stream.len().saturating_sub(height);
        let at = top.unwrap_or(last);
        let to = match action {
            Action::Down => at + 1,
            Action::Up => at.saturating_sub(1),
            Action::HalfDown => at + height / 2,
            Action::HalfUp => at.saturating_sub(height / 2),
            Action::PageDown => at + height,
            Action::PageUp => at.saturating_sub(height),
            Action::Top => 0,
            Action::Bottom | Action::Follow => last,
            _ => return false,
        };
        *top = (to < last).then_some(to);
        true
    }

    fn act_on_phases(&mut self, action: Action) -> bool {
        let Some(chosen) = self.phases else { return false };
        let Some(pane) = self.panes.get_mut(self.focus) else { return false };
        let phases = pane.phases();
        let last = phases.len().saturating_sub(1);
        self.phases = match action {
            Action::Down => Some((chosen + 1).min(last)),
            Action::Up => Some(chosen.saturating_sub(1)),
            Action::Top => Some(0),
            Action::Bottom => Some(last),
            Action::Open => {
                if let Some(entry) = phases.get(chosen) {
                    pane.go(entry.line);
                }
                None
            }
            Action::Close | Action::Phases => None,
            _ => return false,
        };
        true
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
        if let Some(action) = self.mark.take() {
            if let (KeyCode::Char(c), Some(pane)) = (key.code, self.panes.get_mut(self.focus)) {
                match action {
                    Action::SetMark => {
                        pane.marks.set(c, pane.at);
                    }
                    _ => match pane.marks.get(c) {
                        Some(line) => pane.go(line),
                        None => cx.say(Role::Warn, format!("there is no mark {c}")),
                    },
                }
            }
            return true;
        }
        let Some((asked, mut input)) = self.prompt.take() else { return false };
        match key.code {
            KeyCode::Enter => self.prompted(asked, &input.text(), true, cx),
            KeyCode::Esc => {
                if asked != Asked::Line {
                    self.prompted(asked, "", true, cx);
                }
            }
            _ => {
                if input.key(key) {
                    self.prompted(asked, &input.text(), false, cx);
                }
                self.prompt = Some((asked, input));
            }
        }
        true
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

    fn act(&mut self, action: Action, cx: &mut Cx) -> bool {
        if self.act_on_phases(action) || self.act_on_stream(action) {
            return true;
        }
        let count = self.panes.len();
        match action {
            Action::NextSection | Action::PreviousSection if count > 1 => {
                let by = if action == Action::NextSection { 1 } else { count - 1 };
                self.focus = (self.focus + by) % count;
                return true;
            }
            Action::NextSection | Action::PreviousSection => {
                self.other_log(if action == Action::NextSection { 1 } else { -1 }, cx);
                return true;
            }
            Action::Merge if count > 1 => {
                self.merge();
                return true;
            }
            Action::Save | Action::Pager => {
                self.write(cx, action == Action::Pager);
                return true;
            }
            Action::SetMark | Action::GoMark => {
                self.mark = Some(action);
                return true;
            }
            Action::Filter | Action::Find => {
                self.ask(Asked::Find, "");
                return true;
            }
            Action::GoLine => {
                self.ask(Asked::Line, "");
                return true;
            }
            Action::OnlyLines => {
                let text = self.pane().and_then(|p| p.filtered.clone()).map(|(t, _)| t);
                self.ask(Asked::Only, &text.unwrap_or_default());
                return true;
            }
            _ => {}
        }
        let Some(pane) = self.panes.get_mut(self.focus) else { return false };
        let page = i64::try_from(pane.height.get()).unwrap_or(1);
        let mut done = Ok(());
        match action {
            Action::Down => pane.scroll(1),
            Action::Up => pane.scroll(-1),
            Action::HalfDown => pane.scroll(page / 2),
            Action::HalfUp => pane.scroll(-page / 2),
            Action::PageDown => pane.scroll(page),
            Action::PageUp => pane.scroll(-page),
            Action::Top => pane.beginning(),
            Action::Bottom => pane.end(),
            Action::Left => pane.left = pane.left.saturating_sub(8),
            Action::Right => pane.left += 8,
            Action::Follow if pane.follow => pane.follow = false,
            Action::Follow => pane.end(),
            Action::Wrap => pane.wrap = !pane.wrap,
            Action::Times => pane.times = !pane.times,
            Action::NextMatch => done = pane.next_match(true),
            Action::PreviousMatch => done = pane.next_match(false),
            Action::NextError => done = pane.next_error(true),
            Action::PreviousError => done = pane.next_error(false),
            Action::MarkRange => pane.range = if pane.range.is_some() { None } else { Some(pane.at) },
            Action::MoreContext => done = pane.context(1),
            Action::LessContext => done = pane.context(-1),
            Action::CopyLines => {
                cx.effects.push(Effect::Copy(pane.chosen_text()));
                pane.range = None;
            }
            Action::Phases => {
                let phases = pane.phases();
                let here = phases.partition_point(|e| e.line <= pane.at).saturating_sub(1);
                self.phases = (!phases.is_empty()).then_some(here);
                if phases.is_empty() {
                    done = Err("no phases are known in this log");
                }
            }
            _ => return false,
        }
        if let Err(problem) = done {
            cx.say(Role::Muted, problem);
        }
        true
    }

    fn selection(&self) -> Vec<Subject> {
        match self.panes.get(self.focus) {
            Some(Pane { which: Which::Task { id, .. }, name, .. }) => {
                vec![Subject::Log { task: *id, name: name.clone() }, Subject::Task(*id)]
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
