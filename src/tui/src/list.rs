//! Lists: nearly every screen is one. A screen gives rows by number; cursor, window, filter, marks, sorting and plain
//! text come from here. Only the rows that are seen are ever made.

use std::cell::Cell as StdCell;
use std::collections::BTreeSet;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::action::Action;
use crate::call::{Call, Want};
use crate::cell::{Cell, cut, fit, width};
use crate::filter::Filter;
use crate::place::{Place, Subject};
use crate::screen::{Cx, Message, Screen, View};
use crate::theme::Role;
use crate::widgets::columns::{Column, layout};

/// One row.
#[derive(Debug, Clone)]
pub enum Row {
    /// A cell for each column.
    Cells(Vec<Cell>),
    /// Pieces one after the other, as wide as they are.
    Free(Vec<Cell>),
    /// The name of the part of the page that follows.
    Heading(String),
}

impl Row {
    fn cells(&self) -> &[Cell] {
        match self {
            Row::Cells(c) | Row::Free(c) => c,
            Row::Heading(_) => &[],
        }
    }
}

/// `name` and a value, for pages.
pub fn fact(name: &'static str, value: impl Into<Cell>) -> Row {
    Row::Free(vec![Cell::from(format!("{name:<14} ")).muted(), value.into()])
}

/// What a screen says to be a list.
#[allow(clippy::len_without_is_empty, reason = "nobody asks")]
pub trait Listing {
    fn place(&self) -> Place;
    fn title(&self, _view: &View) -> String {
        self.place().to_string()
    }
    fn wants(&self) -> Vec<Want>;
    fn topics(&self) -> Vec<String> {
        Vec::new()
    }
    /// Takes rows out of the new answer (`cx.store`).
    fn answered(&mut self, call: &Call, cx: &mut Cx);
    fn message(&mut self, _message: Message, _cx: &mut Cx) {}

    /// None for pages of facts.
    fn columns(&self) -> &'static [Column] {
        &[]
    }
    fn len(&self) -> usize;
    fn row(&self, i: usize, now: f64) -> Row;
    /// Stays the same for the same thing when rows come and go.
    fn id(&self, i: usize) -> u64 {
        i as u64
    }
    fn subject(&self, _i: usize) -> Option<Subject> {
        None
    }
    /// Seconds, for `age:` in the filter.
    fn age(&self, _i: usize, _now: f64) -> Option<f64> {
        None
    }
    /// Lines above the rows.
    fn header(&self, _view: &View) -> Vec<Vec<Cell>> {
        Vec::new()
    }
    /// What the whole screen is about.
    fn about(&self) -> Option<Subject> {
        None
    }
    /// What to say when there is nothing (the answer has come).
    fn empty(&self) -> String {
        "nothing here".to_owned()
    }
    fn scopes(&self) -> &'static [&'static str] {
        &[]
    }
    /// `enter` on row `i`.
    fn open(&mut self, i: usize, cx: &mut Cx) {
        if let Some(place) = self.subject(i).and_then(|s| s.place()) {
            cx.go(place);
        }
    }
    /// Actions of the screen's own; `i` is the row under the cursor.
    fn act(&mut self, _action: Action, _i: Option<usize>, _cx: &mut Cx) -> bool {
        false
    }
    /// Sorts by a column; false when it cannot.
    fn sort(&mut self, _column: usize, _reverse: bool) -> bool {
        false
    }
    fn tick(&mut self, _cx: &mut Cx) {}
    fn is_live(&self) -> bool {
        false
    }
}

/// A list with its cursor.
pub struct ListScreen<L> {
    pub inner: L,
    /// Rows that pass the filter; all of them without one.
    shown: Option<Vec<usize>>,
    cursor: usize,
    top: StdCell<usize>,
    height: StdCell<usize>,
    head: StdCell<u16>,
    shift: usize,
    marks: BTreeSet<u64>,
    range_from: Option<usize>,
    filter: Filter,
    sorted: Option<(usize, bool)>,
}

impl<L: Listing> ListScreen<L> {
    pub fn new(inner: L) -> Self {
        ListScreen {
            inner,
            shown: None,
            cursor: 0,
            top: StdCell::new(0),
            height: StdCell::new(20),
            head: StdCell::new(0),
            shift: 0,
            marks: BTreeSet::new(),
            range_from: None,
            filter: Filter::default(),
            sorted: None,
        }
    }

    pub fn boxed(inner: L) -> Box<dyn Screen>
    where
        L: 'static,
    {
        Box::new(Self::new(inner))
    }

    pub fn shown_len(&self) -> usize {
        self.shown.as_ref().map_or(self.inner.len(), Vec::len)
    }

