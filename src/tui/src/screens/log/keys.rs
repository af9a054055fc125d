//! What keys do in a log.

use crossterm::event::{KeyCode, KeyEvent};

use super::job::Which;
use super::{Asked, Logs};
use crate::action::Action;
use crate::effect::Effect;
use crate::place::Place;
use crate::screen::Cx;
use crate::theme::Role;
use crate::widgets::input::Input;

impl Logs {
    /// A key while something is typed, or that names a mark.
    pub(super) fn typed(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
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

    pub(super) fn acted(&mut self, action: Action, cx: &mut Cx) -> bool {
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

    pub(super) fn act_on_stream(&mut self, action: Action) -> bool {
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
