//! The rows of the history as a list of changes in the order of time.

use std::collections::HashMap;

use koji_api::types::repr::repr;
use koji_xmlrpc::Value;

use super::tables;
use crate::lookup::field;

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Revoked,
    Created,
    /// Revoked and created anew at the same event.
    Edited,
}

/// A change.
#[derive(Debug, Clone)]
pub struct Entry {
    pub event: i64,
    pub table: String,
    /// Beginning or end of the row.
    pub change: Change,
    pub row: Value,
    /// Further changes of the same thing at the same event.
    pub related: Vec<Entry>,
}

impl Entry {
    fn order(&self) -> (i64, &str, Change) {
        (self.event, &self.table, self.change)
    }

    /// The row that took the place of this one; nothing where the changes do not make an edit.
    pub fn replacement(&self) -> Option<&Entry> {
        match self.related.as_slice() {
            [one] if self.change == Change::Revoked && one.change == Change::Created => Some(one),
            _ => None,
        }
    }

    /// As Python shows the tuple of event, table, creation and row.
    pub fn debug(&self) -> String {
        let created = Value::from(i64::from(self.change == Change::Created));
        repr(&vec![self.event.into(), self.table.as_str().into(), created, self.row.clone()].into())
    }
}

/// The answer of `queryHistory`, sorted, with edits put together. Without `context` only what the query itself matched is
/// there, not the other end of a row's life.
pub fn timeline(history: &Value, context: bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (table, rows) in history.as_struct().into_iter().flatten() {
        for row in crate::lookup::items(rows) {
            let mut add = |key: &str, change: Change, mark: &str| {
                if let Some(event) = row.int_at(key).filter(|_| context || matched(row, mark)) {
                    let (table, row) = (table.clone(), row.clone());
                    entries.push(Entry { event, table, change, row, related: Vec::new() });
                }
            };
            add("revoke_event", Change::Revoked, "_revoked");
            add("create_event", Change::Created, "_created");
        }
    }
    entries.sort_by(|x, y| x.order().cmp(&y.order()));
    grouped(entries)
}

/// Whether all of the hub's marks of a kind are set; they say which event the query matched.
fn matched(row: &Value, mark: &str) -> bool {
    row.as_struct().into_iter().flatten().filter(|(key, _)| key.starts_with(mark)).all(|(_, v)| v.truthy())
}

fn grouped(entries: Vec<Entry>) -> Vec<Entry> {
    let mut index: HashMap<(i64, String, String), usize> = HashMap::new();
    let mut out: Vec<Entry> = Vec::new();
    for entry in entries {
        let keys = tables::find(&entry.table).map_or(&[][..], |t| t.keys);
        let id: Vec<Value> = keys.iter().map(|key| field(&entry.row, key)).collect();
        let key = (entry.event, entry.table.clone(), repr(&id.into()));
        let first = index.get(&key).copied().filter(|_| !keys.is_empty());
        match first.and_then(|n| out.get_mut(n)) {
            Some(first) => first.related.push(entry),
            None => {
                index.insert(key, out.len());
                out.push(entry);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(tag: i64, create: i64, revoke: Option<i64>) -> Value {
        Value::record([
            ("tag_id", tag.into()),
            ("create_event", create.into()),
            ("revoke_event", revoke.into()),
            ("_revoked_by", false.into()),
        ])
    }

    #[test]
    fn edits_are_put_together() {
        let history = Value::record([(
            "tag_config",
            vec![row(1, 5, Some(7)), row(1, 7, None), row(2, 6, None)].into(),
        )]);
        let shown: Vec<_> =
            timeline(&history, true).iter().map(|e| (e.event, e.change, e.replacement().is_some())).collect();
        let wanted = [(5, Change::Created, false), (6, Change::Created, false), (7, Change::Revoked, true)];
        assert_eq!(shown, wanted);
        // the query did not match the end of the row
        assert!(
            timeline(&history, false).iter().all(|e| e.change == Change::Created && e.related.is_empty())
        );
    }
}
