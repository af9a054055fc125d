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
use crate::ops::own::OwnAction;
use crate::ops::{self, Op, Values};
use crate::place::Subject;
use crate::screen::{Cx, User, View};
use crate::store::Store;
use crate::theme::Role;
use crate::widgets::frame::pop_up;
use crate::widgets::picker::Picker;

pub struct Menu {
    subjects: Vec<Subject>,
    choices: Vec<Choice>,
    picker: Picker,
}

/// Something that can be done, or why not.
struct Choice {
    what: What,
    may: Result<(), String>,
}

enum What {
    Op(&'static Op),
    Own(OwnAction),
}

impl Choice {
    fn name(&self) -> &str {
        match &self.what {
            What::Op(op) => op.name,
            What::Own(own) => &own.name,
        }
    }

    fn help(&self) -> String {
        let help = match &self.what {
            What::Op(op) => op.help,
            What::Own(own) => &own.help,
        };
        match &self.may {
            Ok(()) => help.to_owned(),
            Err(why) => format!("{help} ({why})"),
        }
    }

    /// The command line it equals for the first of the things.
    fn line(&self, subjects: &[Subject], store: &Store) -> String {
        let Some(first) = subjects.first() else { return String::new() };
        match &self.what {
            What::Own(own) => own.line(first),
            What::Op(op) => {
                let values = (op.fields)(first, store).into_iter().map(|f| {
                    let value =
                        if f.value.is_empty() && f.required { f.name.to_uppercase() } else { f.value };
                    (f.name, value)
                });
                ops::shell_line(&(op.line)(first, &Values(values.collect())))
            }
        }
    }
}

impl Menu {
    /// None when nothing can be done with these.
    pub fn new(subjects: Vec<Subject>, user: Option<&User>, own: &[OwnAction]) -> Option<Menu> {
        let ops = ops::applicable(&subjects, user).into_iter();
        let ops = ops.map(|(op, may)| Choice { what: What::Op(op), may });
        let own = own.iter().filter(|a| !subjects.is_empty() && subjects.iter().all(|s| a.fits(s)));
        let own = own.map(|a| Choice { what: What::Own(a.clone()), may: Ok(()) });
        let choices: Vec<Choice> = ops.chain(own).collect();
        (!choices.is_empty()).then_some(Menu { subjects, choices, picker: Picker::default() })
    }

    fn choose(&self, cx: &mut Cx) {
        let Some(choice) = self.choices.get(self.picker.cursor) else { return };
        if let Err(why) = &choice.may {
            cx.say(Role::Warn, format!("{}: {why}", choice.name()));
            return;
        }
        cx.effects.push(Effect::CloseOverlay);
        cx.effects.push(match &choice.what {
            What::Op(op) => Effect::Overlay(start(op, self.subjects.clone(), cx.store)),
            What::Own(own) => start_own(own, &self.subjects),
        });
    }
}

/// An action of the user's own: at once, or after the question.
pub fn start_own(own: &OwnAction, subjects: &[Subject]) -> Effect {
    let lines: Vec<String> = subjects.iter().map(|s| own.line(s)).collect();
    let effect = own.effect(subjects);
    if !own.confirm {
        return effect;
    }
    let title = if own.help.is_empty() { own.name.clone() } else { format!("{}: {}", own.name, own.help) };
    Effect::Overlay(Box::new(Confirm::new(title, lines, None, vec![effect])))
}

/// The form of an operation, or the question when there is nothing to fill in.
pub fn start(op: &'static Op, subjects: Vec<Subject>, store: &Store) -> Box<dyn Overlay> {
    let mut fields = subjects.first().map(|s| (op.fields)(s, store)).unwrap_or_default();
    fields.retain(|f| !f.single || subjects.len() == 1);
    if fields.is_empty() {
        Box::new(Confirm::of(op, &subjects, &Values::default()))
    } else {
        Box::new(Form::new(op, subjects, fields))
    }
}

impl Overlay for Menu {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        if self.picker.bare_key(key, self.choices.len()) {
            return true;
        }
        match key.code {
            KeyCode::Enter => self.choose(cx),
            KeyCode::Char(c @ '1'..='9') => {
                let n = usize::try_from(c.to_digit(10).unwrap_or(1)).unwrap_or(1) - 1;
                if n < self.choices.len() {
                    self.picker.cursor = n;
                    self.choose(cx);
                }
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
        let room = usize::from(inner.height.saturating_sub(2));
        let first = self.picker.first(room);
        for (y, (n, choice)) in self.choices.iter().enumerate().skip(first).take(room).enumerate() {
            let selected = n == self.picker.cursor;
            let style = |role| if selected { view.style(Role::Selected) } else { view.style(role) };
            let role = if choice.may.is_ok() { Role::Text } else { Role::Muted };
            let rest = usize::from(inner.width).saturating_sub(20);
            let line = Line::from(vec![
                Span::styled(format!("{:>2} ", n + 1), style(Role::Key)),
                Span::styled(fit(choice.name(), 16), style(role)),
                Span::styled(" ", style(role)),
                Span::styled(fit(&choice.help(), rest), style(Role::Muted)),
            ]);
            let y = inner.y + u16::try_from(y).unwrap_or(0);
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
        if let Some(choice) = self.choices.get(self.picker.cursor) {
            let text = format!("$ {}", choice.line(&self.subjects, view.store));
            let y = inner.bottom().saturating_sub(1);
            let line = Span::styled(cut(&text, usize::from(inner.width)), view.style(Role::Key));
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
    }

    fn text(&self, view: &View) -> Vec<String> {
        let row = |(n, choice): (usize, &Choice)| {
            let line = choice.line(&self.subjects, view.store);
            format!("{}. {}: {}; command: {line}", n + 1, choice.name(), choice.help())
        };
        self.choices.iter().enumerate().map(row).collect()
    }
}
