//! What lies over a screen and takes the keys: palette, help, menus, forms.

pub mod confirm;
pub mod copy;
pub mod form;
pub mod help;
pub mod menu;
pub mod palette;
pub mod rpc_log;
pub mod save;
pub mod tour;

use crossterm::event::KeyEvent;
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::call::Want;
use crate::screen::{Cx, View};

pub trait Overlay {
    /// A key. `esc` closes by itself when this gives false.
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool;

    fn paste(&mut self, _text: &str, _cx: &mut Cx) {}

    /// Calls whose answers it needs, for completion.
    fn wants(&self) -> Vec<Want> {
        Vec::new()
    }

    /// Takes digits as choices.
    fn is_menu(&self) -> bool {
        false
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View);

    /// For plain mode.
    fn text(&self, view: &View) -> Vec<String>;
}
