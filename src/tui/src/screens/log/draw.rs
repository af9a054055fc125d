//! A log on the screen.

use std::ops::Range;
use std::time::UNIX_EPOCH;

use koji_logs::text::{self, Color as Sgr, Style as Wish};
use koji_logs::{Line, Outline};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line as Row, Span};
use unicode_width::UnicodeWidthChar as _;

use super::pane::Pane;
use crate::cell::{bytes, fit, stamp};
use crate::screen::View;
use crate::theme::Role;

/// Draws the lines, and below them where one is.
pub fn pane(pane: &Pane, frame: &mut Frame, area: Rect, view: &View, focused: bool, heading: bool) {
    let [body, status] = ratatui::layout::Layout::vertical([
        ratatui::layout::Constraint::Min(0),
        ratatui::layout::Constraint::Length(1),
    ])
    .areas(area);
    lines(pane, frame, body, view);
    let role = if focused { Role::Bar } else { Role::Muted };
    let mut text = state(pane);
    if heading {
        text = format!("{} · {text}", title(pane));
    }
    let text = fit(&format!(" {text}"), usize::from(status.width));
    frame.render_widget(Row::styled(text, view.style(role)), status);
}

pub fn title(pane: &Pane) -> String {
    match &pane.which {
        super::job::Which::Task { id, .. } if pane.name.is_empty() => format!("task {id}"),
        super::job::Which::Task { id, .. } => format!("task {id} {}", pane.name),
        super::job::Which::File(path) => path.display().to_string(),
    }
}

/// `line 5/90 · 5% · following · match 2/7 · %build`
pub fn state(pane: &Pane) -> String {
    let mut parts = Vec::new();
    if let Some(problem) = &pane.problem {
        parts.push(problem.clone());
    }
    if let Some(trouble) = &pane.status.trouble {
        parts.push(trouble.clone());
    } else if !pane.status.opened && pane.problem.is_none() {
        parts.push("opening".to_owned());
    }
    if let Some(body) = pane.body() {
        let lines = body.lines();
        match (body.number(pane.at), body.number(lines.end - 1)) {
            _ if lines.is_empty() => parts.push("empty".to_owned()),
            (Some(at), Some(all)) => parts.push(format!("line {at}/{all}")),
            // the beginning is still on its way: counted from the end
            _ => parts.push(format!(
                "line {} from the end, {} loaded",
                lines.end - pane.at,
                size(&pane.status)
            )),
        }
    }
    if pane.status.ended {
        parts.push("ended".to_owned());
    } else if pane.follow {
        parts.push("following".to_owned());
    }
    if let Some((at, all)) = pane.matches() {
        let text = pane.work.finders().search.map(|s| s.test().text().to_owned()).unwrap_or_default();
        parts.push(format!("/{text}: {at}/{all}"));
    }
    if let Some((text, context)) = &pane.filtered {
        let count = pane.work.finders().filter.map_or(0, |f| f.shown().count());
        let around = if *context > 0 { format!(" ±{context}") } else { String::new() };
        parts.push(format!("only {text}{around}: {count} lines"));
    }
    if let Some(errors) = pane.work.finders().errors {
        match errors.found().count() {
            0 => {}
            1 => parts.push("1 error line".to_owned()),
            count => parts.push(format!("{count} error lines")),
        }
    }
    if pane.range.is_some() {
        let chosen = pane.chosen();
        parts.push(format!("{} lines chosen", chosen.end - chosen.start));
    }
    let phases = pane.phases();
    if let Some(phase) = Outline::at(&phases, pane.at) {
        parts.push(phase.name.clone());
    }
    parts.join(" · ")
}

fn size(status: &koji_logs::Status) -> String {
    bytes(i64::try_from(status.loaded).unwrap_or(i64::MAX))
}

/// What stands before each line, and the histogram behind it, take so many columns.
fn gutter(pane: &Pane) -> usize {
    let last = pane.body().and_then(|b| b.number(b.lines().end - 1)).unwrap_or(0);
    let number = last.max(1000).to_string().len();
    number + 2 + if pane.times { 9 } else { 0 }
}

