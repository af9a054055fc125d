//! How a list looks: as a picture, as lines of text, as a table of cells.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthChar as _;

use super::{ListScreen, Listing, Row};
use crate::cell::{Cell, cut, fit, width};
use crate::screen::View;
use crate::theme::Role;
use crate::widgets::columns::layout;

impl<L: Listing> ListScreen<L> {
    pub(super) fn paint(&self, frame: &mut Frame, area: Rect, view: &View) {
        let header = self.inner.header(view);
        let mut y = area.y;
        let put = |frame: &mut Frame, y: u16, line: Line| {
            if y < area.bottom() {
                frame.render_widget(line, Rect { y, height: 1, ..area });
            }
        };
        for cells in header {
            let spans: Vec<Span> =
                cells.into_iter().map(|c| Span::styled(c.text, view.style(c.role))).collect();
            let mut line = Line::from(spans);
            line.spans.insert(0, Span::raw(" "));
            put(frame, y, line);
            y += 1;
        }
        let columns = self.inner.columns();
        let widths = layout(columns, area.width.saturating_sub(3));
        let count = self.count();
        if !columns.is_empty() {
            let mut spans = vec![Span::raw("  ")];
            for ((n, c), w) in columns.iter().enumerate().zip(&widths) {
                if *w > 0 {
                    let arrow = match self.sorted {
                        Some((s, false)) if s == n => " ▲",
                        Some((s, true)) if s == n => " ▼",
                        _ => "",
                    };
                    let title = fit(&format!("{}{arrow}", c.title), usize::from(*w));
                    spans.push(Span::styled(title, view.style(Role::Accent)));
                    spans.push(Span::raw(" "));
                }
            }
            put(frame, y, Line::from(spans));
            y += 1;
        }
        let body = Rect { y, height: area.bottom().saturating_sub(y + 1), ..area };
        self.head.set(y - area.y);
        let height = usize::from(body.height);
        self.height.set(height);
        let top = self.window(height);
        for (n, position) in (top..self.shown_len()).take(height).enumerate() {
            let Some(i) = self.at(position) else { break };
            let row = self.inner.row(i, view.now);
            let selected = position == self.cursor;
            let marked = !self.marks.is_empty() && self.marks.contains(&self.inner.id(i));
            let line = self.line(&row, &widths, view, selected, marked, area.width);
            let y = body.y + u16::try_from(n).unwrap_or(0);
            put(frame, y, line);
            if let Some(url) =
                self.inner.subject(i).and_then(|s| s.url(view.weburl)).filter(|_| !view.weburl.is_empty())
            {
                let first = widths.first().copied().unwrap_or(24).max(8);
                view.link(
                    Rect { x: area.x + 2, y, width: first.min(area.width.saturating_sub(2)), height: 1 },
                    url,
                );
            }
        }
        if self.shown_len() == 0 {
            let line = self.waiting(view).unwrap_or_else(|| {
                let text = if self.filter.is_empty() {
                    self.inner.empty()
                } else {
                    "no row passes the filter".into()
                };
                vec![Cell::from(text).muted()]
            });
            let spans: Vec<Span> =
                line.into_iter().map(|c| Span::styled(c.text, view.style(c.role))).collect();
            let mut line = Line::from(spans);
            line.spans.insert(0, Span::raw("  "));
            put(frame, body.y, line);
        }
        // the last line: how many, and the filter
        let y = area.bottom().saturating_sub(1);
        let mut spans = vec![Span::styled(format!("  {count}"), view.style(Role::Muted))];
        if !self.filter.text.is_empty() {
            spans.push(Span::styled(format!("  /{}", self.filter.text), view.style(Role::Warn)));
        }
        if let Some(problem) = &self.filter.problem {
            spans.push(Span::styled(format!("  {}", cut(problem, 60)), view.style(Role::Bad)));
        }
        put(frame, y, Line::from(spans));
    }

    pub(super) fn lines(&self, view: &View) -> Vec<String> {
        let flat = |cells: &[Cell]| cells.iter().map(|c| c.text.as_ref()).collect::<String>();
        let mut lines: Vec<String> = self.inner.header(view).iter().map(|c| flat(c)).collect();
        let columns = self.inner.columns();
        for p in 0..self.shown_len() {
            let Some(i) = self.at(p) else { break };
            lines.push(match self.inner.row(i, view.now) {
                Row::Heading(text) => format!("{text}:"),
                Row::Free(cells) => match self.inner.subject(i) {
                    Some(_) => format!("{}. {}", p + 1, flat(&cells).trim()),
                    None => flat(&cells),
                },
                Row::Cells(cells) => {
                    let said = cells.iter().zip(columns).filter(|(c, _)| !c.text.is_empty());
                    let parts: Vec<String> = said
                        .map(|(c, col)| format!("{} {}", col.title.to_lowercase(), c.text.trim()))
                        .collect();
                    format!("{}. {}", p + 1, parts.join(", "))
                }
            });
        }
        if self.shown_len() == 0 {
            lines.push(self.waiting(view).map_or_else(|| self.inner.empty(), |c| flat(&c)));
        }
        lines
    }

