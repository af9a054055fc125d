//! The question before something is done: the command it equals, and for what takes something away the name to type.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Overlay;
use crate::cell::cut;
use crate::effect::Effect;
use crate::ops::{self, Op, Values};
use crate::place::Subject;
use crate::screen::{Cx, View};
use crate::theme::Role;
use crate::widgets::frame::pop_up;
use crate::widgets::input::Input;

pub struct Confirm {
    title: String,
    /// The command lines it equals.
    lines: Vec<String>,
    /// What must be typed, where something is taken away.
    echo: Option<(String, Input)>,
    /// What is done, once.
    effects: Vec<Effect>,
}

/// The name, or how many there are.
fn wanted(subjects: &[Subject]) -> String {
    match subjects {
        [one] => one.name(),
        many => many.len().to_string(),
    }
}

impl Confirm {
    pub fn new(title: String, lines: Vec<String>, destroys: Option<String>, effects: Vec<Effect>) -> Confirm {
        Confirm { title, lines, echo: destroys.map(|name| (name, Input::default())), effects }
    }

    /// An operation on things, with its form filled in.
    pub fn of(op: &'static Op, subjects: &[Subject], values: &Values) -> Confirm {
        let lines = subjects.iter().map(|s| ops::shell_line(&(op.line)(s, values))).collect();
        let title = format!("{}: {}", op.name, op.help);
        Confirm::new(title, lines, op.destroys.then(|| wanted(subjects)), op.effects(subjects, values))
    }

    /// Whether what must be typed has been.
    fn allowed(&self) -> bool {
        self.echo.as_ref().is_none_or(|(name, typed)| typed.text().trim() == name)
    }

    fn perform(&mut self, cx: &mut Cx) {
        cx.effects.push(Effect::CloseOverlay);
        cx.effects.append(&mut self.effects);
    }
}

/// A command over several lines: all of it is to be seen before it is agreed to.
fn folded(text: &str, width: usize) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    chars.chunks(width.max(1)).map(|c| c.iter().collect()).collect()
}

impl Overlay for Confirm {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        if key.code == KeyCode::Enter && self.allowed() {
            self.perform(cx);
            return true;
        }
        match (key.code, &mut self.echo) {
            (KeyCode::Esc, _) => return false,
            (KeyCode::Enter, Some((name, _))) => cx.say(Role::Warn, format!("type {name} to go on, or esc")),
            (_, Some((_, typed))) => {
                typed.key(key);
            }
            (KeyCode::Char('y'), None) => {
                self.perform(cx);
            }
            (KeyCode::Char('n' | 'q'), None) => cx.effects.push(Effect::CloseOverlay),
            _ => {}
        }
        true
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        if let Some((_, typed)) = &mut self.echo {
            typed.paste(text);
        }
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        const MOST: usize = 8;
        let width = area.width.saturating_sub(8).min(110);
        let room = usize::from(width.saturating_sub(4)).max(10);
        let mut all: Vec<Line> = vec![Line::raw("")];
        for line in self.lines.iter().take(MOST) {
            for part in folded(&format!("$ {line}"), room) {
                all.push(Line::from(Span::styled(part, view.style(Role::Key))));
            }
        }
        if let Some(more) = self.lines.len().checked_sub(MOST).filter(|n| *n > 0) {
            all.push(Line::from(Span::styled(format!("… and {more} more"), view.style(Role::Muted))));
        }
        let height = u16::try_from(all.len()).unwrap_or(8) + 5;
        let inner = pop_up(frame, area, width, height, &cut(&self.title, room), view);
        all.push(Line::raw(""));
        if let Some((name, _)) = &self.echo {
            all.push(Line::from(vec![
                Span::styled("! takes something away. Type ", view.style(Role::Warn)),
                Span::styled(name.clone(), view.style(Role::Title)),
                Span::styled(" and enter:", view.style(Role::Warn)),
            ]));
        } else {
            all.push(Line::from(Span::styled("enter does it, esc does not", view.style(Role::Muted))));
        }
        let n = u16::try_from(all.len()).unwrap_or(4);
        frame.render_widget(
            ratatui::widgets::Paragraph::new(all),
            Rect { height: n.min(inner.height), ..inner },
        );
        if let Some((_, typed)) = self.echo.as_ref().filter(|_| n < inner.height) {
            typed.draw(frame, Rect { y: inner.y + n, height: 1, ..inner }, view, true);
        }
    }

    fn text(&self, _view: &View) -> Vec<String> {
        let mut lines = vec![self.title.clone()];
        lines.extend(self.lines.iter().map(|l| format!("command: {l}")));
        lines.push(match &self.echo {
            Some((name, _)) => format!("takes something away; type {name} to do it"),
            None => "yes does it, no does not".to_owned(),
        });
        lines
    }
}
