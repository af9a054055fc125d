//! The keys of a screen, from the keymap's table.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Overlay;
use crate::effect::Effect;
use crate::keymap::Keymap;
use crate::screen::{Cx, View};
use crate::theme::Role;
use crate::widgets::frame::pop_up;

pub struct Help {
    /// Keys and what they do; no keys: a heading.
    rows: Vec<(String, String)>,
    top: usize,
}

impl Help {
    pub fn new(keymap: &Keymap, scopes: &[&str]) -> Help {
        let mut rows = Vec::new();
        for scope in scopes {
            let bindings = keymap.bindings(scope);
            if bindings.is_empty() {
                continue;
            }
            let heading = if *scope == "global" {
                "everywhere".to_owned()
            } else {
                format!("in this screen ({scope})")
            };
            rows.push((String::new(), heading));
            rows.extend(bindings.into_iter().map(|(a, keys)| (keys.join("  "), a.help().to_owned())));
        }
        Help { rows, top: 0 }
    }
}

impl Overlay for Help {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        match key.code {
            KeyCode::Char('j') | KeyCode::Down => {
                self.top = (self.top + 1).min(self.rows.len().saturating_sub(1))
            }
            KeyCode::Char('k') | KeyCode::Up => self.top = self.top.saturating_sub(1),
            KeyCode::PageDown | KeyCode::Char('d' | ' ') => {
                self.top = (self.top + 15).min(self.rows.len().saturating_sub(1))
            }
            KeyCode::PageUp | KeyCode::Char('u') => self.top = self.top.saturating_sub(15),
            KeyCode::Char('?' | 'q') => cx.effects.push(Effect::CloseOverlay),
            _ => return false,
        }
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let height = u16::try_from(self.rows.len()).unwrap_or(u16::MAX).saturating_add(2);
        let inner = pop_up(
            frame,
            area,
            76,
            height.min(area.height.saturating_sub(2)),
            "keys · j k scroll · esc closes",
            view,
        );
        for (n, (keys, what)) in self.rows.iter().skip(self.top).take(usize::from(inner.height)).enumerate() {
            let line = if keys.is_empty() {
                Line::from(Span::styled(what.clone(), view.style(Role::Accent)))
            } else {
                Line::from(vec![
                    Span::styled(format!("{keys:<18} "), view.style(Role::Key)),
                    Span::styled(what.clone(), view.style(Role::Text)),
                ])
            };
            let y = inner.y + u16::try_from(n).unwrap_or(0);
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
    }

    fn text(&self, _view: &View) -> Vec<String> {
        let line =
            |(k, w): &(String, String)| if k.is_empty() { format!("{w}:") } else { format!("{k}: {w}") };
        self.rows.iter().map(line).collect()
    }
}
