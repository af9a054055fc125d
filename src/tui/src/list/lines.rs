//! The rows of a page: headings, facts, lists, each with what it stands for.

use super::Row;
use crate::cell::Cell;
use crate::names::{self, Meant};
use crate::place::Subject;
use crate::store::Store;
use crate::theme::Role;

#[derive(Debug, Default)]
pub struct Lines {
    rows: Vec<(Row, Option<Subject>)>,
    /// What rows mean by ids.
    meant: Vec<(usize, Meant)>,
}

/// Those of a screen that has none.
pub static NONE: Lines = Lines { rows: Vec::new(), meant: Vec::new() };

impl Lines {
    pub fn heading(&mut self, text: impl Into<String>) {
        self.rows.push((Row::Heading(text.into()), None));
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
        self.rows.push((Row::Free(cells), to.into()));
    }

    /// A row whose cells say these by their ids, until [`Lines::name`] knows better.
    pub(crate) fn unnamed(&mut self, cells: Vec<Cell>, to: Subject, meant: &[Meant]) {
        self.meant.extend(meant.iter().map(|m| (self.rows.len(), *m)));
        self.item(cells, to);
    }

    /// What rows mean by ids.
    pub(crate) fn meant(&self) -> impl Iterator<Item = &Meant> {
        self.meant.iter().map(|(_, meant)| meant)
    }

    /// Says names for ids, as far as they are known.
    pub fn name(&mut self, store: &Store) {
        for (row, meant) in &self.meant {
            let Some((Row::Free(cells), _)) = self.rows.get_mut(*row) else { continue };
            for cell in cells.iter_mut().filter(|c| c.text.contains(&meant.words())) {
                cell.text = names::filled(&cell.text, &[*meant], store).into();
            }
        }
    }

    pub fn clear(&mut self) {
        self.rows.clear();
        self.meant.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn row(&self, i: usize) -> Row {
        self.rows.get(i).map_or(Row::Free(Vec::new()), |l| l.0.clone())
    }

    pub fn subject(&self, i: usize) -> Option<Subject> {
        self.rows.get(i).and_then(|l| l.1.clone())
    }
}