    pub(super) fn cells(&self, view: &View) -> Option<Vec<Vec<String>>> {
        let columns = self.inner.columns();
        if columns.is_empty() {
            return None;
        }
        let mut all = vec![columns.iter().map(|c| c.title.to_owned()).collect()];
        for p in 0..self.shown_len() {
            let Some(i) = self.at(p) else { break };
            if let Row::Cells(cells) = self.inner.row(i, view.now) {
                all.push(cells.iter().map(|c| crate::plain::words(&c.text)).collect());
            }
        }
        Some(all)
    }

    fn line(
        &self,
        row: &Row,
        widths: &[u16],
        view: &View,
        selected: bool,
        marked: bool,
        total: u16,
    ) -> Line<'static> {
        let base = if selected { view.style(Role::Selected) } else { view.style(Role::Text) };
        let style = |role: Role| {
            if !selected {
                return view.style(role);
            }
            let own = view.style(role);
            let mut s = base;
            if role != Role::Text && own.fg.is_some() {
                s = s.fg(own.fg.unwrap_or_default());
            }
            s.add_modifier(own.add_modifier)
        };
        let gutter = match (selected, marked) {
            (true, true) => "▶●",
            (true, false) => "▶ ",
            (false, true) => " ●",
            (false, false) => "  ",
        };
        let mut spans = vec![Span::styled(gutter, style(if marked { Role::Marked } else { Role::Accent }))];
        match row {
            Row::Cells(cells) => {
                for (cell, w) in cells.iter().zip(widths) {
                    if *w > 0 {
                        let text = fit(&cell.text, usize::from(*w));
                        // what is underlined or reversed ends with the text
                        let (said, blank) = text.split_at(text.trim_end().len());
                        spans.push(Span::styled(said.to_owned(), style(cell.role)));
                        spans.push(Span::styled(format!("{blank} "), style(Role::Text)));
                    }
                }
            }
            Row::Free(cells) => {
                let mut skip = self.shift;
                for cell in cells {
                    let chars = cell.text.chars().count();
                    let text: String = cell.text.chars().skip(skip.min(chars)).collect();
                    skip = skip.saturating_sub(chars);
                    spans.push(Span::styled(text, style(cell.role)));
                }
                shorten(&mut spans, usize::from(total), style(Role::Muted));
            }
            Row::Heading(text) => spans.push(Span::styled(format!("── {text} "), style(Role::Title))),
        }
        if selected {
            let used: usize = spans.iter().map(|s| width(&s.content)).sum();
            spans.push(Span::styled(" ".repeat(usize::from(total).saturating_sub(used)), base));
        }
        Line::from(spans)
    }

    fn count(&self) -> String {
        let (len, all) = (self.shown_len(), self.inner.len());
        let at = if len == 0 { 0 } else { self.cursor + 1 };
        let mut text = format!("{at}/{len}");
        if len != all {
            text.push_str(&format!(" of {all}"));
        }
        if !self.marks.is_empty() {
            text.push_str(&format!(" · {} marked", self.marks.len()));
        }
        text
    }

    /// Nothing has been answered of what it wants: say so instead of "nothing here".
    fn waiting(&self, view: &View) -> Option<Vec<Cell>> {
        if view.logging_in && self.inner.wants().is_empty() {
            return Some(vec![Cell::from("… logging in").muted()]);
        }
        let wants = self.inner.wants();
        let known: Vec<_> = wants.iter().map(|w| view.store.get(&w.call)).collect();
        if let Some(fault) =
            known.iter().flatten().find_map(|k| k.fault.clone().filter(|_| k.value.is_none()))
        {
            return Some(vec![Cell::from("✘ the hub refused: ").role(Role::Bad), fault.into()]);
        }
        let missing = known.iter().any(|k| k.is_none_or(|k| k.value.is_none() && k.fault.is_none()));
        missing.then(|| vec![Cell::from("… asking the hub").muted()])
    }
}

/// What does not fit is cut, and a mark says that it goes on to the right.
fn shorten(spans: &mut Vec<Span<'static>>, room: usize, mark: Style) {
    if spans.iter().map(|s| width(&s.content)).sum::<usize>() <= room {
        return;
    }
    let mut left = room.saturating_sub(1);
    for span in spans.iter_mut() {
        let mut kept = String::new();
        for c in span.content.chars() {
            let wide = c.width().unwrap_or(0);
            if wide > left {
                left = 0;
                break;
            }
            left -= wide;
            kept.push(c);
        }
        span.content = kept.into();
    }
    spans.push(Span::styled("›", mark));
}
