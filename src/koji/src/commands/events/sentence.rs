//! How a change is shown.

use koji_api::types::repr::text as shown_value;
use koji_xmlrpc::Value;

use super::tables;
use super::timeline::{Change, Entry};
use crate::lookup::{field, shown};
use crate::time::{ctime, ctime_utc};

/// How much is shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Detail {
    /// The numbers of events.
    pub events: bool,
    /// The fields of new rows, and the numbers of events.
    pub verbose: bool,
    pub utc: bool,
}

/// Fields that the sentence tells already, or that say nothing by themselves.
const HIDDEN: &[&str] = &[
    "active",
    "create_event",
    "revoke_event",
    "creator_id",
    "revoker_id",
    "creator_name",
    "revoker_name",
    "create_ts",
    "revoke_ts",
];

/// The lines for a change.
pub fn lines(entry: &Entry, detail: Detail) -> Vec<String> {
    let (row, after) = (&entry.row, entry.replacement());
    let change = if after.is_some() { Change::Edited } else { entry.change };
    let created = entry.change == Change::Created;
    let (ts, editor) = if created { ("create_ts", "creator_name") } else { ("revoke_ts", "revoker_name") };
    let ts = field(row, ts).as_double().unwrap_or_default();
    let mut parts = vec![if detail.utc { ctime_utc(ts) } else { ctime(ts) }];
    if detail.events || detail.verbose {
        parts.push(format!("(eid {})", entry.event));
    }
    parts.push(tables::sentence(&entry.table, change, row));
    if row.get(editor).is_some() {
        parts.push(format!("by {}", shown(row, editor)));
    }
    if (created && row.truthy_at("active")) || after.is_some_and(|e| e.row.truthy_at("active")) {
        parts.push("[still active]".to_owned());
    }
    let mut lines = vec![parts.join(" ")];
    match after {
        Some(after) => lines.extend(differences(row, &after.row)),
        None if created && detail.verbose && entry.table != "tag_listing" => lines.extend(details(entry)),
        None => {}
    }
    lines
}

/// Name of the field that shows what an id stands for.
fn name_key(key: &str) -> String {
    match key {
        "perm_id" => "permission.name".to_owned(),
        _ => format!("{}.name", key.strip_suffix("_id").unwrap_or(key)),
    }
}

fn sorted_fields(row: &Value) -> Vec<(&String, &Value)> {
    let mut fields: Vec<_> = row.as_struct().into_iter().flatten().collect();
    fields.sort_by(|x, y| x.0.cmp(y.0));
    fields.retain(|(key, _)| !HIDDEN.contains(&key.as_str()) && !key.starts_with('_'));
    fields
}

fn differences(old: &Value, new: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (key, before) in sorted_fields(old) {
        let (after, name) = (field(new, key), name_key(key));
        if *before == after || (old.get(&name).is_some() && new.get(&name).is_some()) {
            continue;
        }
        lines.push(format!("    {key}: {} -> {}", shown_value(before), shown_value(&after)));
    }
    lines
}

fn details(entry: &Entry) -> Vec<String> {
    let row = &entry.row;
    let keys = tables::find(&entry.table).map_or(&[][..], |t| t.keys);
    let told = |key: &str| keys.iter().any(|k| *k == key || name_key(k) == key);
    let blocked = row.truthy_at("blocked");
    let mut lines = Vec::new();
    for (key, value) in sorted_fields(row) {
        if told(key) || row.get(&name_key(key)).is_some() || (blocked && key != "blocked") {
            continue;
        }
        let title = key.strip_suffix(".name").unwrap_or(key);
        lines.push(format!("    {title}: {}", shown_value(value)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(change: Change, row: Value, related: Vec<Entry>) -> Entry {
        Entry { event: 9, table: "tag_config".into(), change, row, related }
    }

    fn row(arches: &str, active: bool) -> Value {
        Value::record([
            ("tag_id", 1.into()),
            ("tag.name", "f40".into()),
            ("arches", arches.into()),
            ("active", active.into()),
            ("create_ts", 0.0.into()),
            ("revoke_ts", 0.0.into()),
            ("creator_name", "kim".into()),
        ])
    }

    #[test]
    fn changes() {
        let utc = Detail { utc: true, verbose: true, ..Detail::default() };
        let made = lines(&entry(Change::Created, row("x86_64", true), Vec::new()), utc);
        assert_eq!(
            made,
            ["Thu Jan  1 00:00:00 1970 (eid 9) new tag: f40 by kim [still active]", "    arches: x86_64"]
        );
        let new = entry(Change::Created, row("s390x", false), Vec::new());
        let edit = lines(
            &entry(Change::Revoked, row("x86_64", false), vec![new]),
            Detail { utc: true, ..Detail::default() },
        );
        let wanted =
            ["Thu Jan  1 00:00:00 1970 tag configuration for f40 altered", "    arches: x86_64 -> s390x"];
        assert_eq!(edit, wanted);
    }
}
