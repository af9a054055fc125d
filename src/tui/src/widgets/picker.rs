//! A cursor in a list of choices: its keys, and which of them are seen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

#[derive(Debug, Clone, Copy, Default)]
pub struct Picker {
    pub cursor: usize,
}

impl Picker {
    /// Moves by the arrows, the pages, and ctrl-n, -p, -j, -k. False for any other key.
    pub fn key(&mut self, key: KeyEvent, count: usize) -> bool {
        let last = count.saturating_sub(1);
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        self.cursor = match key.code {
            KeyCode::Down => self.cursor + 1,
            KeyCode::Up => self.cursor.saturating_sub(1),
            KeyCode::PageDown => self.cursor + 10,
            KeyCode::PageUp => self.cursor.saturating_sub(10),
            KeyCode::Char('n' | 'j') if ctrl => self.cursor + 1,
            KeyCode::Char('p' | 'k') if ctrl => self.cursor.saturating_sub(1),
            _ => return false,
        }
        .min(last);
        true
    }

    /// The same where no text is typed: `j` and `k` move, too.
    pub fn bare_key(&mut self, key: KeyEvent, count: usize) -> bool {
        let code = match key.code {
            KeyCode::Char('j') => KeyCode::Down,
            KeyCode::Char('k') => KeyCode::Up,
            other => other,
        };
        self.key(KeyEvent { code, ..key }, count)
    }

    /// The first choice that is seen when `height` are.
    pub fn first(&self, height: usize) -> usize {
        (self.cursor + 1).saturating_sub(height)
    }
}
