//! `:` - every screen, action and command of `koji`, found by any letters of its name.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Overlay;
use crate::action::Action;
use crate::cell::fit;
use crate::effect::Effect;
use crate::fuzzy;
use crate::keymap::Keymap;
use crate::place::Place;
use crate::screen::{Cx, View};
use crate::screens;
use crate::theme::Role;
use crate::widgets::frame::pop_up;
use crate::widgets::input::Input;
use crate::widgets::picker::Picker;

enum What {
    Place(&'static str, bool),
    Action(Action),
    Command,
    Theme,
    Profile,
}

struct Item {
    name: String,
    help: String,
    key: String,
    what: What,
}

pub struct Palette {
    items: Vec<Item>,
    input: Input,
    found: Vec<usize>,
    /// Nothing is called what was typed.
    is_elsewhere: bool,
    picker: Picker,
}

fn profile(name: &str) -> Item {
    let help = "work with this hub".to_owned();
    Item { name: format!("profile {name}"), help, key: String::new(), what: What::Profile }
}

impl Palette {
    pub fn new(
        keymap: &Keymap,
        scopes: &[&str],
        commands: &[(String, String)],
        themes: &[String],
        profiles: &[String],
    ) -> Palette {
        let mut items = Vec::new();
        for s in screens::TABLE {
            let name = if s.arg.is_empty() { s.name.to_owned() } else { format!("{} {}", s.name, s.arg) };
            let key = Action::from_name(s.name).and_then(|a| keymap.key_of(scopes, a)).unwrap_or_default();
            items.push(Item {
                name,
                help: s.help.to_owned(),
                key,
                what: What::Place(s.name, s.needs_argument()),
            });
        }
        for action in Action::ALL.iter().filter(|a| screens::of_action(a.name()).is_none()) {
            let key = keymap.key_of(scopes, *action).unwrap_or_default();
            items.push(Item {
                name: action.name().into(),
                help: action.help().into(),
                key,
                what: What::Action(*action),
            });
        }
        for theme in themes {
            let help = "colours".to_owned();
            items.push(Item { name: format!("theme {theme}"), help, key: String::new(), what: What::Theme });
        }
        items.extend(profiles.iter().map(|p| profile(p)));
        for (name, help) in commands {
            items.push(Item {
                name: format!("koji {name}"),
                help: help.clone(),
                key: String::new(),
                what: What::Command,
            });
        }
        let mut palette = Palette {
            items,
            input: Input::default(),
            found: Vec::new(),
            is_elsewhere: false,
            picker: Picker::default(),
        };
        palette.find();
        palette
    }

    /// With a text to begin with.
    pub fn typed(mut self, text: &str) -> Palette {
        self.input = Input::new(text);
        self.find();
        self
    }

    /// The profiles alone.
    pub fn of_profiles(profiles: &[String]) -> Palette {
        let mut palette = Palette {
            items: Vec::new(),
            input: Input::default(),
            found: Vec::new(),
            is_elsewhere: false,
            picker: Picker::default(),
        };
        palette.items = profiles.iter().map(|p| profile(p)).collect();
        palette.find();
        palette
    }

    fn find(&mut self) {
        let text = self.input.text();
        let typed = Place::parse(&text);
        self.picker = Picker::default();
        // `tag f45`: the screen with this argument, whatever else matches
        let with_argument = (!typed.arg.is_empty()).then(|| screens::find(&typed.screen)).flatten();
        let command = text.strip_prefix("koji ").and_then(|t| t.split_once(' '));
        self.found = if let Some(screen) = with_argument {
            self.items
                .iter()
                .position(|i| matches!(i.what, What::Place(n, _) if n == screen.name))
                .into_iter()
                .collect()
        } else if let Some((name, _)) = command {
            let name = format!("koji {name}");
            self.items.iter().position(|i| i.name == name).into_iter().collect()
        } else {
            fuzzy::rank(&text, self.items.iter().map(|i| i.name.as_str()), 200)
        };
        // no name of ours: perhaps one of the hub's
        self.is_elsewhere = self.found.is_empty();
        if self.is_elsewhere {
            let search = |i: &Item| matches!(i.what, What::Place("search", _));
            self.found = self.items.iter().position(search).into_iter().collect();
        }
    }

