//! Packages: all, or those of a tag; and one package with its builds and tags.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::kit::{PageSpec, TableSpec, at, first};
use crate::call::{Call, Want};
use crate::cell::{ago, build_state, cell, fit, rows, seconds_at, text};
use crate::place::Subject;
use crate::theme::Role;
use crate::widgets::columns::{fill, fixed};

pub const LIST: TableSpec = TableSpec {
    name: "packages",
    columns: &[fill("Package", 20), fixed("Tag", 24, 2), fixed("Owner", 16, 1), fixed("Blocked", 9, 3)],
    wants: |arg| {
        let call = if arg.is_empty() {
            m::ListPackages::default()
        } else {
            m::ListPackages { tagID: arg.into(), inherited: true, ..Default::default() }
        };
        vec![Want::every(Call::new(call), 60)]
    },
    rows: |answers| {
        let mut all = first(answers);
        all.sort_by_key(|row| text(row, "package_name"));
        all
    },
    cells: |r, _| {
        vec![
            cell(text(r, "package_name")).role(Role::Link),
            cell(text(r, "tag_name")).muted(),
            cell(text(r, "owner_name")).muted(),
            if r.truthy_at("blocked") { cell("⊘ blocked").role(Role::Warn) } else { cell("") },
        ]
    },
    subject: |r| {
        let tag = r.str_at("tag_name").map(str::to_owned);
        Some(Subject::Package { name: r.str_at("package_name")?.to_owned(), tag })
    },
    time: None,
    commands: None,
    empty: "no packages",
};

/// Hubs say no more of them without a tag.
pub const ALL: TableSpec = TableSpec {
    columns: &[fill("Package", 20)],
    cells: |r, _| vec![cell(text(r, "package_name")).role(Role::Link)],
    ..LIST
};

pub const PAGE: PageSpec = PageSpec {
    name: "package",
    wants: |arg, main| {
        let mut wants = vec![Want::once(Call::new(m::GetPackage {
            info: arg.into(),
            strict: true,
            ..Default::default()
        }))];
        if let Some(id) = main.and_then(|p| p.int_at("id")) {
            let order = Value::record([("order", Value::from("-build_id")), ("limit", 200.into())]);
            wants.push(Want::every(
                Call::new(m::ListBuilds { packageID: id.into(), queryOpts: order, ..Default::default() }),
                10,
            ));
            wants.push(Want::once(Call::new(m::ListTags { package: id.into(), ..Default::default() })));
        }
        wants
    },
    lines: |l, name, answers, now| {
        let builds = rows(at(answers, 1));
        l.heading(format!("builds · {}", builds.len()));
        for b in builds {
            let state = build_state(b.int_at("state").unwrap_or(-1));
            let nvr = text(b, "nvr");
            let cells = vec![
                cell(fit(&nvr, 44)).role(Role::Link),
                cell(fit(&state.text, 12)).role(state.role),
                cell(fit(&text(b, "owner_name"), 14)).muted(),
                ago(seconds_at(b, "creation_ts"), now),
            ];
            l.item(cells, b.int_at("build_id").map(|id| Subject::Build { id, nvr }));
        }
        let tags = rows(at(answers, 2));
        l.heading(format!("in tags · {}", tags.len()));
        for t in tags {
            let tag = text(t, "name");
            let blocked =
                if t.truthy_at("blocked") { cell("  ⊘ blocked").role(Role::Warn) } else { cell("") };
            let owner = cell(format!("  {}", text(t, "owner_name"))).muted();
            l.item(
                vec![cell(fit(&tag, 30)).role(Role::Link), owner, blocked],
                Subject::Package { name: name.to_owned(), tag: Some(tag) },
            );
        }
    },
    about: |name, _| Some(Subject::Package { name: name.to_owned(), tag: None }),
};