fn lines(pane: &Pane, frame: &mut Frame, area: Rect, view: &View) {
    let height = usize::from(area.height);
    pane.height.set(height.max(1));
    let width = usize::from(area.width).saturating_sub(gutter(pane) + 1);
    let seen = seen(pane, height, width);
    let mut y = area.y;
    for line in &seen {
        for row in rows(pane, line, width, view) {
            if y >= area.bottom() {
                break;
            }
            let place = Rect { y, height: 1, width: area.width.saturating_sub(1), ..area };
            frame.render_widget(row, place);
            y += 1;
        }
    }
    histogram(pane, frame, area, view);
}

/// The lines that are seen, `at` among them.
fn seen(pane: &Pane, height: usize, width: usize) -> Vec<Line> {
    let back = 1 - i64::try_from(height).unwrap_or(1);
    let lowest = pane.step(pane.at, back);
    let shown = pane.work.finders().filter;
    let is_shown = |line: i64| shown.as_ref().is_none_or(|f| f.shown().contains(line));
    let mut top = pane.top.get();
    if pane.follow || top < lowest || top > pane.at || !is_shown(top) {
        top = if pane.follow || top < lowest || !is_shown(top) { lowest } else { pane.at };
    }
    let mut lines = pane.window(top, height);
    if pane.wrap {
        // long lines take the room of those before them
        let tall = |l: &Line| columns(l).div_ceil(width.max(1)).max(1);
        let behind = lines.iter().position(|l| l.id == pane.at).map_or(lines.len(), |n| n + 1);
        let mut used: usize = lines.iter().take(behind).map(tall).sum();
        let mut skip = 0;
        while used > height && skip + 1 < behind {
            used -= lines.get(skip).map_or(0, tall);
            skip += 1;
        }
        lines.drain(..skip);
    }
    if let Some(first) = lines.first() {
        pane.top.set(first.id);
    }
    lines
}

fn columns(line: &Line) -> usize {
    text::safe(&line.text).text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// A line as one row, or as many as it needs.
fn rows(pane: &Pane, line: &Line, width: usize, view: &View) -> Vec<Row<'static>> {
    let finders = pane.work.finders();
    let safe = text::safe(&line.text);
    let mut base = view.style(Role::Text);
    if finders.errors.as_ref().is_some_and(|e| e.found().contains(line.id)) {
        base = base.patch(view.style(Role::Bad));
    } else if finders.filter.as_ref().is_some_and(|f| !f.is_included(line.id)) {
        base = view.style(Role::Muted);
    }
    if pane.range.is_some() && pane.chosen().contains(&line.id) {
        base = base.patch(view.style(Role::Marked));
    }
    if line.id == pane.at {
        base = base.patch(view.style(Role::Selected));
    }
    let found = finders.search.map(|s| s.test().spans(safe.text.as_bytes())).unwrap_or_default();
    let colours = view.style(Role::Bad).fg.is_some();
    let highlight = view.style(Role::Match);
    let mut out: Vec<Row<'static>> = Vec::new();
    let mut row = Builder::new(head(pane, line, view, true));
    let (mut column, skip) = (0, if pane.wrap { 0 } else { pane.left });
    let mut styles = safe.styles.iter().peekable();
    let mut spans = found.iter().peekable();
    for (at, c) in safe.text.char_indices() {
        let wide = c.width().unwrap_or(0);
        column += wide;
        if column <= skip {
            continue;
        }
        if row.used + wide > width {
            if !pane.wrap {
                row.mark(view.style(Role::Muted));
                break;
            }
            out.push(row.finish());
            row = Builder::new(head(pane, line, view, false));
        }
        let within = |range: &Range<usize>| range.contains(&at);
        while styles.next_if(|(range, _)| range.end <= at).is_some() {}
        while spans.next_if(|range| range.end <= at).is_some() {}
        let mut style = base;
        if let Some((_, wish)) = styles.peek().filter(|(range, _)| within(range)) {
            style = dress(style, *wish, colours);
        }
        if spans.peek().is_some_and(|range| within(range)) {
            style = style.patch(highlight);
        }
        row.push(c, wide, style);
    }
    if line.left_out() > 0 {
        row.text(format!(" … {} more bytes", line.left_out()), view.style(Role::Muted));
    }
    out.push(row.finish());
    out
}

