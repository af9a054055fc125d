//! Keys and pasted text: to the overlay, the filter, the screen, or by the keymap to an action.

use crossterm::event::{KeyCode, KeyEvent};

use crate::app::State;
use crate::effect::Effect;
use crate::keymap::{Match, key_name};
use crate::ops::own::OwnAction;
use crate::overlay::menu;
use crate::screen::Screen;
use crate::theme::Role;
use crate::widgets::input::Input;

impl State {
    pub(super) fn paste(&mut self, text: &str, effects: &mut Vec<Effect>) {
        self.dirty = true;
        if let Some(prompt) = &mut self.prompt {
            prompt.paste(text);
            self.filter_typed(effects);
        } else {
            self.with_overlay(effects, |o, cx| o.paste(text, cx));
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        if key_name(key).as_deref() == Some("ctrl-c") {
            effects.push(Effect::Quit);
            return;
        }
        if !self.overlays.is_empty() {
            let used = self.with_overlay(effects, |o, cx| o.key(key, cx)).unwrap_or(true);
            if !used && key.code == KeyCode::Esc {
                self.overlays.pop();
            }
            return;
        }
        if self.prompt.is_some() {
            self.prompt_key(key, effects);
            return;
        }
        if self.chord.is_empty() && self.with_top(effects, |s, cx| s.key(key, cx)) == Some(true) {
            return;
        }
        let Some(name) = key_name(key) else { return };
        if name == "esc" && !self.chord.is_empty() {
            self.chord.clear();
            return;
        }
        self.chord.push(name);
        let scopes = self.scopes();
        match self.keymap.find(&scopes, &self.chord) {
            Match::Partial => {}
            Match::Action(action) => {
                self.chord.clear();
                self.act(action, effects);
            }
            Match::Nothing => {
                let keys = self.chord.join(" ");
                self.chord.clear();
                if self.own_action(&keys, effects) {
                    return;
                }
                self.say(Role::Muted, format!("{keys} does nothing here; ? shows the keys"));
            }
        }
    }

    /// An action of the user's own that is bound to the keys and fits what is selected.
    fn own_action(&mut self, keys: &str, effects: &mut Vec<Effect>) -> bool {
        let subjects = self.screen().map(Screen::selection).unwrap_or_default();
        let fits = |a: &&OwnAction| {
            a.key.as_deref() == Some(keys) && !subjects.is_empty() && subjects.iter().all(|s| a.fits(s))
        };
        let Some(own) = self.settings.actions.iter().find(fits) else { return false };
        effects.push(menu::start_own(own, &subjects));
        true
    }

    pub fn scopes(&self) -> Vec<&'static str> {
        let own = self.screen().map(Screen::scopes).unwrap_or_default();
        own.iter().copied().chain(["global"]).collect()
    }

    fn prompt_key(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        match key.code {
            KeyCode::Enter => self.prompt = None,
            KeyCode::Tab => {
                let Some(word) = self.completions().into_iter().next() else { return };
                let text = self.prompt.as_ref().map(Input::text).unwrap_or_default();
                let kept = text.rfind(char::is_whitespace).map_or("", |n| text.get(..=n).unwrap_or_default());
                self.prompt = Some(Input::new(&format!("{kept}{word}")));
                self.filter_typed(effects);
            }
            KeyCode::Esc => {
                self.prompt = None;
                self.with_top(effects, |s, cx| s.filter(Some(""), cx));
            }
            _ => {
                if self.prompt.as_mut().is_some_and(|p| p.key(key)) {
                    self.filter_typed(effects);
                }
            }
        }
    }

    /// What tab offers while a filter is typed.
    pub fn completions(&self) -> Vec<String> {
        let text = self.prompt.as_ref().map(Input::text).unwrap_or_default();
        let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
        self.screen().map(|s| s.complete(word, self.now)).unwrap_or_default()
    }

    fn filter_typed(&mut self, effects: &mut Vec<Effect>) {
        let text = self.prompt.as_ref().map(Input::text).unwrap_or_default();
        self.with_top(effects, |s, cx| s.filter(Some(&text), cx));
    }
}