    /// The row of the listing at a place of the view.
    fn at(&self, position: usize) -> Option<usize> {
        match &self.shown {
            Some(rows) => rows.get(position).copied(),
            None => (position < self.inner.len()).then_some(position),
        }
    }

    pub fn current(&self) -> Option<usize> {
        self.at(self.cursor)
    }

    /// Changes the rows and keeps the cursor on the same thing.
    fn change<T>(&mut self, cx: &mut Cx, f: impl FnOnce(&mut L, &mut Cx) -> T) -> T {
        let id = self.current().map(|i| self.inner.id(i));
        let at_top = self.cursor == 0;
        let result = f(&mut self.inner, cx);
        self.refilter(cx.now);
        let last = self.shown_len().saturating_sub(1);
        // who looks at the newest wants to see the newest
        if !at_top && let Some(id) = id {
            let same = |p: usize| self.at(p).is_some_and(|i| self.inner.id(i) == id);
            if !same(self.cursor)
                && let Some(p) = (0..self.shown_len()).find(|p| same(*p))
            {
                self.cursor = p;
            }
        }
        self.cursor = self.cursor.min(last);
        result
    }

    fn refilter(&mut self, now: f64) {
        if self.filter.is_empty() {
            self.shown = None;
            return;
        }
        let passes = |i: &usize| {
            let row = self.inner.row(*i, now);
            if let Row::Heading(_) = row {
                return false;
            }
            let cells: Vec<&str> = row.cells().iter().map(|c| c.text.as_ref()).collect();
            self.filter.passes(&cells, self.inner.age(*i, now))
        };
        self.shown = Some((0..self.inner.len()).filter(passes).collect());
    }

    fn names(&self) -> Vec<String> {
        self.inner.columns().iter().map(|c| c.title.to_lowercase()).collect()
    }

    fn set_filter(&mut self, text: &str, cx: &mut Cx) {
        let names = self.names();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.filter = Filter::new(text, &names, cx.user.map(|u| u.name.as_str()));
        self.change(cx, |_, _| ());
    }

    fn go_to(&mut self, position: usize) {
        self.cursor = position.min(self.shown_len().saturating_sub(1));
    }

    fn step(&mut self, by: isize) {
        self.go_to(self.cursor.saturating_add_signed(by));
    }

    /// The next heading, in a direction.
    fn section(&mut self, forward: bool, now: f64) {
        let heading =
            |p: &usize| matches!(self.at(*p).map(|i| self.inner.row(i, now)), Some(Row::Heading(_)));
        let found = if forward {
            (self.cursor + 1..self.shown_len()).find(heading)
        } else {
            (0..self.cursor).rev().find(heading)
        };
        self.go_to(found.unwrap_or(if forward { usize::MAX } else { 0 }));
    }

    fn mark(&mut self) {
        self.range_from = Some(self.cursor);
        if let Some(id) = self.current().map(|i| self.inner.id(i))
            && !self.marks.remove(&id)
        {
            self.marks.insert(id);
        }
        self.step(1);
    }

    fn mark_range(&mut self) {
        let from = self.range_from.unwrap_or(self.cursor);
        for p in from.min(self.cursor)..=from.max(self.cursor) {
            if let Some(i) = self.at(p) {
                self.marks.insert(self.inner.id(i));
            }
        }
    }

