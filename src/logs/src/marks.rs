//! Lines with a letter, to come back to.

use std::collections::BTreeMap;

/// Marks `a` to `z`, and `'` for the place before the last jump.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    lines: BTreeMap<char, i64>,
}

impl Marks {
    /// False for what is no mark.
    pub fn set(&mut self, mark: char, line: i64) -> bool {
        let valid = mark.is_ascii_lowercase() || mark == '\'';
        if valid {
            self.lines.insert(mark, line);
        }
        valid
    }

    pub fn get(&self, mark: char) -> Option<i64> {
        self.lines.get(&mark).copied()
    }

    /// The mark of a line, for the gutter.
    pub fn at(&self, line: i64) -> Option<char> {
        self.lines.iter().find(|(mark, at)| **at == line && **mark != '\'').map(|(mark, _)| *mark)
    }

    /// All of them with their lines.
    pub fn iter(&self) -> impl Iterator<Item = (char, i64)> + '_ {
        self.lines.iter().map(|(mark, line)| (*mark, *line))
    }

    pub fn clear(&mut self) {
        self.lines.clear();
    }
}
