//! The fields of an operation, with proposals from the hub while one types.

use crossterm::event::{KeyCode, KeyEvent};
use koji_api::methods as m;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Overlay;
use super::confirm::Confirm;
use crate::call::{Call, Want};
use crate::cell::{cut, fit, rows};
use crate::effect::Effect;
use crate::fuzzy;
use crate::ops::{self, Field, Op, Source, Values};
use crate::place::Subject;
use crate::screen::{Cx, View};
use crate::store::Store;
use crate::theme::Role;
use crate::widgets::frame::pop_up;
use crate::widgets::input::Input;

pub struct Form {
    op: &'static Op,
    subjects: Vec<Subject>,
    fields: Vec<(Field, Input)>,
    focus: usize,
    /// The proposal that enter would take; none until an arrow was pressed.
    chosen: Option<usize>,
}

/// Proposals shown at once.
const SHOWN: usize = 6;

impl Form {
    pub fn new(op: &'static Op, subjects: Vec<Subject>, fields: Vec<Field>) -> Form {
        let fields: Vec<_> = fields.into_iter().map(|f| (f.clone(), Input::new(&f.value))).collect();
        // what is filled in already is passed over
        let focus = fields.iter().position(|(f, _)| f.value.is_empty()).unwrap_or(0);
        Form { op, subjects, fields, focus, chosen: None }
    }

    fn values(&self) -> Values {
        Values(self.fields.iter().map(|(f, input)| (f.name, input.text())).collect())
    }

    fn call(source: Source) -> Option<(Call, &'static str)> {
        Some(match source {
            Source::Text | Source::YesNo => return None,
            Source::Tags => (Call::new(m::ListTags::default()), "name"),
            Source::Targets => (Call::new(m::GetBuildTargets::default()), "name"),
            Source::Packages => (Call::new(m::ListPackages::default()), "package_name"),
            Source::Hosts => (Call::new(m::ListHosts::default()), "name"),
            Source::Channels => (Call::new(m::ListChannels::default()), "name"),
            Source::Users => (Call::new(m::ListUsers::default()), "name"),
            Source::Permissions => (Call::new(m::GetAllPerms::default()), "name"),
        })
    }

    fn proposals(&self, store: &Store) -> Vec<String> {
        let Some((field, input)) = self.fields.get(self.focus) else { return Vec::new() };
        if field.source == Source::YesNo {
            return vec!["yes".into(), "no".into()];
        }
        let Some((call, key)) = Form::call(field.source) else { return Vec::new() };
        let value = store.value(&call);
        let names: Vec<&str> = rows(value.as_deref()).iter().filter_map(|r| r.str_at(key)).collect();
        let found = fuzzy::rank(&input.text(), names.iter().copied(), SHOWN);
        found.into_iter().filter_map(|i| names.get(i)).map(|n| (*n).to_owned()).collect()
    }

    fn take(&mut self, store: &Store) -> bool {
        let Some(chosen) = self.chosen.take() else { return false };
        let Some(text) = self.proposals(store).into_iter().nth(chosen) else { return false };
        if let Some((_, input)) = self.fields.get_mut(self.focus) {
            *input = Input::new(&text);
        }
        true
    }

    fn submit(&mut self, cx: &mut Cx) {
        let missing = self.fields.iter().position(|(f, i)| f.required && i.text().trim().is_empty());
        if let Some(n) = missing {
            self.focus = n;
            let label = self.fields.get(n).map_or("", |(f, _)| f.label);
            cx.say(Role::Warn, format!("{label}: must be filled in"));
            return;
        }
        cx.effects.push(Effect::CloseOverlay);
        let confirm = Confirm::of(self.op, &self.subjects, &self.values());
        cx.effects.push(Effect::Overlay(Box::new(confirm)));
    }
}