/// Mark, number, time.
fn head(pane: &Pane, line: &Line, view: &View, first: bool) -> Vec<Span<'static>> {
    let width = gutter(pane) - 2 - if pane.times { 9 } else { 0 };
    if !first {
        return vec![Span::raw(" ".repeat(gutter(pane)))];
    }
    let number = match pane.body().and_then(|b| b.number(line.id)) {
        Some(number) => format!("{number:>width$}"),
        None => format!("{:>width$}", "·"),
    };
    let error = pane.work.finders().errors.is_some_and(|e| e.found().contains(line.id));
    let (sign, role) = match pane.marks.at(line.id) {
        Some(mark) => (mark, Role::Marked),
        None if error => ('!', Role::Bad),
        None => (' ', Role::Muted),
    };
    let mut head = vec![
        Span::styled(sign.to_string(), view.style(role)),
        Span::styled(format!("{number} "), view.style(Role::Muted)),
    ];
    if pane.times {
        let time = pane.log().and_then(|l| l.time_of(line.offset));
        let time = time.and_then(|t| t.duration_since(UNIX_EPOCH).ok()).map(|d| stamp(d.as_secs_f64()));
        let time = time.and_then(|t| t.get(t.len().checked_sub(8)?..).map(str::to_owned));
        head.push(Span::styled(format!("{:>8} ", time.unwrap_or_default()), view.style(Role::Muted)));
    }
    head
}

/// Where errors are in the whole log, and which part of it is seen.
fn histogram(pane: &Pane, frame: &mut Frame, area: Rect, view: &View) {
    let lines = pane.lines();
    if lines.is_empty() || area.height == 0 {
        return;
    }
    let errors = pane.work.finders().errors;
    let counts = errors.map(|e| e.found().histogram(lines.clone(), area.height)).unwrap_or_default();
    let all = lines.end - lines.start;
    let row = |line: i64| (line - lines.start) * i64::from(area.height) / all.max(1);
    let (first, last) = (row(pane.top.get()), row(pane.at.max(pane.top.get())));
    for y in 0..area.height {
        let here = (first..=last).contains(&i64::from(y));
        let bad = counts.get(usize::from(y)).is_some_and(|c| *c > 0);
        let (glyph, role) = match (bad, here) {
            (true, _) => ("!", Role::Bad),
            (false, true) => ("┃", Role::Accent),
            (false, false) => ("│", Role::Border),
        };
        let place = Rect { x: area.right().saturating_sub(1), y: area.y + y, width: 1, height: 1 };
        frame.render_widget(Span::styled(glyph, view.style(role)), place);
    }
}

/// What the log itself wants to look like, where there are colours.
fn dress(style: Style, wish: Wish, colours: bool) -> Style {
    let colour = |c: Sgr| match c {
        Sgr::Indexed(n) => Color::Indexed(n),
        Sgr::Rgb(r, g, b) => Color::Rgb(r, g, b),
    };
    let mut style = style;
    if colours {
        style.fg = wish.foreground.map(colour).or(style.fg);
        style.bg = wish.background.map(colour).or(style.bg);
    }
    for (wanted, modifier) in [
        (wish.bold, Modifier::BOLD),
        (wish.dim, Modifier::DIM),
        (wish.italic, Modifier::ITALIC),
        (wish.underlined, Modifier::UNDERLINED),
        (wish.reversed, Modifier::REVERSED),
    ] {
        if wanted {
            style = style.add_modifier(modifier);
        }
    }
    style
}

