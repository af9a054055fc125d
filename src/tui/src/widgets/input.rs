//! One line of text that is edited.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::Rect;
use tui_textarea::TextArea;

use crate::screen::View;
use crate::theme::Role;

#[derive(Debug, Clone, Default)]
pub struct Input {
    area: TextArea<'static>,
}

impl Input {
    pub fn new(text: &str) -> Input {
        let mut area = TextArea::from([text.to_owned()]);
        area.move_cursor(tui_textarea::CursorMove::End);
        Input { area }
    }

    pub fn text(&self) -> String {
        self.area.lines().first().cloned().unwrap_or_default()
    }

    /// True when the text changed. Keys that end a line are not for it.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        if matches!(key.code, KeyCode::Enter | KeyCode::Tab | KeyCode::BackTab | KeyCode::Esc)
            || (key.code == KeyCode::Char('m') && key.modifiers.contains(KeyModifiers::CONTROL))
        {
            return false;
        }
        let before = self.text();
        if key.code == KeyCode::Char('u') && key.modifiers.contains(KeyModifiers::CONTROL) {
            self.area.delete_line_by_head();
        } else {
            self.area.input(key);
        }
        self.text() != before
    }

    pub fn paste(&mut self, text: &str) {
        let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.area.insert_str(line.trim());
    }

    pub fn draw(&self, frame: &mut Frame, area: Rect, view: &View, focused: bool) {
        let mut shown = self.area.clone();
        let style = view.style(Role::Text);
        shown.set_style(style);
        shown.set_cursor_line_style(style);
        shown.set_cursor_style(if focused {
            style.add_modifier(ratatui::style::Modifier::REVERSED)
        } else {
            style
        });
        frame.render_widget(&shown, area);
    }
}
