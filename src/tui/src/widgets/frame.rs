//! A box over the screen, for overlays.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Clear};

use crate::screen::View;
use crate::theme::Role;

/// Clears a box in the middle, at most `width` x `height`, and gives what is inside its border.
pub fn pop_up(frame: &mut Frame, area: Rect, width: u16, height: u16, title: &str, view: &View) -> Rect {
    let w = width.min(area.width);
    let h = height.min(area.height);
    let outer =
        Rect { x: area.x + (area.width - w) / 2, y: area.y + (area.height - h) / 3, width: w, height: h };
    frame.render_widget(Clear, outer);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(view.style(Role::Border))
        .title(format!(" {title} "))
        .title_style(view.style(Role::Title))
        .style(view.style(Role::Background).patch(view.style(Role::Text)));
    let inner = block.inner(outer);
    frame.render_widget(block, outer);
    // what lies under the box is no link any more
    let rows = outer.y..outer.bottom();
    view.links.borrow_mut().retain(|l| !rows.contains(&l.y));
    Rect { x: inner.x + 1, width: inner.width.saturating_sub(2), ..inner }
}
