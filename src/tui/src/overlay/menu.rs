//! `a` - what can be done with the selection, with the command line each thing equals.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Overlay;
use super::confirm::Confirm;
use super::form::Form;
use crate::cell::{cut, fit};
use crate::effect::Effect;
use crate::ops::{self, Op, Values};
use crate::place::Subject;
use crate::screen::{Cx, User, View};
use crate::theme::Role;
use crate::widgets::frame::pop_up;

pub struct Menu {
    subjects: Vec<Subject>,
    choices: Vec<(&'static Op, Result<(), String>)>,
    cursor: usize,
}

impl Menu {
    /// None when nothing can be done with these.
    pub fn new(subjects: Vec<Subject>, user: Option<&User>) -> Option<Menu> {
        let choices = ops::applicable(&subjects, user);
        (!choices.is_empty()).then_some(Menu { subjects, choices, cursor: 0 })
    }

    fn line(&self, op: &Op) -> String {
        let Some(first) = self.subjects.first() else { return String::new() };
        let values = (op.fields)(first).into_iter().map(|f| {
            let value = if f.value.is_empty() && f.required { f.name.to_uppercase() } else { f.value };
            (f.name, value)
        });
        ops::shell_line(&(op.line)(first, &Values(values.collect())))
    }

    fn choose(&self, cx: &mut Cx) {
        let Some((op, may)) = self.choices.get(self.cursor) else { return };
        if let Err(why) = may {
            cx.say(Role::Warn, format!("{}: {why}", op.name));
            return;
        }
        cx.effects.push(Effect::CloseOverlay);
        cx.effects.push(Effect::Overlay(start(op, self.subjects.clone())));
    }
}

/// The form of an operation, or the question when there is nothing to fill in.
pub fn start(op: &'static Op, subjects: Vec<Subject>) -> Box<dyn Overlay> {
    let fields = subjects.first().map(op.fields).unwrap_or_default();
    if fields.is_empty() {
        Box::new(Confirm::new(op, subjects, Values::default()))
    } else {
        Box::new(Form::new(op, subjects, fields))
    }
}

impl Overlay for Menu {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        let last = self.choices.len().saturating_sub(1);
        match key.code {
            KeyCode::Down | KeyCode::Char('j') => self.cursor = (self.cursor + 1).min(last),
            KeyCode::Up | KeyCode::Char('k') => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Enter => self.choose(cx),
            KeyCode::Char(c @ '1'..='9') => {
                self.cursor = (usize::try_from(c.to_digit(10).unwrap_or(1)).unwrap_or(1) - 1).min(last);
                self.choose(cx);
            }
            KeyCode::Char('a' | 'q') => cx.effects.push(Effect::CloseOverlay),
            _ => return false,
        }
        true
    }

    fn is_menu(&self) -> bool {
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let title = match self.subjects.as_slice() {
            [one] => one.title(),
            many => format!("{} selected", many.len()),
        };
        let height = u16::try_from(self.choices.len()).unwrap_or(10) + 4;
        let inner = pop_up(frame, area, 76, height, &cut(&title, 60), view);
        for (n, (op, may)) in self.choices.iter().enumerate() {
            let selected = n == self.cursor;
            let style = |role| if selected { view.style(Role::Selected) } else { view.style(role) };
            let text = match may {
                Ok(()) => op.help.to_owned(),
                Err(why) => format!("{} ({why})", op.help),
            };
            let line = Line::from(vec![
                Span::styled(format!("{} ", n + 1), style(Role::Key)),
                Span::styled(fit(op.name, 16), style(if may.is_ok() { Role::Text } else { Role::Muted })),
                Span::styled(fit(&text, usize::from(inner.width).saturating_sub(18)), style(Role::Muted)),
            ]);
            frame
                .render_widget(line, Rect { y: inner.y + u16::try_from(n).unwrap_or(0), height: 1, ..inner });
        }
        if let Some((op, _)) = self.choices.get(self.cursor) {
            let text = cut(&format!("$ {}", self.line(op)), usize::from(inner.width));
            let y = inner.bottom().saturating_sub(1);
            frame.render_widget(Span::styled(text, view.style(Role::Key)), Rect { y, height: 1, ..inner });
        }
    }

    fn text(&self, _view: &View) -> Vec<String> {
        let row = |(n, (op, may)): (usize, &(&'static Op, Result<(), String>))| {
            let why = may.as_ref().err().map(|w| format!(" ({w})")).unwrap_or_default();
            format!("{}. {}: {}{why}; command: {}", n + 1, op.name, op.help, self.line(op))
        };
        self.choices.iter().enumerate().map(row).collect()
    }
}