impl Overlay for Form {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        let count = self.fields.len();
        match key.code {
            KeyCode::Esc if self.chosen.is_some() => self.chosen = None,
            KeyCode::Esc => return false,
            KeyCode::Tab => {
                // the only or first proposal that begins like what was typed completes it
                let typed = self.fields.get(self.focus).map(|(_, i)| i.text()).unwrap_or_default();
                let first = self.proposals(cx.store).into_iter().next();
                if self.chosen.is_none() && first.is_some_and(|f| !typed.is_empty() && f.starts_with(&typed))
                {
                    self.chosen = Some(0);
                }
                self.take(cx.store);
                self.focus = (self.focus + 1) % count.max(1);
            }
            KeyCode::BackTab => self.focus = (self.focus + count.max(1) - 1) % count.max(1),
            KeyCode::Down => {
                let most = self.proposals(cx.store).len();
                if most == 0 {
                    self.focus = (self.focus + 1) % count.max(1);
                } else {
                    self.chosen = Some(self.chosen.map_or(0, |c| (c + 1).min(most - 1)));
                }
            }
            KeyCode::Up => match self.chosen {
                Some(0) => self.chosen = None,
                Some(n) => self.chosen = Some(n - 1),
                None => self.focus = self.focus.saturating_sub(1),
            },
            KeyCode::Enter => {
                let took = self.take(cx.store);
                if self.focus + 1 < count {
                    self.focus += 1;
                } else if !took {
                    self.submit(cx);
                }
            }
            _ => {
                let Some((field, input)) = self.fields.get_mut(self.focus) else { return true };
                if field.source == Source::YesNo {
                    // one key answers
                    let yes = match key.code {
                        KeyCode::Char('y') => true,
                        KeyCode::Char('n') => false,
                        KeyCode::Char(' ') => input.text() != "yes",
                        _ => return true,
                    };
                    *input = Input::new(if yes { "yes" } else { "no" });
                } else if input.key(key) {
                    self.chosen = None;
                }
            }
        }
        true
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        if let Some((_, input)) = self.fields.get_mut(self.focus) {
            input.paste(text);
        }
    }

    fn wants(&self) -> Vec<Want> {
        self.fields
            .iter()
            .filter_map(|(f, _)| Form::call(f.source))
            // what somebody made a minute ago is proposed, too
            .map(|(call, _)| Want::every(call, 60))
            .collect()
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let fields = u16::try_from(self.fields.len()).unwrap_or(5);
        let height = fields + 6 + u16::try_from(SHOWN).unwrap_or(6);
        let inner = pop_up(frame, area, 90, height, &format!("{}: {}", self.op.name, self.op.help), view);
        let label = self
            .fields
            .iter()
            .map(|(f, _)| f.label.len())
            .max()
            .unwrap_or(8)
            .min(usize::from(inner.width) / 2);
        let label_width = u16::try_from(label).unwrap_or(10);
        for (n, (field, input)) in self.fields.iter().enumerate() {
            let y = inner.y + u16::try_from(n).unwrap_or(0);
            let focused = n == self.focus;
            let role = if focused { Role::Accent } else { Role::Muted };
            let text = format!("{} {}", if focused { "▶" } else { " " }, fit(field.label, label));
            frame.render_widget(Span::styled(text, view.style(role)), Rect { y, height: 1, ..inner });
            let x = inner.x + label_width + 4;
            let width = inner.right().saturating_sub(x);
            input.draw(frame, Rect { x, y, width, height: 1 }, view, focused);
        }
        for (y, (n, text)) in (inner.y + fields + 1..).zip(self.proposals(view.store).iter().enumerate()) {
            let role = if self.chosen == Some(n) { Role::Selected } else { Role::Muted };
            let x = inner.x + label_width + 4;
            let area = Rect { x, y, width: inner.right().saturating_sub(x), height: 1 };
            if y + 2 < inner.bottom() {
                frame.render_widget(Span::styled(text.clone(), view.style(role)), area);
            }
        }
        let bottom = inner.bottom();
        if let Some(first) = self.subjects.first() {
            let line = ops::shell_line(&(self.op.line)(first, &self.values()));
            let text = cut(&format!("$ {line}"), usize::from(inner.width));
            let area = Rect { y: bottom.saturating_sub(2), height: 1, ..inner };
            frame.render_widget(Span::styled(text, view.style(Role::Key)), area);
        }
        let hint = "tab next · arrows choose · enter takes, on the last line goes on · esc";
        let area = Rect { y: bottom.saturating_sub(1), height: 1, ..inner };
        frame.render_widget(Line::from(Span::styled(hint, view.style(Role::Muted))), area);
    }

    fn text(&self, _view: &View) -> Vec<String> {
        let row = |(n, (f, i)): (usize, &(Field, Input))| {
            format!("{}{}: {}", if n == self.focus { "now: " } else { "" }, f.label, i.text())
        };
        self.fields.iter().enumerate().map(row).collect()
    }
}
