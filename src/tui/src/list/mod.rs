//! Lists: nearly every screen is one. A screen gives rows by number; cursor, window, filter, marks, sorting and plain
//! text come from here. Only the rows that are seen are ever made.

mod complete;
mod draw;
mod lines;

use std::cell::Cell as StdCell;
use std::collections::BTreeSet;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::action::Action;
use crate::call::{Call, Want};
use crate::cell::Cell;
use crate::filter::Filter;
use crate::place::{Place, Subject};
use crate::screen::{Cx, Message, Screen, View};
use crate::theme::Role;
use crate::widgets::columns::Column;

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

pub use lines::Lines;

/// Rows as commands that can be copied and saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commands {
    /// In the menu of copies.
    pub key: char,
    /// Of the name of a file with them.
    pub ending: &'static str,
    pub what: &'static str,
    pub lines: Vec<String>,
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
    /// The rows, where it is a page.
    fn lines(&self) -> &Lines {
        &lines::NONE
    }
    fn len(&self) -> usize {
        self.lines().len()
    }
    fn row(&self, i: usize, _now: f64) -> Row {
        self.lines().row(i)
    }
    /// Stays the same for the same thing when rows come and go.
    fn id(&self, i: usize) -> u64 {
        i as u64
    }
    fn subject(&self, i: usize) -> Option<Subject> {
        self.lines().subject(i)
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
    /// Those rows as commands.
    fn commands(&self, _rows: &[usize]) -> Vec<Commands> {
        Vec::new()
    }
    /// Sorts by a column; false when it cannot.
    fn sort(&mut self, _column: usize, _reverse: bool) -> bool {
        false
    }
    fn tick(&mut self, _cx: &mut Cx) {}
    fn is_live(&self) -> bool {
        false
    }
    /// Work of its own goes on.
    fn is_working(&self) -> bool {
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
        let at_top = self.cursor <= self.first(cx.now);
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
        if at_top {
            self.cursor = self.first(cx.now);
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

    /// The first row that stands for something: not the heading above it.
    fn first(&self, now: f64) -> usize {
        let heading = self.at(0).is_some_and(|i| matches!(self.inner.row(i, now), Row::Heading(_)));
        usize::from(heading && self.shown_len() > 1)
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
        if self.cursor <= 1 {
            // with the heading above it
            top = if height > 1 { 0 } else { self.cursor };
        } else if self.cursor < top {
            top = self.cursor;
        } else if height > 0 && self.cursor >= top + height {
            top = self.cursor + 1 - height;
        }
        self.top.set(top);
        top
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
        if !self.marks.is_empty() {
            // what is gone cannot be meant any more
            let here: BTreeSet<u64> = (0..self.inner.len()).map(|i| self.inner.id(i)).collect();
            self.marks.retain(|mark| here.contains(mark));
        }
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
            Action::Top => self.go_to(self.first(cx.now)),
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
        self.paint(frame, area, view);
    }

    fn text(&self, view: &View) -> Vec<String> {
        self.lines(view)
    }

    fn open_number(&mut self, n: usize, cx: &mut Cx) -> bool {
        let Some(i) = n.checked_sub(1).and_then(|p| self.at(p)) else { return false };
        self.cursor = n - 1;
        self.inner.open(i, cx);
        true
    }

    fn table(&self, view: &View) -> Option<Vec<Vec<String>>> {
        self.cells(view)
    }

    /// Of the marked rows, else of those that are shown.
    fn commands(&self) -> Vec<Commands> {
        let marked = |i: &usize| self.marks.is_empty() || self.marks.contains(&self.inner.id(*i));
        let rows: Vec<usize> = (0..self.shown_len()).filter_map(|p| self.at(p)).filter(marked).collect();
        let mut all = self.inner.commands(&rows);
        all.retain(|c| !c.lines.is_empty());
        all
    }

    fn is_live(&self) -> bool {
        self.inner.is_live()
    }

    fn complete(&self, word: &str, now: f64) -> Vec<String> {
        self.completions(word, now)
    }

    fn is_working(&self) -> bool {
        self.inner.is_working()
    }
}
