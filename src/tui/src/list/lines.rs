//! The rows of a page: headings, facts, lists, each with what it stands for.

use super::Row;
use crate::cell::Cell;
use crate::place::Subject;
use crate::theme::Role;

#[derive(Debug, Default)]
pub struct Lines(Vec<(Row, Option<Subject>)>);

/// Those of a screen that has none.
pub static NONE: Lines = Lines(Vec::new());

impl Lines {
    pub fn heading(&mut self, text: impl Into<String>) {
        self.0.push((Row::Heading(text.into()), None));
    }

    /// A name and a value; nothing when the value is empty.
    pub fn fact(&mut self, name: &'static str, value: impl Into<Cell>) {
        self.link(name, value, None);
    }

    /// A name and a value that leads somewhere.
    pub fn link(&mut self, name: &'static str, value: impl Into<Cell>, to: impl Into<Option<Subject>>) {
        let value = value.into();
        if !value.text.trim().is_empty() {
            let to = to.into();
            let value = if to.is_some() && value.role == Role::Text { value.role(Role::Link) } else { value };
            self.item(vec![Cell::from(format!("{name:<14} ")).muted(), value], to);
        }
    }

    pub fn item(&mut self, cells: Vec<Cell>, to: impl Into<Option<Subject>>) {
        self.0.push((Row::Free(cells), to.into()));
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn row(&self, i: usize) -> Row {
        self.0.get(i).map_or(Row::Free(Vec::new()), |l| l.0.clone())
    }

    pub fn subject(&self, i: usize) -> Option<Subject> {
        self.0.get(i).and_then(|l| l.1.clone())
    }
}
