//! Where one is: breadcrumbs, history, the place before this one.

use crate::app::{Layer, State};
use crate::call::Call;
use crate::effect::Effect;
use crate::place::Place;
use crate::screen::Screen;
use crate::screens;
use crate::theme::Role;

const HISTORY: usize = 100;

impl State {
    /// Opens a place: one that is among the breadcrumbs already is gone back to.
    pub(super) fn go(&mut self, place: &Place, effects: &mut Vec<Effect>) {
        let here = self.screen().map(Screen::place);
        if here.as_ref() == Some(place) {
            return;
        }
        self.last = here;
        self.note(place);
        if let Some(n) = self.stack.iter().position(|l| l.screen.place() == *place) {
            self.stack.truncate(n + 1);
            return;
        }
        self.push(place, effects);
    }

    /// Opens a screen that stands for itself: what was opened before is no way to it.
    pub(super) fn go_home_first(&mut self, place: &Place, effects: &mut Vec<Effect>) {
        let here = self.screen().map(Screen::place);
        if here.as_ref() == Some(place) {
            return;
        }
        self.stack.truncate(1);
        self.go(place, effects);
        self.last = here;
    }

    pub fn open(&mut self, place: &Place) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.go(place, &mut effects);
        self.settle(effects)
    }

    pub fn open_number(&mut self, n: usize) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.with_top(&mut effects, |s, cx| s.open_number(n, cx)) != Some(true) {
            self.say(Role::Warn, format!("there is no line {n}"));
        }
        self.settle(effects)
    }

    fn note(&mut self, place: &Place) {
        self.history.truncate(self.at + 1);
        if self.history.last() != Some(place) {
            self.history.push(place.clone());
        }
        if self.history.len() > HISTORY {
            self.history.remove(0);
        }
        self.at = self.history.len().saturating_sub(1);
    }

    pub(super) fn push(&mut self, place: &Place, effects: &mut Vec<Effect>) {
        let screen = match screens::open(place) {
            Ok(screen) => screen,
            Err(problem) => {
                self.say(Role::Bad, format!("✘ {problem}"));
                return;
            }
        };
        if place.screen == "notifications" {
            self.store.inbox.unread = 0;
        }
        self.next_id += 1;
        self.stack.push(Layer { id: self.next_id, screen });
        self.dirty = true;
        // what is known already is shown at once
        let calls: Vec<Call> =
            self.screen().map(Screen::wants).unwrap_or_default().into_iter().map(|w| w.call).collect();
        for call in calls {
            if self.store.get(&call).is_some_and(|k| k.value.is_some()) {
                self.with_top(effects, |s, cx| s.answered(&call, cx));
            }
        }
    }

    pub(super) fn back(&mut self) {
        self.dirty = true;
        if self.stack.len() > 1 {
            self.last = self.screen().map(Screen::place);
            self.stack.pop();
            if let Some(place) = self.screen().map(Screen::place) {
                self.note(&place);
            }
        } else {
            self.say(Role::Muted, "this is the first screen; q ends the program".into());
        }
    }

    pub(super) fn travel(&mut self, by: isize, effects: &mut Vec<Effect>) {
        let to = self.at.saturating_add_signed(by);
        let Some(place) = self.history.get(to).cloned().filter(|_| to != self.at) else {
            self.say(Role::Muted, "the history ends here".into());
            return;
        };
        let (history, last) = (self.history.clone(), self.screen().map(Screen::place));
        self.go(&place, effects);
        (self.history, self.at, self.last) = (history, to, last);
    }
}