/// Characters of equal style together.
struct Builder {
    spans: Vec<Span<'static>>,
    text: String,
    style: Style,
    used: usize,
}

impl Builder {
    fn new(spans: Vec<Span<'static>>) -> Builder {
        Builder { spans, text: String::new(), style: Style::default(), used: 0 }
    }

    fn push(&mut self, c: char, wide: usize, style: Style) {
        if style != self.style {
            self.end();
            self.style = style;
        }
        self.text.push(c);
        self.used += wide;
    }

    fn text(&mut self, text: String, style: Style) {
        self.end();
        self.spans.push(Span::styled(text, style));
    }

    /// The line goes on to the right.
    fn mark(&mut self, style: Style) {
        self.text("›".to_owned(), style);
    }

    fn end(&mut self) {
        if !self.text.is_empty() {
            self.spans.push(Span::styled(std::mem::take(&mut self.text), self.style));
        }
    }

    fn finish(mut self) -> Row<'static> {
        self.end();
        Row::from(self.spans)
    }
}

/// Several logs as one, each line with the colour of its log.
pub fn merged(
    merged: &koji_logs::Merged,
    panes: &[Pane],
    first: u64,
    frame: &mut Frame,
    area: Rect,
    view: &View,
) {
    const ROLES: [Role; 6] = [Role::Accent, Role::Good, Role::Warn, Role::Running, Role::Link, Role::Waiting];
    let names: Vec<String> = panes.iter().map(title).collect();
    let wide =
        names.iter().map(|n| crate::cell::width(n)).max().unwrap_or(0).min(usize::from(area.width) / 3);
    for (y, (origin, line)) in merged.window(first, usize::from(area.height)).into_iter().enumerate() {
        let role = ROLES.get(origin % ROLES.len()).copied().unwrap_or_default();
        let name = names.get(origin).map(|n| fit(n, wide)).unwrap_or_default();
        let error = panes.get(origin).and_then(|p| p.work.finders().errors);
        let bad = error.is_some_and(|e| e.found().contains(line.id));
        let text = text::safe(&line.text).text;
        let row = Row::from(vec![
            Span::styled(format!("{name} "), view.style(role)),
            Span::styled(if bad { "! " } else { "  " }, view.style(Role::Bad)),
            Span::styled(text, view.style(if bad { Role::Bad } else { Role::Text })),
        ]);
        let y = area.y + u16::try_from(y).unwrap_or(u16::MAX);
        frame.render_widget(row, Rect { y, height: 1, ..area });
    }
}

/// The phases of the log, over it.
pub fn phases(entries: &[koji_logs::Entry], chosen: usize, frame: &mut Frame, area: Rect, view: &View) {
    let width = 60.min(area.width);
    let height = u16::try_from(entries.len() + 2).unwrap_or(u16::MAX).min(area.height);
    let place = Rect { x: area.right() - width, y: area.y, width, height };
    let block = ratatui::widgets::Block::bordered().title(" phases ").style(view.style(Role::Text));
    let inner = block.inner(place);
    frame.render_widget(ratatui::widgets::Clear, place);
    frame.render_widget(block, place);
    let skip = (chosen + 1).saturating_sub(usize::from(inner.height));
    for (n, entry) in entries.iter().enumerate().skip(skip).take(usize::from(inner.height)) {
        let (word, role) = match entry.stage {
            koji_logs::Stage::Start => ("begins", Role::Text),
            koji_logs::Stage::Done => ("✔ done", Role::Good),
            koji_logs::Stage::Failed => ("✘ failed", Role::Bad),
        };
        let mut style = view.style(role);
        if n == chosen {
            style = style.patch(view.style(Role::Selected));
        }
        let text = fit(&format!("{word:<9} {}", entry.name), usize::from(inner.width));
        let y = inner.y + u16::try_from(n - skip).unwrap_or(0);
        frame.render_widget(Span::styled(text, style), Rect { y, height: 1, ..inner });
    }
}
