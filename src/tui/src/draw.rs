//! The whole picture: bar, screen, bottom line, overlays. Pure.

use std::cell::RefCell;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Clear};

use crate::app::State;
use crate::cell::{cut, duration, width};
use crate::screen::{Hyperlink, View};
use crate::store::Link;
use crate::theme::Role;
use crate::widgets::frame::pop_up;

/// Where the screen itself goes.
pub fn body(area: Rect, state: &State) -> Rect {
    let banner = u16::from(matches!(state.store.link, Link::Down { .. }));
    let top = (1 + banner).min(area.height);
    Rect { y: area.y + top, height: area.height.saturating_sub(top + 1), ..area }
}

/// Draws everything and gives the links that are seen.
pub fn draw(state: &State, frame: &mut Frame) -> Vec<Hyperlink> {
    let links = RefCell::default();
    let view = state.view(&links);
    let area = frame.area();
    frame.render_widget(Clear, area);
    let ground = view.style(Role::Background).patch(view.style(Role::Text));
    frame.render_widget(Block::new().style(ground), area);
    if area.height < 4 || area.width < 20 {
        frame.render_widget("too small", area);
        return Vec::new();
    }
    top_bar(state, frame, Rect { height: 1, ..area }, &view);
    if let Link::Down { cause, since, again } = &state.store.link {
        let text = format!(
            " ✘ no hub since {}, next try in {}; what you see is old. {cause}",
            duration(state.now - since),
            duration(again - state.now)
        );
        let line = Span::styled(cut(&text, usize::from(area.width)), view.style(Role::Bad));
        frame.render_widget(line, Rect { y: 1, height: 1, ..area });
    }
    if let Some(screen) = state.screen() {
        let whole = body(area, state);
        match state.beside() {
            Some(beside) => {
                let left = whole.width / 2;
                screen.draw(frame, Rect { width: left, ..whole }, &view);
                let right = Rect { x: whole.x + left, width: whole.width - left, ..whole };
                let line = Block::new().borders(Borders::LEFT).border_style(view.style(Role::Border));
                let inner = line.inner(right);
                frame.render_widget(line, right);
                let title =
                    format!(" {}", cut(&beside.title(&view), usize::from(inner.width.saturating_sub(1))));
                frame
                    .render_widget(Span::styled(title, view.style(Role::Title)), Rect { height: 1, ..inner });
                let rest = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
                beside.draw(frame, rest, &view);
            }
            None => screen.draw(frame, whole, &view),
        }
    }
    bottom(state, frame, Rect { y: area.bottom().saturating_sub(1), height: 1, ..area }, &view);
    if !state.chord.is_empty() {
        which_key(state, frame, area, &view);
    }
    for overlay in &state.overlays {
        overlay.draw(frame, body(area, state), &view);
    }
    links.into_inner()
}

fn top_bar(state: &State, frame: &mut Frame, area: Rect, view: &View) {
    let bar = view.style(Role::Bar);
    frame.render_widget(Block::new().style(bar), area);
    let status = match (&state.store.link, state.stale()) {
        (Link::Connecting, _) => "◌ connecting".to_owned(),
        (Link::Down { .. }, _) => "✘ hub down".to_owned(),
        (Link::Up, Some(age)) => format!("◌ stale {}", duration(age)),
        (Link::Up, None) => "● live".to_owned(),
    };
    let user = state.user.as_ref().map_or("read only", |u| u.name.as_str());
    let news = match state.store.inbox.unread {
        0 => String::new(),
        n => format!("● {n} new · "),
    };
    let right = format!("{news}{user} · {} · {status} ", state.settings.profile);
    let room = usize::from(area.width).saturating_sub(width(&right) + 2);
    let mut crumbs: Vec<String> = state.stack.iter().map(|l| l.screen.place().to_string()).collect();
    if let Some(last) = crumbs.last_mut() {
        *last = state.screen().map(|s| s.title(view)).unwrap_or_default();
    }
    let mut text = crumbs.join(" › ");
    while width(&text) > room && crumbs.len() > 1 {
        crumbs.remove(0);
        text = format!("… › {}", crumbs.join(" › "));
    }
    let left = Span::styled(
        format!(" {}", cut(&text, room)),
        bar.patch(view.style(Role::Title)).bg(bar.bg.unwrap_or_default()),
    );
    let plain = view.style(Role::Bar);
    let gap = usize::from(area.width).saturating_sub(width(&left.content) + width(&right));
    let left = if plain.bg.is_none() { Span::styled(left.content, plain) } else { left };
    frame.render_widget(
        Line::from(vec![left, Span::styled(" ".repeat(gap), plain), Span::styled(right, plain)]),
        area,
    );
}

fn bottom(state: &State, frame: &mut Frame, area: Rect, view: &View) {
    if let Some(prompt) = &state.prompt {
        frame.render_widget(Span::styled("/", view.style(Role::Key)), Rect { width: 1, ..area });
        let field = Rect { x: area.x + 1, width: area.width - 1, ..area };
        prompt.draw(frame, field, view, true);
        // what tab would write stands behind what is typed
        let typed = u16::try_from(width(&prompt.text())).unwrap_or(u16::MAX).saturating_add(3);
        let text = state.completions().join(" ");
        if typed < field.width && !text.is_empty() {
            let room = Rect { x: field.x + typed, width: field.width - typed, ..field };
            let text = cut(&format!("tab: {text}"), usize::from(room.width));
            frame.render_widget(Span::styled(text, view.style(Role::Muted)), room);
        }
        return;
    }
    if let Some((role, text, _)) = &state.message {
        let text = cut(&format!(" {}", crate::cell::clean(text)), usize::from(area.width));
        frame.render_widget(Span::styled(text, view.style(*role)), area);
        return;
    }
    let scopes = state.scopes();
    let mut spans = vec![Span::raw(" ")];
    let mut used = 1;
    let hints = state.screen().map(|s| s.hints()).unwrap_or_default();
    for (action, word) in hints.iter().copied() {
        let Some(key) = state.keymap.key_of(&scopes, action) else { continue };
        let w = width(&key) + width(word) + 3;
        if used + w > usize::from(area.width) {
            break;
        }
        used += w;
        spans.push(Span::styled(key, view.style(Role::Key)));
        spans.push(Span::styled(format!(" {word}  "), view.style(Role::Muted)));
    }
    frame.render_widget(Line::from(spans), area);
}

/// What can follow the keys typed so far.
fn which_key(state: &State, frame: &mut Frame, area: Rect, view: &View) {
    let next = state.keymap.continuations(&state.scopes(), &state.chord);
    let height = u16::try_from(next.len()).unwrap_or(10) + 2;
    let inner = pop_up(frame, area, 44, height, &state.chord.join(" "), view);
    for (n, (keys, action)) in next.iter().enumerate() {
        let line = Line::from(vec![
            Span::styled(format!("{keys:<6} "), view.style(Role::Key)),
            Span::styled(action.help(), view.style(Role::Text)),
        ]);
        let y = inner.y + u16::try_from(n).unwrap_or(0);
        if y < inner.bottom() {
            frame.render_widget(line, Rect { y, height: 1, ..inner });
        }
    }
}
