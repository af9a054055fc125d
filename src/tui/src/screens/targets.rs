//! Build targets, and one target with the state of its repository.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::kit::{PageSpec, TableSpec, at, by_name};
use crate::call::{Call, Want};
use crate::cell::{ago, cell, fit, repo_state, rows, seconds_at, text};
use crate::place::Subject;
use crate::theme::Role;
use crate::widgets::columns::{fill, fixed};

pub const LIST: TableSpec = TableSpec {
    name: "targets",
    columns: &[fill("Target", 18), fill("Build tag", 18), fill("Destination", 18), fixed("ID", 6, 1)],
    wants: |_| vec![Want::every(Call::new(m::GetBuildTargets::default()), 60)],
    rows: by_name,
    cells: |r, _| {
        vec![
            cell(text(r, "name")).role(Role::Link),
            cell(text(r, "build_tag_name")),
            cell(text(r, "dest_tag_name")),
            cell(text(r, "id")).muted(),
        ]
    },
    subject: |r| Some(Subject::Target(r.str_at("name")?.to_owned())),
    time: None,
    commands: None,
    empty: "no targets",
};

pub const PAGE: PageSpec = PageSpec {
    name: "target",
    wants: |arg, main| {
        let info: Value = arg.into();
        let mut wants =
            vec![Want::every(Call::new(m::GetBuildTarget { info, strict: true, ..Default::default() }), 60)];
        if let Some(tag) = main.and_then(|t| t.int_at("build_tag")) {
            wants.push(Want::every(Call::new(m::GetRepo { tag: tag.into(), ..Default::default() }), 5));
            wants.push(Want::every(
                Call::new(m::GetFullInheritance { tag: tag.into(), ..Default::default() }),
                60,
            ));
        }
        wants
    },
    lines: |l, _, answers, now| {
        let Some(t) = at(answers, 0) else { return };
        let build = text(t, "build_tag_name");
        l.link("build tag", build.clone(), Subject::Tag(build.clone()));
        l.link("destination", text(t, "dest_tag_name"), Subject::Tag(text(t, "dest_tag_name")));
        l.heading("repository of the build tag");
        match at(answers, 1).filter(|r| !r.is_nil()) {
            Some(r) => {
                let cells = vec![
                    cell(format!("repo {}  ", text(r, "id"))).role(Role::Link),
                    repo_state(r.int_at("state").unwrap_or(1)),
                    cell("  "),
                    ago(seconds_at(r, "create_ts"), now),
                ];
                l.item(cells, r.int_at("id").map(|id| Subject::Repo { id, tag: build.clone() }));
            }
            None => l.item(vec![cell("! there is none that is ready: builds wait").role(Role::Warn)], None),
        }
        l.heading("affected by changes of");
        l.item(vec![cell(build.clone()).role(Role::Link)], Subject::Tag(build));
        for p in rows(at(answers, 2)) {
            let name = text(p, "name");
            l.item(vec![cell(fit(&name, 40)).role(Role::Link)], Subject::Tag(name));
        }
    },
    about: |_, t| Some(Subject::Target(t.str_at("name")?.to_owned())),
};
