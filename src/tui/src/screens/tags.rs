//! Tags, and one tag: facts, inheritance as a tree in the order it is searched, targets, repositories, builds.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::kit::{PageSpec, TableSpec, at, by_name};
use crate::call::{Call, Want};
use crate::cell::{ago, cell, fit, repo_state, rows, seconds_at, shown, text};
use crate::place::Subject;
use crate::theme::Role;
use crate::widgets::columns::{fill, fixed};

pub const LIST: TableSpec = TableSpec {
    name: "tags",
    columns: &[
        fill("Tag", 20),
        fixed("Arches", 28, 2),
        fixed("Locked", 9, 1),
        fixed("Permission", 14, 3),
        fixed("ID", 7, 4),
    ],
    wants: |arg| {
        let pattern = if arg.is_empty() { Value::Nil } else { arg.into() };
        vec![Want::every(Call::new(m::ListTags { pattern, ..Default::default() }), 60)]
    },
    rows: by_name,
    cells: |r, _| {
        vec![
            cell(text(r, "name")).role(Role::Link),
            cell(text(r, "arches")).muted(),
            if r.truthy_at("locked") { cell("⊘ locked").role(Role::Warn) } else { cell("") },
            cell(text(r, "perm")).muted(),
            cell(text(r, "id")).muted(),
        ]
    },
    subject: |r| Some(Subject::Tag(r.str_at("name")?.to_owned())),
    time: None,
    commands: None,
    empty: "no tags",
};

/// The name of the tag that a setting is inherited from; empty for the tag's own.
fn origin(config: Option<&Value>, what: &str, key: Option<&str>) -> String {
    let from = config.and_then(|c| c.get("config_inheritance")?.get(what));
    let from = if let Some(key) = key { from.and_then(|f| f.get(key)) } else { from };
    from.map(|f| text(f, "name")).unwrap_or_default()
}

