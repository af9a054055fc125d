//! The question before something is done: the command it equals, and for what cannot be undone the name to type.

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
    op: &'static Op,
    subjects: Vec<Subject>,
    values: Values,
    echo: Input,
}

impl Confirm {
    pub fn new(op: &'static Op, subjects: Vec<Subject>, values: Values) -> Confirm {
        Confirm { op, subjects, values, echo: Input::default() }
    }

    /// What must be typed: the name, or how many.
    fn wanted(&self) -> String {
        match self.subjects.as_slice() {
            [one] => one.name(),
            many => many.len().to_string(),
        }
    }

    fn lines(&self) -> Vec<String> {
        self.subjects.iter().map(|s| ops::shell_line(&(self.op.line)(s, &self.values))).collect()
    }

    fn perform(&self, cx: &mut Cx) {
        let mut calls = Vec::new();
        for subject in &self.subjects {
            let made = (self.op.calls)(subject, &self.values);
            if made.is_empty() {
                // only the command can do it
                cx.effects.push(Effect::Shell((self.op.line)(subject, &self.values)));
            }
            calls.extend(made.into_iter().map(|c| (format!("{} {}", self.op.name, subject.title()), c)));
        }
        if !calls.is_empty() {
            cx.say(Role::Running, format!("▶ {} …", self.op.name));
            let then = self.subjects.first().and_then(self.op.then);
            cx.effects.push(Effect::Perform { calls, then });
        }
    }
}

impl Overlay for Confirm {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        match key.code {
            KeyCode::Esc => return false,
            KeyCode::Enter if self.op.destroys && self.echo.text().trim() != self.wanted() => {
                cx.say(Role::Warn, format!("type {} to go on, or esc", self.wanted()));
            }
            KeyCode::Enter => {
                cx.effects.push(Effect::CloseOverlay);
                self.perform(cx);
            }
            KeyCode::Char('n' | 'q') if !self.op.destroys => cx.effects.push(Effect::CloseOverlay),
            KeyCode::Char('y') if !self.op.destroys => {
                cx.effects.push(Effect::CloseOverlay);
                self.perform(cx);
            }
            _ if self.op.destroys => {
                self.echo.key(key);
            }
            _ => {}
        }
        true
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        self.echo.paste(text);
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let lines = self.lines();
        let shown = lines.len().min(8);
        let height = u16::try_from(shown).unwrap_or(8) + 6;
        let title = format!("{}: {}", self.op.name, self.op.help);
        let inner = pop_up(frame, area, 76, height, &cut(&title, 70), view);
        let mut all: Vec<Line> = vec![Line::raw("")];
        for line in lines.iter().take(shown) {
            let text = cut(&format!("$ {line}"), usize::from(inner.width));
            all.push(Line::from(Span::styled(text, view.style(Role::Key))));
        }
        if lines.len() > shown {
            all.push(Line::from(Span::styled(
                format!("… and {} more", lines.len() - shown),
                view.style(Role::Muted),
            )));
        }
        all.push(Line::raw(""));
        if self.op.destroys {
            all.push(Line::from(vec![
                Span::styled("! cannot be undone. Type ", view.style(Role::Warn)),
                Span::styled(self.wanted(), view.style(Role::Title)),
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
        if self.op.destroys && n < inner.height {
            self.echo.draw(frame, Rect { y: inner.y + n, height: 1, ..inner }, view, true);
        }
    }

    fn text(&self, _view: &View) -> Vec<String> {
        let mut lines: Vec<String> = self.lines().iter().map(|l| format!("command: {l}")).collect();
        lines.push(if self.op.destroys {
            format!("cannot be undone; type {} to do it", self.wanted())
        } else {
            "yes does it, no does not".to_owned()
        });
        lines
    }
}
