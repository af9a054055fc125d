//! `build-diff A B`: what the rpms of two builds differ in.

use std::collections::BTreeMap;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::diff::Change;
use super::kit::{TableSpec, of_both};
use crate::call::{Call, Want};
use crate::cell::{bytes, cell, text};
use crate::place::Subject;
use crate::theme::Role;
use crate::widgets::columns::{fill, fixed};

/// `name.arch` of the rpms with their sizes.
fn sizes(rpms: &[Value]) -> BTreeMap<String, i64> {
    let entry =
        |r: &Value| (format!("{}.{}", text(r, "name"), text(r, "arch")), r.int_at("size").unwrap_or(0));
    rpms.iter().map(entry).collect()
}

/// The rpms of both, those that only one has first, then by how much their size changed.
fn compare(a: &[Value], b: &[Value]) -> Vec<Value> {
    let (a, b) = (sizes(a), sizes(b));
    let mut all: Vec<(u8, i64, Value)> = Vec::new();
    for name in a.keys().chain(b.keys().filter(|n| !a.contains_key(*n))) {
        let (before, after) = (a.get(name).copied(), b.get(name).copied());
        let (rank, by) = match (before, after) {
            (Some(before), Some(after)) => (1, after - before),
            _ => (0, 0),
        };
        let size = |n: Option<i64>| n.map_or(Value::Nil, Value::from);
        let row = Value::record([
            ("name", name.as_str().into()),
            ("a", size(before)),
            ("b", size(after)),
            ("by", by.into()),
        ]);
        all.push((rank, -by.abs(), row));
    }
    all.sort_by_key(|(rank, by, _)| (*rank, *by));
    all.into_iter().map(|(_, _, row)| row).collect()
}

fn rpms(nvr: &str) -> Want {
    Want::once(Call::new(m::ListBuildRPMs { build: nvr.into() }))
}

pub const LIST: TableSpec = TableSpec {
    name: "build-diff",
    columns: &[
        fixed("Change", 10, 0),
        fill("Rpm", 20),
        fixed("In the first", 12, 1),
        fixed("In the second", 13, 1),
        fixed("By", 10, 2),
    ],
    wants: |arg| {
        let (a, b) = arg.split_once(' ').unwrap_or((arg, ""));
        vec![rpms(a), rpms(b.trim())]
    },
    rows: |answers| of_both(answers, compare),
    cells: |r, _| {
        let (a, b, by) = (r.int_at("a"), r.int_at("b"), r.int_at("by").unwrap_or(0));
        let change = match (a, b) {
            (None, _) => Change::Added.cell(),
            (_, None) => Change::Removed.cell(),
            _ if by > 0 => cell("▲ larger").role(Role::Warn),
            _ if by < 0 => cell("▼ smaller").role(Role::Running),
            _ => cell("= same").muted(),
        };
        let size = |n: Option<i64>| cell(n.map(bytes).unwrap_or_default());
        let sign = if by > 0 { "+" } else { "-" };
        let by = if by == 0 { String::new() } else { format!("{sign}{}", bytes(by.abs())) };
        vec![change, cell(text(r, "name")), size(a), size(b), cell(by)]
    },
    subject: |r| Some(Subject::Text(text(r, "name"))),
    time: None,
    commands: None,
    empty: "neither has rpms",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rpms_are_compared_by_name_and_arch() {
        let rpm = |name: &str, size: i64| {
            Value::record([("name", Value::from(name)), ("arch", "x86_64".into()), ("size", size.into())])
        };
        let rows = compare(
            &[rpm("a", 10), rpm("b", 10), rpm("gone", 1)],
            &[rpm("a", 30), rpm("b", 9), rpm("new", 2)],
        );
        let said: Vec<String> =
            rows.iter().map(|r| format!("{} {}", text(r, "name"), text(r, "by"))).collect();
        assert_eq!(said, ["gone.x86_64 0", "new.x86_64 0", "a.x86_64 20", "b.x86_64 -1"]);
    }
}