pub const PAGE: PageSpec = PageSpec {
    name: "tag",
    wants: |arg, main| {
        let tag: Value = arg.into();
        let mut wants = vec![Want::every(
            Call::new(m::GetTag { tagInfo: tag.clone(), strict: true, ..Default::default() }),
            15,
        )];
        if let Some(id) = main.and_then(|t| t.int_at("id")) {
            wants.push(Want::every(
                Call::new(m::GetFullInheritance { tag: id.into(), ..Default::default() }),
                30,
            ));
            wants.push(Want::every(
                Call::new(m::GetBuildTargets { buildTagID: id.into(), ..Default::default() }),
                60,
            ));
            wants.push(Want::every(
                Call::new(m::GetBuildTargets { destTagID: id.into(), ..Default::default() }),
                60,
            ));
            wants.push(Want::every(Call::new(m::GetRepo { tag: id.into(), ..Default::default() }), 5));
            wants.push(Want::every(
                Call::new(m::GetTagExternalRepos { tag_info: id.into(), ..Default::default() }),
                60,
            ));
            wants
                .push(Want::every(Call::new(m::GetBuildConfig { tag: id.into(), ..Default::default() }), 30));
            wants.push(Want::every(
                Call::new(m::GetTagGroups {
                    tag: id.into(),
                    incl_pkgs: true,
                    incl_reqs: false,
                    ..Default::default()
                }),
                60,
            ));
            wants.push(Want::every(
                Call::new(m::ListTagged { tag, latest: true.into(), ..Default::default() }),
                10,
            ));
        }
        wants
    },
    lines: |l, tag, answers, now| {
        let Some(t) = at(answers, 0) else { return };
        l.fact("arches", text(t, "arches"));
        l.fact("permission", text(t, "perm"));
        if t.truthy_at("locked") {
            l.fact("locked", cell("⊘ locked").role(Role::Warn));
        }
        let config = at(answers, 6);
        if t.get("arches").is_none_or(Value::is_nil) {
            let from = origin(config, "arches", None);
            l.fact(
                "arches",
                format!("{}  from {from}", config.map(|c| text(c, "arches")).unwrap_or_default()),
            );
        }
        // those of the build's configuration are the tag's own and those it inherits
        for (key, value) in config.unwrap_or(t).get("extra").and_then(Value::as_struct).into_iter().flatten()
        {
            let from = origin(config, "extra", Some(key));
            let cells = vec![
                cell(format!("{:<14} ", "option")).muted(),
                cell(format!("{key} = {}", shown(value))),
                cell(if from.is_empty() { String::new() } else { format!("  from {from}") }).role(Role::Link),
            ];
            l.item(cells, (!from.is_empty()).then_some(Subject::Tag(from)));
        }
        let parents = rows(at(answers, 1));
        l.heading(format!("inheritance · {} tags, in the order they are searched", parents.len()));
        for (n, p) in parents.iter().enumerate() {
            let depth = usize::try_from(p.int_at("currdepth").unwrap_or(1)).unwrap_or(1);
            let name = text(p, "name");
            let mut marks = Vec::new();
            for (key, word) in [("noconfig", "no config"), ("intransitive", "intransitive")] {
                if p.truthy_at(key) {
                    marks.push(word.to_owned());
                }
            }
            if let Some(max) = p.int_at("maxdepth") {
                marks.push(format!("max depth {max}"));
            }
            if let Some(filter) = p.str_at("pkg_filter").filter(|f| !f.is_empty()) {
                marks.push(format!("only {filter}"));
            }
            let tree = format!("{}└ {name}", "  ".repeat(depth.saturating_sub(1)));
            let cells = vec![
                cell(format!("{:>3}. ", n + 1)).muted(),
                cell(fit(&tree, 44)).role(Role::Link),
                cell(format!(" priority {:<4}", text(p, "priority"))).muted(),
                cell(marks.join(", ")).role(Role::Warn),
            ];
            l.item(cells, Subject::Tag(name));
        }
        l.heading("targets");
        for (n, role) in [(2, "built from it"), (3, "its builds go here")] {
            for t in rows(at(answers, n)) {
                let name = text(t, "name");
                l.item(
                    vec![cell(fit(&name, 34)).role(Role::Link), cell(role).muted()],
                    Subject::Target(name),
                );
            }
        }
        let (repo, external) = (at(answers, 4).filter(|r| !r.is_nil()), rows(at(answers, 5)));
        if repo.is_some() || !external.is_empty() {
            l.heading("repositories");
        }
        if let Some(r) = repo {
            let state = repo_state(r.int_at("state").unwrap_or(1));
            let cells = vec![
                cell(fit(&format!("repo {}", text(r, "id")), 14)).role(Role::Link),
                state,
                cell(format!("  event {}  ", text(r, "create_event"))).muted(),
                ago(seconds_at(r, "create_ts"), now),
            ];
            l.item(cells, r.int_at("id").map(|id| Subject::Repo { id, tag: tag.to_owned() }));
        }
        for r in external {
            l.item(vec![cell(fit(&text(r, "external_repo_name"), 24)), cell(text(r, "url")).muted()], None);
        }
        let groups = rows(at(answers, 7));
        if !groups.is_empty() {
            l.heading("groups");
        }
        for g in groups {
            let packages: Vec<String> =
                rows(g.get("packagelist")).iter().map(|p| text(p, "package")).collect();
            l.item(
                vec![
                    cell(fit(&text(g, "name"), 16)),
                    cell(format!("{:>4}  ", packages.len())).muted(),
                    cell(packages.join(" ")).muted(),
                ],
                None,
            );
        }
        let builds = rows(at(answers, 8));
        l.heading(format!("builds, the latest of each package · {}", builds.len()));
        for b in builds {
            let nvr = text(b, "nvr");
            let cells = vec![cell(fit(&nvr, 50)).role(Role::Link), cell(text(b, "owner_name")).muted()];
            l.item(cells, Subject::Tagged { nvr, tag: tag.to_owned() });
        }
    },
    about: |_, t| Some(Subject::Tag(t.str_at("name")?.to_owned())),
};
