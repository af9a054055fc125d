//! `@` - every request to the hub, with time and outcome.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Overlay;
use crate::cell::{cut, stamp};
use crate::effect::Effect;
use crate::screen::{Cx, View};
use crate::theme::Role;
use crate::widgets::frame::pop_up;

#[derive(Default)]
pub struct RpcLog {
    top: usize,
}

impl Overlay for RpcLog {
    fn key(&mut self, key: KeyEvent, cx: &mut Cx) -> bool {
        let last = cx.store.log.len().saturating_sub(1);
        match key.code {
            KeyCode::Char('j') | KeyCode::Down => self.top = (self.top + 1).min(last),
            KeyCode::Char('k') | KeyCode::Up => self.top = self.top.saturating_sub(1),
            KeyCode::PageDown => self.top = (self.top + 20).min(last),
            KeyCode::PageUp => self.top = self.top.saturating_sub(20),
            KeyCode::Char('@' | 'q') => cx.effects.push(Effect::CloseOverlay),
            _ => return false,
        }
        true
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
        let size = (area.width.saturating_sub(4), area.height.saturating_sub(2));
        let inner = pop_up(frame, area, size.0, size.1, "calls to the hub, newest first", view);
        for (n, entry) in view.store.log.iter().skip(self.top).take(usize::from(inner.height)).enumerate() {
            let bad = entry.outcome != "ok";
            let time = stamp(entry.at);
            let line = Line::from(vec![
                Span::styled(format!("{} ", time.get(11..).unwrap_or_default()), view.style(Role::Muted)),
                Span::styled(format!("{:>6} ms {:>9} B  ", entry.ms, entry.bytes), view.style(Role::Text)),
                Span::styled(
                    if bad { format!("✘ {}  ", entry.outcome) } else { "✔ ".into() },
                    view.style(if bad { Role::Bad } else { Role::Good }),
                ),
                Span::styled(
                    cut(&entry.call, usize::from(inner.width).saturating_sub(35)),
                    view.style(Role::Text),
                ),
            ]);
            frame
                .render_widget(line, Rect { y: inner.y + u16::try_from(n).unwrap_or(0), height: 1, ..inner });
        }
    }

    fn text(&self, view: &View) -> Vec<String> {
        let log = view.store.log.iter().take(50);
        log.map(|e| format!("{} {} ms, {} bytes, {}: {}", stamp(e.at), e.ms, e.bytes, e.outcome, e.call))
            .collect()
    }
}
