//! The split: what the selected row stands for, beside the list, as one moves.

use std::time::Duration;

use crate::app::{Layer, State};
use crate::call::Call;
use crate::effect::Effect;
use crate::place::Place;
use crate::screen::{Cx, Screen};
use crate::screens;

/// Columns from which on two screens fit beside each other.
const WIDE: u16 = 100;
/// Rows that are only passed by are not opened.
const REST: Duration = Duration::from_millis(150);

#[derive(Default)]
pub struct Peek {
    on: bool,
    layer: Option<Layer>,
    /// Where the cursor rests, and how often it has moved.
    wanted: Option<Place>,
    moves: u64,
}

impl State {
    /// The screen beside the list, where there is room.
    pub fn beside(&self) -> Option<&dyn Screen> {
        let shown = self.peek.on && self.size.0 >= WIDE;
        self.peek.layer.as_ref().filter(|_| shown).map(|l| l.screen.as_ref())
    }

    /// On or off; says why not.
    pub(super) fn split(&mut self) -> Result<(), &'static str> {
        if !self.peek.on && self.size.0 < WIDE {
            return Err("the terminal is too narrow for two screens");
        }
        self.peek = Peek { on: !self.peek.on, moves: self.peek.moves, ..Peek::default() };
        Ok(())
    }

    /// Follows the selection, once it rests.
    pub(super) fn look_beside(&mut self, out: &mut Vec<Effect>) {
        if !self.peek.on {
            return;
        }
        let here = self.screen().map(Screen::place);
        let selected = self.screen().map(Screen::selection).unwrap_or_default();
        let place = selected.first().and_then(|s| s.place()).filter(|p| Some(p) != here.as_ref());
        if self.peek.wanted == place {
            return;
        }
        self.peek.wanted = place;
        self.peek.moves += 1;
        out.push(Effect::Wake(REST, self.peek.moves));
    }

    /// The time of a rest has passed.
    pub(super) fn woken(&mut self, moves: u64, effects: &mut Vec<Effect>) {
        if moves != self.peek.moves || !self.peek.on {
            return;
        }
        self.dirty = true;
        self.peek.layer = None;
        let Some(screen) = self.peek.wanted.as_ref().and_then(|p| screens::open(p).ok()) else { return };
        self.next_id += 1;
        self.peek.layer = Some(Layer { id: self.next_id, screen });
        let calls: Vec<Call> =
            self.beside().map(Screen::wants).unwrap_or_default().into_iter().map(|w| w.call).collect();
        for call in calls {
            if self.store.get(&call).is_some_and(|k| k.value.is_some()) {
                self.with_beside(effects, |s, cx| s.answered(&call, cx));
            }
        }
        self.with_beside(effects, |s, cx| s.tick(cx));
    }

    pub(super) fn is_beside(&self, id: crate::screen::ScreenId) -> bool {
        self.peek.layer.as_ref().is_some_and(|l| l.id == id)
    }

    pub(super) fn with_beside(
        &mut self,
        effects: &mut Vec<Effect>,
        f: impl FnOnce(&mut dyn Screen, &mut Cx),
    ) {
        let Some(layer) = &mut self.peek.layer else { return };
        let mut cx = cx!(self, layer.id, effects);
        f(layer.screen.as_mut(), &mut cx);
    }
}
