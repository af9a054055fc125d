//! `diff A B`: what the latest builds of two tags differ in, as a list and as commands.

use std::collections::BTreeMap;

use koji_api::methods as m;
use koji_rpm::Evr;
use koji_xmlrpc::Value;

use super::kit::{TableSpec, of_both};
use crate::call::{Call, Want};
use crate::cell::{Cell, cell, text};
use crate::list::Commands;
use crate::ops::shell_line;
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

/// The latest build of a package in a tag.
struct Latest {
    /// epoch:version-release
    evr: String,
    nvr: String,
    /// The tag that it is inherited from, or the one that was asked for.
    tag: String,
}

/// By the name of the package.
fn latest(builds: &[Value]) -> BTreeMap<String, Latest> {
    let one = |b: &Value| {
        let epoch = text(b, "epoch");
        let epoch = if epoch.is_empty() { "0".to_owned() } else { epoch };
        let evr = format!("{epoch}:{}-{}", text(b, "version"), text(b, "release"));
        Latest { evr, nvr: text(b, "nvr"), tag: text(b, "tag_name") }
    };
    // the first is the latest
    let mut all = BTreeMap::new();
    for b in builds {
        all.entry(text(b, "package_name")).or_insert_with(|| one(b));
    }
    all
}

/// The rows of the difference, from the answers of `listTagged`.
pub fn compare(a: &[Value], b: &[Value]) -> Vec<Value> {
    let (a, b) = (latest(a), latest(b));
    let names = a.keys().chain(b.keys().filter(|n| !a.contains_key(*n)));
    let mut out: Vec<(Change, Value)> = names
        .filter_map(|name| {
            let (x, y) = (a.get(name), b.get(name));
            let c = change(x.map(|l| &l.evr), y.map(|l| &l.evr))?;
            let version = |l: &Latest| l.evr.strip_prefix("0:").unwrap_or(&l.evr).to_owned();
            let of = |side: Option<&Latest>, f: &dyn Fn(&Latest) -> String| {
                Value::from(side.map(f).unwrap_or_default())
            };
            let row = Value::record([
                ("name", name.as_str().into()),
                ("change", c.word().into()),
                ("a", of(x, &version)),
                ("b", of(y, &version)),
                ("a_nvr", of(x, &|l| l.nvr.clone())),
                ("b_nvr", of(y, &|l| l.nvr.clone())),
                ("a_tag", of(x, &|l| l.tag.clone())),
                ("b_tag", of(y, &|l| l.tag.clone())),
            ]);
            Some((c, row))
        })
        .collect();
    out.sort_by(|x, y| (x.0, x.1.str_at("name")).cmp(&(y.0, y.1.str_at("name"))));
    out.into_iter().map(|(_, row)| row).collect()
}

/// The names of the tags, without their events.
fn tags(arg: &str) -> (&str, &str) {
    let mut tags = arg.split_whitespace().map(|t| t.split('@').next().unwrap_or(t));
    (tags.next().unwrap_or_default(), tags.next().unwrap_or_default())
}

/// What makes the first tag like the second, by tagging or by moving builds.
fn commands(arg: &str, rows: &[&Value]) -> Vec<Commands> {
    let (first, second) = tags(arg);
    let tagging = rows.iter().flat_map(|r| [drop_line(r, first), tag_line(r, first)]).flatten();
    let moving = rows.iter().flat_map(|r| [drop_line(r, first), move_line(r, first, second)]).flatten();
    vec![
        Commands { key: 't', ending: "sh", what: "tag-build, untag-build", lines: tagging.collect() },
        Commands { key: 'm', ending: "move.sh", what: "move-build, untag-build", lines: moving.collect() },
    ]
}

fn line<const N: usize>(words: [&str; N]) -> String {
    shell_line(&words.map(str::to_owned))
}

/// The build of the first tag goes: the second has none, or an older one.
fn drop_line(row: &Value, first: &str) -> Option<String> {
    let goes = matches!(row.str_at("change"), Some("removed" | "down"));
    let (from, nvr) = (row.str_at("a_tag")?, row.str_at("a_nvr")?);
    goes.then(|| {
        if from == first {
            line(["untag-build", first, nvr])
        } else {
            let name = row.str_at("name").unwrap_or_default();
            format!("# {nvr} is inherited from {from}; {}", line(["block-pkg", first, name]))
        }
    })
}

fn tag_line(row: &Value, first: &str) -> Option<String> {
    let nvr = row.str_at("b_nvr").filter(|n| !n.is_empty())?;
    Some(line(["tag-build", "--nowait", first, nvr]))
}

fn move_line(row: &Value, first: &str, second: &str) -> Option<String> {
    let (from, nvr) = (row.str_at("b_tag")?, row.str_at("b_nvr").filter(|n| !n.is_empty())?);
    let command = line(["move-build", "--nowait", from, first, nvr]);
    Some(if from == second { command } else { format!("# {second} inherits it from {from}; {command}") })
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
        fixed("In the first", 21, 1),
        fixed("In the second", 21, 0),
    ],
    wants: |arg| {
        let (a, b) = arg.split_once(char::is_whitespace).unwrap_or((arg, ""));
        vec![builds(a), builds(b.trim())]
    },
    rows: |answers| of_both(answers, compare),
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
        let nvr = [text(r, "b_nvr"), text(r, "a_nvr")].into_iter().find(|nvr| !nvr.is_empty())?;
        Some(Subject::Build { id: 0, nvr })
    },
    time: None,
    commands: Some(commands),
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
            ("nvr", format!("{name}-{version}-1").into()),
            ("tag_name", "f44".into()),
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

    #[test]
    fn the_first_becomes_like_the_second_by_commands() {
        let of = |name: &str, version: &str, tag: &str| {
            let mut build = build(name, version, Value::Nil);
            if let Value::Struct(s) = &mut build {
                s.insert("tag_name".into(), tag.into());
            }
            build
        };
        let a = [of("down", "2", "f44"), of("gone", "1", "f44"), of("old", "1", "f43"), of("up", "1", "f44")];
        let b = [of("down", "1", "f45"), of("new", "1", "f45"), of("up", "2", "base")];
        let rows = compare(&a, &b);
        let exported = commands("f44 f45@77", &rows.iter().collect::<Vec<_>>());
        assert_eq!(
            exported[0].lines,
            [
                "koji tag-build --nowait f44 new-1-1",
                "koji untag-build f44 gone-1-1",
                "# old-1-1 is inherited from f43; koji block-pkg f44 old",
                "koji tag-build --nowait f44 up-2-1",
                "koji untag-build f44 down-2-1",
                "koji tag-build --nowait f44 down-1-1",
            ]
        );
        assert_eq!(
            exported[1].lines,
            [
                "koji move-build --nowait f45 f44 new-1-1",
                "koji untag-build f44 gone-1-1",
                "# old-1-1 is inherited from f43; koji block-pkg f44 old",
                "# f45 inherits it from base; koji move-build --nowait base f44 up-2-1",
                "koji untag-build f44 down-2-1",
                "koji move-build --nowait f45 f44 down-1-1",
            ]
        );
    }
}
