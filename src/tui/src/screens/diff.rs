//! `diff A B`: what the latest builds of two tags differ in, as a list and as commands.

use std::collections::BTreeMap;

use koji_api::methods as m;
use koji_rpm::Evr;
use koji_xmlrpc::Value;

use super::kit::{TableSpec, at};
use crate::call::{Call, Want};
use crate::cell::{Cell, cell, rows, text};
use crate::place::Subject;
use crate::theme::Role;
use crate::widgets::columns::{fill, fixed};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Added,
    Removed,
    Up,
    Down,
}

impl Change {
    pub fn word(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Removed => "removed",
            Change::Up => "up",
            Change::Down => "down",
        }
    }

    pub fn cell(self) -> Cell {
        let (text, role) = match self {
            Change::Added => ("+ added   ", Role::Good),
            Change::Removed => ("- removed ", Role::Bad),
            Change::Up => ("▲ up      ", Role::Running),
            Change::Down => ("▼ down    ", Role::Warn),
        };
        cell(text).role(role)
    }
}

/// `None`: the same.
pub fn change(a: Option<&String>, b: Option<&String>) -> Option<Change> {
    match (a, b) {
        (None, Some(_)) => Some(Change::Added),
        (Some(_), None) => Some(Change::Removed),
        (Some(a), Some(b)) => match Evr::parse(a).compare(&Evr::parse(b)) {
            std::cmp::Ordering::Less => Some(Change::Up),
            std::cmp::Ordering::Greater => Some(Change::Down),
            std::cmp::Ordering::Equal => None,
        },
        (None, None) => None,
    }
}

/// Name of the package -> epoch:version-release of its latest build.
fn latest(builds: &[Value]) -> BTreeMap<String, String> {
    let evr = |b: &Value| {
        let epoch = text(b, "epoch");
        let epoch = if epoch.is_empty() { "0".to_owned() } else { epoch };
        format!("{epoch}:{}-{}", text(b, "version"), text(b, "release"))
    };
    // the first is the latest
    let mut all = BTreeMap::new();
    for b in builds {
        all.entry(text(b, "package_name")).or_insert_with(|| evr(b));
    }
    all
}

/// The rows of the difference, from the answers of `listTagged`.
pub fn compare(a: &[Value], b: &[Value]) -> Vec<Value> {
    let (a, b) = (latest(a), latest(b));
    let names = a.keys().chain(b.keys().filter(|n| !a.contains_key(*n)));
    let mut out: Vec<(Change, Value)> = names
        .filter_map(|name| {
            let c = change(a.get(name), b.get(name))?;
            let side = |m: &BTreeMap<String, String>| {
                let evr = m.get(name).cloned().unwrap_or_default();
                Value::from(evr.strip_prefix("0:").unwrap_or(&evr).to_owned())
            };
            let row = Value::record([
                ("name", name.as_str().into()),
                ("change", c.word().into()),
                ("a", side(&a)),
                ("b", side(&b)),
            ]);
            Some((c, row))
        })
        .collect();
    out.sort_by(|x, y| (x.0, x.1.str_at("name")).cmp(&(y.0, y.1.str_at("name"))));
    out.into_iter().map(|(_, row)| row).collect()
}

fn builds(tag: &str) -> Want {
    // `TAG@EVENT`: as it was then
    let (tag, event) = tag.split_once('@').unwrap_or((tag, ""));
    let event = event.parse::<i64>().map_or(Value::Nil, Value::from);
    Want::every(
        Call::new(m::ListTagged {
            tag: tag.into(),
            event,
            inherit: true,
            latest: true.into(),
            ..Default::default()
        }),
        60,
    )
}

pub const LIST: TableSpec = TableSpec {
    name: "diff",
    columns: &[
        fixed("Change", 10, 0),
        fill("Package", 16),
        fixed("In the first", 26, 1),
        fixed("In the second", 26, 0),
    ],
    wants: |arg| {
        let mut tags = arg.split_whitespace();
        let (a, b) = (tags.next().unwrap_or_default(), tags.next().unwrap_or_default());
        vec![builds(a), builds(b)]
    },
    rows: |answers| match (at(answers, 0), at(answers, 1)) {
        (Some(a), Some(b)) => compare(rows(Some(a)), rows(Some(b))),
        _ => Vec::new(),
    },
    cells: |r, _| {
        let c = match r.str_at("change") {
            Some("added") => Change::Added,
            Some("removed") => Change::Removed,
            Some("up") => Change::Up,
            _ => Change::Down,
        };
        vec![c.cell(), cell(text(r, "name")).role(Role::Link), cell(text(r, "a")), cell(text(r, "b"))]
    },
    subject: |r| {
        let version = [text(r, "b"), text(r, "a")].into_iter().find(|v| !v.is_empty())?;
        let version = version.split_once(':').map_or(version.as_str(), |(_, v)| v).to_owned();
        Some(Subject::Build { id: 0, nvr: format!("{}-{version}", text(r, "name")) })
    },
    time: None,
    empty: "the latest builds of both are the same",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn build(name: &str, version: &str, epoch: Value) -> Value {
        Value::record([
            ("package_name", Value::from(name)),
            ("version", version.into()),
            ("release", "1".into()),
            ("epoch", epoch),
        ])
    }

    #[test]
    fn builds_are_compared_as_rpm_does() {
        let a = [
            build("a", "1.10", Value::Nil),
            build("b", "1", Value::Nil),
            build("c", "9", Value::Nil),
            build("e", "1", Value::Nil),
        ];
        let b = [
            build("a", "1.9", Value::Nil),
            build("c", "1", 1.into()),
            build("d", "1", Value::Nil),
            build("e", "1", Value::Nil),
        ];
        let rows: Vec<String> = compare(&a, &b)
            .iter()
            .map(|r| format!("{} {} {} {}", text(r, "change"), text(r, "name"), text(r, "a"), text(r, "b")))
            .collect();
        assert_eq!(rows, ["added d  1-1", "removed b 1-1 ", "up c 9-1 1:1-1", "down a 1.10-1 1.9-1"]);
    }
}
