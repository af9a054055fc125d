//! How the last word of a filter goes on: `st` -> `state:`, `state:f` -> `state:failed`.

use std::collections::BTreeMap;

use super::{ListScreen, Listing, Row};

/// Rows whose values are proposed; the newest ones are enough.
const LOOKED_AT: usize = 2000;
const MOST: usize = 12;

impl<L: Listing> ListScreen<L> {
    pub(super) fn completions(&self, word: &str, now: f64) -> Vec<String> {
        let (not, word) = word.strip_prefix('!').map_or(("", word), |rest| ("!", rest));
        let names = self.names();
        let Some((name, value)) = word.split_once(':') else {
            let age =
                (0..self.inner.len().min(1)).any(|i| self.inner.age(i, now).is_some()).then_some("age:<");
            let names = names.iter().map(|n| format!("{n}:")).chain(age.map(str::to_owned));
            let fits = names.filter(|n| n.starts_with(&word.to_lowercase()) && !n.contains(' '));
            return fits.map(|n| format!("{not}{n}")).collect();
        };
        let Some(column) = names.iter().position(|n| n.starts_with(&name.to_lowercase())) else {
            return Vec::new();
        };
        let mut values: BTreeMap<String, usize> = BTreeMap::new();
        for i in 0..self.inner.len().min(LOOKED_AT) {
            let Row::Cells(cells) = self.inner.row(i, now) else { continue };
            let text = cells.get(column).map(|c| c.text.as_ref()).unwrap_or_default();
            // a state is its word, not its sign
            if let Some(text) = text.split_whitespace().last().filter(|t| t.starts_with(value)) {
                *values.entry(text.to_owned()).or_default() += 1;
            }
        }
        let mut values: Vec<(String, usize)> = values.into_iter().collect();
        values.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        values.into_iter().take(MOST).map(|(v, _)| format!("{not}{name}:{v}")).collect()
    }
}
