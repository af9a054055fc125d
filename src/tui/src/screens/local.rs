//! Roots of this machine: what `koji local` made here, and one of them with its logs and results.

use koji_xmlrpc::Value;

use super::kit::{PageSpec, TableSpec, at, first};
use crate::call::{Call, Want};
use crate::cell::{ago, bytes, cell, fit, rows, seconds_at, stamp, text};
use crate::place::{Place, Subject};
use crate::theme::Role;
use crate::widgets::columns::{fill, fixed};

fn roots() -> Want {
    Want::every(Call::here("local list --json"), 5)
}

fn subject(root: &Value) -> Option<Subject> {
    Some(Subject::Root(root.str_at("name")?.to_owned()))
}

/// What the build left: rpms, without the source rpm that it was made of.
fn rpms(root: &Value) -> usize {
    let names = rows(root.get("files")).iter().filter_map(|f| f.str_at("name"));
    names.filter(|n| n.ends_with(".rpm") && !n.ends_with(".src.rpm")).count()
}

pub const LIST: TableSpec = TableSpec {
    name: "local",
    columns: &[
        fill("Root", 22),
        fixed("Like", 20, 0),
        fixed("Tag", 16, 3),
        fixed("Arch", 8, 2),
        fixed("Rpms", 5, 1),
        fixed("Age", 8, 1),
    ],
    wants: |_| vec![roots()],
    rows: first,
    cells: |r, now| {
        let made = rpms(r);
        vec![
            cell(text(r, "name")).role(Role::Link),
            cell(text(r, "of")),
            cell(text(r, "tag")).muted(),
            cell(text(r, "arch")).muted(),
            if made > 0 { cell(made.to_string()).role(Role::Good) } else { cell("") },
            ago(seconds_at(r, "made_ts"), now),
        ]
    },
    subject,
    time: Some("made_ts"),
    commands: None,
    empty: "no roots on this machine: B builds here, in a root like the server's",
};

pub const PAGE: PageSpec = PageSpec {
    name: "root",
    wants: |_, _| vec![roots()],
    lines: |l, arg, answers, now| {
        let Some(root) = find(at(answers, 0), arg) else { return };
        l.fact("like", text(root, "of"));
        l.link("tag", text(root, "tag"), Subject::Tag(text(root, "tag")));
        l.fact("arch", text(root, "arch"));
        if let Some(id) = root.int_at("repo_id") {
            l.link("repo", format!("repo {id}"), Subject::Repo { id, tag: text(root, "tag") });
        }
        if let Some(id) = root.int_at("buildroot_id") {
            l.link("buildroot", format!("buildroot {id}"), Subject::Buildroot(id));
        }
        if let Some(id) = root.int_at("task_id") {
            l.link("task", format!("task {id}"), Subject::Task(id));
        }
        l.fact("hub", text(root, "hub"));
        l.fact("path", text(root, "path"));
        if let Some(made) = seconds_at(root, "made_ts") {
            l.fact("made", format!("{}, {} ago", stamp(made), ago(Some(made), now).text));
        }
        let (logs, rest): (Vec<&Value>, Vec<&Value>) = rows(root.get("files"))
            .iter()
            .partition(|f| f.str_at("name").is_some_and(|n| n.ends_with(".log")));
        for (heading, files) in [("logs", logs), ("results", rest)] {
            l.heading(format!("{heading} · {}", files.len()));
            for file in files {
                let size = bytes(file.int_at("size").unwrap_or(0));
                let cells = vec![cell(fit(&text(file, "name"), 56)), cell(format!("{size:>10}")).muted()];
                let log = Place::new("log", text(file, "path"));
                l.item(cells, (heading == "logs").then_some(Subject::Place(log)));
            }
        }
    },
    about: |arg, roots| find(Some(roots), arg).and_then(subject),
};

fn find<'a>(roots: Option<&'a Value>, name: &str) -> Option<&'a Value> {
    rows(roots).iter().find(|r| r.str_at("name") == Some(name))
}