    /// First row to draw, so that the cursor is seen.
    fn window(&self, height: usize) -> usize {
        let len = self.shown_len();
        let mut top = self.top.get().min(len.saturating_sub(height));
        if self.cursor < top {
            top = self.cursor;
        } else if height > 0 && self.cursor >= top + height {
            top = self.cursor + 1 - height;
        }
        self.top.set(top);
        top
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
                        spans.push(Span::styled(fit(&cell.text, usize::from(*w)), style(cell.role)));
                        spans.push(Span::styled(" ", style(Role::Text)));
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

impl<L: Listing> Screen for ListScreen<L> {
    fn place(&self) -> Place {
        self.inner.place()
    }

    fn title(&self, view: &View) -> String {
        self.inner.title(view)
    }

    fn wants(&self) -> Vec<Want> {
        self.inner.wants()
    }

    fn topics(&self) -> Vec<String> {
        self.inner.topics()
    }

    fn answered(&mut self, call: &Call, cx: &mut Cx) {
        self.change(cx, |inner, cx| inner.answered(call, cx));
        if let Some((column, reverse)) = self.sorted {
            self.change(cx, |inner, _| inner.sort(column, reverse));
        }
    }

    fn message(&mut self, message: Message, cx: &mut Cx) {
        self.change(cx, |inner, cx| inner.message(message, cx));
    }

    fn tick(&mut self, cx: &mut Cx) {
        self.inner.tick(cx);
    }

    fn scopes(&self) -> &'static [&'static str] {
        self.inner.scopes()
    }

    fn act(&mut self, action: Action, cx: &mut Cx) -> bool {
        let current = self.current();
        if self.change(cx, |inner, cx| inner.act(action, current, cx)) {
            return true;
        }
        let page = isize::try_from(self.height.get()).unwrap_or(20).max(2);
        match action {
            Action::Down | Action::NextMatch => self.step(1),
            Action::Up | Action::PreviousMatch => self.step(-1),
            Action::HalfDown => self.step(page / 2),
            Action::HalfUp => self.step(-page / 2),
            Action::PageDown => self.step(page - 1),
            Action::PageUp => self.step(1 - page),
            Action::Top => self.go_to(0),
            Action::Bottom => self.go_to(usize::MAX),
            Action::NextSection => self.section(true, cx.now),
            Action::PreviousSection => self.section(false, cx.now),
            Action::Left => self.shift = self.shift.saturating_sub(8),
            Action::Right => self.shift = (self.shift + 8).min(400),
            Action::Mark => self.mark(),
            Action::MarkRange => self.mark_range(),
            Action::Unmark => self.marks.clear(),
            Action::Open => {
                if let Some(i) = current {
                    self.inner.open(i, cx);
                }
            }
            Action::Sort | Action::SortReverse => {
                let columns = self.inner.columns().len();
                let next = match (self.sorted, action) {
                    (Some((c, r)), Action::SortReverse) => (c, !r),
                    (Some((c, _)), _) => ((c + 1) % columns.max(1), false),
                    (None, _) => (0, action == Action::SortReverse),
                };
                if columns == 0 || !self.change(cx, |inner, _| inner.sort(next.0, next.1)) {
                    cx.say(Role::Warn, "this list has an order of its own");
                    return true;
                }
                self.sorted = Some(next);
                let name = self.inner.columns().get(next.0).map_or("", |c| c.title);
                cx.say(Role::Muted, format!("sorted by {name}{}", if next.1 { ", reversed" } else { "" }));
            }
            // a filter is left before the screen is
            Action::Close if !self.filter.text.is_empty() => self.set_filter("", cx),
            Action::Close if !self.marks.is_empty() => self.marks.clear(),
            _ => return false,
        }
        true
    }

    fn mouse(&mut self, event: MouseEvent, area: Rect, cx: &mut Cx) -> bool {
        match event.kind {
            MouseEventKind::ScrollDown => self.step(3),
            MouseEventKind::ScrollUp => self.step(-3),
            MouseEventKind::Down(MouseButton::Left) => {
                let first = area.y + self.head.get();
                if event.row < first || event.row >= area.bottom() {
                    return false;
                }
                let position = self.top.get() + usize::from(event.row - first);
                if position == self.cursor {
                    if let Some(i) = self.current() {
                        self.inner.open(i, cx);
                    }
                } else {
                    self.go_to(position);
                }
            }
            _ => return false,
        }
        true
    }

    fn filter(&mut self, text: Option<&str>, cx: &mut Cx) -> Option<String> {
        if let Some(text) = text {
            self.set_filter(text, cx);
        }
        Some(self.filter.text.clone())
    }

    fn selection(&self) -> Vec<Subject> {
        if !self.marks.is_empty() {
            let marked = |i: &usize| self.marks.contains(&self.inner.id(*i));
            return (0..self.inner.len()).filter(marked).filter_map(|i| self.inner.subject(i)).collect();
        }
        let here = self.current().and_then(|i| self.inner.subject(i));
        here.or_else(|| self.inner.about()).into_iter().collect()
    }

    fn draw(&self, frame: &mut Frame, area: Rect, view: &View) {
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

    fn text(&self, view: &View) -> Vec<String> {
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

    fn open_number(&mut self, n: usize, cx: &mut Cx) -> bool {
        let Some(i) = n.checked_sub(1).and_then(|p| self.at(p)) else { return false };
        self.cursor = n - 1;
        self.inner.open(i, cx);
        true
    }

    fn table(&self, view: &View) -> Option<Vec<Vec<String>>> {
        let columns = self.inner.columns();
        if columns.is_empty() {
            return None;
        }
        let mut all = vec![columns.iter().map(|c| c.title.to_owned()).collect()];
        for p in 0..self.shown_len() {
            let Some(i) = self.at(p) else { break };
            if let Row::Cells(cells) = self.inner.row(i, view.now) {
                all.push(cells.into_iter().map(|c| c.text.into_owned()).collect());
            }
        }
        Some(all)
    }

    fn is_live(&self) -> bool {
        self.inner.is_live()
    }
}
