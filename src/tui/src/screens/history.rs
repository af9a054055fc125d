//! What was changed about a tag, by event: its own settings, parents, packages, builds, groups, repositories.

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use super::kit::{TableSpec, at};
use crate::call::{Call, Want};
use crate::cell::{cell, rows, seconds_at, shown, stamp, text};
use crate::place::Subject;
use crate::theme::Role;
use crate::widgets::columns::{fill, fixed};

/// Members that say when, who and whether it still holds, but not what.
const NOT_WHAT: &[&str] = &["active", "create_event", "revoke_event", "create_ts", "revoke_ts"];

/// The changes in the answer of `queryHistory`, the newest first: a row ends, begins, or does both at one event.
fn changes(history: &Value) -> Vec<Value> {
    let mut all: Vec<(i64, Value)> = Vec::new();
    for (table, entries) in history.as_struct().into_iter().flatten() {
        let entries = rows(Some(entries));
        for row in entries {
            for (event, who, at, sign) in [
                ("create_event", "creator_name", "create_ts", "+"),
                ("revoke_event", "revoker_name", "revoke_ts", "-"),
            ] {
                let Some(event) = row.int_at(event) else { continue };
                let what = what(row);
                // the end of one row and the beginning of another of the same thing are an edit
                let other = if sign == "+" { "revoke_event" } else { "create_event" };
                let pair = entries.iter().find(|r| r.int_at(other) == Some(event) && same(r, row));
                if pair.is_some() && sign == "-" {
                    continue;
                }
                let (sign, what) = match pair {
                    Some(old) => ("~", format!("{what}  {}", differences(old, row))),
                    None => (sign, what),
                };
                let change = Value::record([
                    ("event", Value::from(event)),
                    ("ts", row.get(at).cloned().unwrap_or_default()),
                    ("by", text(row, who).into()),
                    ("sign", sign.into()),
                    ("table", table.replace('_', " ").into()),
                    ("what", what.into()),
                    ("nvr", nvr(row).map_or(Value::Nil, Value::from)),
                ]);
                all.push((event, change));
            }
        }
    }
    all.sort_by_key(|(event, _)| std::cmp::Reverse(*event));
    all.into_iter().map(|(_, change)| change).collect()
}

fn nvr(row: &Value) -> Option<String> {
    Some(format!("{}-{}-{}", row.str_at("name")?, row.str_at("version")?, row.str_at("release")?))
}

/// Whether two rows of a table are about the same thing: all names in them are the same.
fn same(a: &Value, b: &Value) -> bool {
    let names = |row: &Value| -> Vec<(String, Value)> {
        let all = row.as_struct().into_iter().flatten();
        all.filter(|(k, _)| k.ends_with(".name") || matches!(k.as_str(), "key" | "package"))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    names(a) == names(b) && nvr(a) == nvr(b)
}

/// The names in a row, but for that of the tag itself, and the value of a setting.
fn what(row: &Value) -> String {
    let mut parts: Vec<String> = nvr(row).into_iter().collect();
    if let Some(parent) = row.str_at("parent.name") {
        parts.push(format!("{} from {parent}", text(row, "tag.name")));
    }
    for (key, value) in row.as_struct().into_iter().flatten() {
        let told = matches!(key.as_str(), "tag.name" | "parent.name" | "user.name" | "volume.name");
        let name = key.ends_with(".name") && !told;
        if (name || matches!(key.as_str(), "key" | "value" | "package")) && value.truthy() {
            parts.push(shown(value));
        }
    }
    if row.truthy_at("blocked") {
        parts.push("(blocked)".into());
    }
    parts.join(" ")
}

fn differences(old: &Value, new: &Value) -> String {
    let told =
        |key: &str| NOT_WHAT.contains(&key) || key.starts_with(['_', 'c', 'r']) && key.ends_with("r_id");
    let parts: Vec<String> = old
        .as_struct()
        .into_iter()
        .flatten()
        .filter(|(key, before)| {
            !told(key)
                && !key.ends_with("_name")
                && new.get(key.as_str()).is_some_and(|after| after != *before)
        })
        .map(|(key, before)| format!("{key}: {} → {}", shown(before), text(new, key)))
        .collect();
    parts.join(", ")
}

pub const LIST: TableSpec = TableSpec {
    name: "history",
    columns: &[
        fixed("When", 19, 0),
        fixed("Event", 9, 3),
        fixed("By", 12, 1),
        fixed("Kind", 18, 2),
        fill("What", 24),
    ],
    wants: |arg| {
        let kwargs: Struct = [("tag".to_owned(), arg.into())].into_iter().collect();
        vec![Want::every(Call::new(m::QueryHistory { tables: Value::Nil, kwargs }), 30)]
    },
    rows: |answers| at(answers, 0).map(changes).unwrap_or_default(),
    cells: |r, _| {
        let (sign, role) = match r.str_at("sign") {
            Some("+") => ("+", Role::Good),
            Some("-") => ("-", Role::Bad),
            _ => ("~", Role::Warn),
        };
        vec![
            cell(seconds_at(r, "ts").map(stamp).unwrap_or_default()),
            cell(text(r, "event")).muted(),
            cell(text(r, "by")),
            cell(text(r, "table")).muted(),
            cell(format!("{sign} {}", text(r, "what"))).role(role),
        ]
    },
    subject: |r| match r.str_at("nvr") {
        Some(nvr) => Some(Subject::Build { id: 0, nvr: nvr.to_owned() }),
        None => Some(Subject::Text(format!("{} {}", text(r, "event"), text(r, "what")))),
    },
    time: Some("ts"),
    commands: None,
    empty: "nothing was ever changed",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn row(event: i64, end: Option<i64>, arches: &str) -> Value {
        Value::record([
            ("tag.name", Value::from("f45")),
            ("arches", arches.into()),
            ("create_event", event.into()),
            ("revoke_event", end.map_or(Value::Nil, Value::from)),
            ("create_ts", 5.0.into()),
            ("revoke_ts", 6.0.into()),
            ("creator_name", "kim".into()),
            ("revoker_name", "jo".into()),
        ])
    }

    #[test]
    fn an_end_and_a_beginning_are_an_edit() {
        let history = Value::record([(
            "tag_config",
            Value::Array(vec![row(1, Some(4), "x86_64"), row(4, Some(9), "s390x")]),
        )]);
        let said: Vec<String> = changes(&history)
            .iter()
            .map(|c| {
                format!(
                    "{} {} {} {}",
                    text(c, "event"),
                    text(c, "by"),
                    text(c, "sign"),
                    text(c, "what").trim()
                )
            })
            .collect();
        assert_eq!(
            said,
            ["9 jo -", "4 kim ~ arches: x86_64 → s390x", "1 kim +"].map(|s| if s.ends_with(['-', '+']) {
                format!("{s} ")
            } else {
                s.to_owned()
            })
        );
    }
}