    fn choose(&mut self, cx: &mut Cx) {
        let text = self.input.text();
        let Some(item) = self.found.get(self.picker.cursor).and_then(|i| self.items.get(*i)) else { return };
        let typed = Place::parse(&text);
        match &item.what {
            What::Place(name, true) if typed.arg.is_empty() => {
                self.input = Input::new(&format!("{name} "));
                self.find();
            }
            What::Place(name, _) => {
                cx.effects.push(Effect::CloseOverlay);
                let arg = if screens::find(&typed.screen).is_some_and(|s| s.name == *name) {
                    typed.arg
                } else if self.is_elsewhere {
                    text.trim().to_owned()
                } else {
                    String::new()
                };
                cx.go(Place::new(name, arg));
            }
            What::Action(action) => {
                cx.effects.push(Effect::CloseOverlay);
                cx.effects.push(Effect::Act(*action));
            }
            What::Theme => {
                cx.effects.push(Effect::CloseOverlay);
                cx.effects.push(Effect::SetTheme(item.name.trim_start_matches("theme ").to_owned()));
            }
            What::Profile => {
                let name = item.name.trim_start_matches("profile ").to_owned();
                cx.effects.push(Effect::CloseOverlay);
                cx.effects.push(Effect::Switch(name));
            }
            What::Command => {
                if !text.starts_with(&item.name) {
                    self.input = Input::new(&format!("{} ", item.name));
                    self.find();
                    return;
                }
                let arguments = text.trim_start_matches("koji ").split_whitespace().map(str::to_owned);
                let command = arguments.collect();
                cx.effects.push(Effect::CloseOverlay);
                cx.effects.push(Effect::Shell(command));
            }
        }
    }
}

impl Overlay for Palette {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        if self.picker.key(key, self.found.len()) {
            return true;
        }
        match key.code {
            KeyCode::Tab => {
                if let Some(item) = self.found.get(self.picker.cursor).and_then(|i| self.items.get(*i)) {
                    let name = match item.what {
                        What::Place(name, true) => format!("{name} "),
                        What::Command => format!("{} ", item.name),
                        _ => item.name.clone(),
                    };
                    self.input = Input::new(&name);
                    self.find();
                }
            }
            KeyCode::Enter => self.choose(cx),
            KeyCode::Esc => return false,
            _ => {
                if self.input.key(key) {
                    self.find();
                }
            }
        }
        true
    }

    fn paste(&mut self, text: &str, _cx: &mut Cx) {
        self.input.paste(text);
        self.find();
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let inner = pop_up(frame, area, 90, area.height.saturating_sub(4).min(24), "go · do · run", view);
        frame.render_widget(Span::styled(":", view.style(Role::Key)), Rect { height: 1, width: 1, ..inner });
        let input = Rect { x: inner.x + 2, width: inner.width.saturating_sub(2), height: 1, ..inner };
        self.input.draw(frame, input, view, true);
        let height = usize::from(inner.height.saturating_sub(2));
        let first = self.picker.first(height);
        for (n, (position, item)) in self.found.iter().enumerate().skip(first).take(height).enumerate() {
            let Some(item) = self.items.get(*item) else { continue };
            let selected = position == self.picker.cursor;
            let style = |role| if selected { view.style(Role::Selected) } else { view.style(role) };
            let w = usize::from(inner.width);
            let name = if w > 60 { 30 } else { 22 };
            let line = Line::from(vec![
                Span::styled(fit(&item.name, name), style(Role::Text)),
                Span::styled(" ", style(Role::Text)),
                Span::styled(fit(&item.help, w.saturating_sub(name + 11)), style(Role::Muted)),
                Span::styled(fit(&format!(" {}", item.key), 10), style(Role::Key)),
            ]);
            let y = inner.y + 2 + u16::try_from(n).unwrap_or(0);
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
    }

    fn text(&self, _view: &View) -> Vec<String> {
        let found = self.found.iter().filter_map(|i| self.items.get(*i));
        found.take(20).map(|i| format!("{}: {}", i.name, i.help)).collect()
    }
}
