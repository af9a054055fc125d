use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use koji_api::methods as m;
use koji_api::types::repr::repr;
use koji_xmlrpc::{Struct, Value};

use crate::commands::inheritance::flags;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::EventOptions;
use crate::lookup::{field, items, shown, text, with};
use crate::python::pretty::pformat;

/// Show information about tags
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TAG")]
    tags: Vec<String>,
    #[command(flatten)]
    event: EventOptions,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.tags.is_empty() {
        return Err(CommandError::usage("Please specify a tag"));
    }
    let event = a.event.announced(cx, false).await?;
    let perms = cx.hub().call(m::GetAllPerms {}).await?;
    let mut tags = Vec::new();
    for name in &a.tags {
        let get = |tag: Value| cx.hub().call(m::GetBuildConfig { tag, event: event.into() });
        let mut tag = get(name.into()).await?;
        if let (true, Ok(id)) = (tag.is_nil(), name.parse::<i64>()) {
            tag = get(id.into()).await?;
        }
        if tag.is_nil() {
            return Err(CommandError::usage(format!("No such tag: {name}")));
        }
        tags.push(tag);
    }
    for (n, tag) in tags.iter().enumerate() {
        if n > 0 {
            cx.out.line("");
        }
        let groups = settings(cx, tag, event, &perms).await?;
        let record = targets(cx, tag, event).await?;
        let repos = external_repos(cx, tag, event).await?;
        let parents = parents(cx, tag, event).await?;
        cx.out
            .data(&with(&record, [("groups", groups), ("external_repos", repos), ("inheritance", parents)]));
    }
    Ok(())
}

/// Prints the settings; the names of the groups.
async fn settings(cx: &Cx, tag: &Value, event: Option<i64>, perms: &Value) -> Result<Value> {
    let call = m::GetTagGroups { tag: field(tag, "id"), event: event.into(), ..Default::default() };
    let groups = cx.hub().call(call).await?;
    let mut groups: Vec<&str> = items(&groups).iter().map(|g| text(g, "name")).collect();
    groups.sort_unstable();
    cx.out.line(format!("Tag: {} [{}]", shown(tag, "name"), shown(tag, "id")));
    cx.out.line(format!("Arches: {}", shown(tag, "arches")));
    cx.out.line(format!("Groups: {}", groups.join(", ")));
    if tag.truthy_at("locked") {
        cx.out.line("LOCKED");
    }
    let perm = field(tag, "perm_id");
    if !perm.is_nil() {
        let name = items(perms).iter().find(|p| p.get("id") == Some(&perm)).map(|p| field(p, "name"));
        cx.out.line(format!("Required permission: {}", repr(&name.unwrap_or(perm))));
    }
    if cx.hub().call(m::MavenEnabled {}).await?.truthy() {
        let yes = |key: &str| if tag.truthy_at(key) { "yes" } else { "no" };
        cx.out.line(format!("Maven support?: {}", yes("maven_support")));
        cx.out.line(format!("Include all Maven archives?: {}", yes("maven_include_all")));
    }
    if let Some(extra) = tag.get("extra").and_then(Value::as_struct) {
        let origins = tag.get("config_inheritance").and_then(|c| c.get("extra"));
        cx.out.line("Tag options:");
        for (key, value) in extra.iter().collect::<BTreeMap<_, _>>() {
            let line = format!("  {key} : {}", pformat(value));
            cx.out.line(match origins.and_then(|o| o.get(key)) {
                Some(origin) => format!("{line:<30} [{}]", shown(origin, "name")),
                None => line,
            });
        }
    }
    Ok(groups.into())
}

/// Targets that build into the tag or from it, with the repos they use now; the tag with them.
async fn targets(cx: &Cx, tag: &Value, event: Option<i64>) -> Result<Value> {
    let id = || field(tag, "id");
    let call = m::GetBuildTargets { destTagID: id(), event: event.into(), ..Default::default() };
    let into = cx.hub().call(call).await?;
    let call = m::GetBuildTargets { buildTagID: id(), event: event.into(), ..Default::default() };
    let from = cx.hub().call(call).await?;
    let mut repos: BTreeMap<i64, String> = BTreeMap::new();
    if event.is_none() {
        let build_tags = items(&into).iter().chain(items(&from)).map(|t| field(t, "build_tag"));
        for id in build_tags.chain([id()]).filter_map(|id| id.as_int()) {
            if let Entry::Vacant(new) = repos.entry(id) {
                new.insert(repo(cx, id).await?);
            }
        }
    }
    let of = |id: Value| id.as_int().and_then(|id| repos.get(&id));
    if !items(&into).is_empty() {
        cx.out.line("Targets that build into this tag:");
    }
    for target in items(&into) {
        let (name, build_tag) = (text(target, "name"), text(target, "build_tag_name"));
        cx.out.line(match of(field(target, "build_tag")) {
            Some(repo) => format!("  {name} ({build_tag}, {repo})"),
            None => format!("  {name} ({build_tag})"),
        });
    }
    if !items(&from).is_empty() {
        cx.out.line("This tag is a buildroot for one or more targets");
    }
    if let Some(repo) = of(id()) {
        cx.out.line(format!("Current repo: {repo}"));
    }
    if !items(&from).is_empty() {
        cx.out.line("Targets that build from this tag:");
    }
    for target in items(&from) {
        cx.out.line(format!("  {}", text(target, "name")));
    }
    let repos: Struct = repos.into_iter().map(|(tag, repo)| (tag.to_string(), repo.into())).collect();
    Ok(with(tag, [("targets_into", into), ("targets_from", from), ("repos", repos.into())]))
}

/// `repo#5: 2026-11-23 20:13:04.123456`
async fn repo(cx: &Cx, tag: i64) -> Result<String> {
    let repo = cx.hub().call(m::GetRepo { tag: tag.into(), ..Default::default() }).await?;
    Ok(if repo.is_nil() {
        "no active repo".to_owned()
    } else {
        format!("repo#{}: {}", shown(&repo, "id"), shown(&repo, "creation_time"))
    })
}

async fn external_repos(cx: &Cx, tag: &Value, event: Option<i64>) -> Result<Value> {
    let call =
        m::GetTagExternalRepos { tag_info: field(tag, "id"), event: event.into(), ..Default::default() };
    let repos = cx.hub().call(call).await?;
    if !items(&repos).is_empty() {
        cx.out.line("External repos:");
    }
    for repo in items(&repos) {
        let arches = match repo.get("arches") {
            None => "-".to_owned(),
            Some(arches) if arches.truthy() => shown(repo, "arches"),
            Some(_) => "inherited from tag".to_owned(),
        };
        let at = |key: &str| shown(repo, key);
        cx.out.line(format!(
            "  {:>3} {} ({}, merge mode: {}), arches: {arches}",
            at("priority"),
            at("external_repo_name"),
            at("url"),
            at("merge_mode")
        ));
    }
    Ok(repos)
}

async fn parents(cx: &Cx, tag: &Value, event: Option<i64>) -> Result<Value> {
    cx.out.line("Inheritance:");
    let links = cx.hub().call(m::GetInheritanceData { tag: field(tag, "id"), event: event.into() }).await?;
    for link in items(&links) {
        let at = |key: &str| shown(link, key);
        cx.out.line(format!("  {:<4} {} {} [{}]", at("priority"), flags(link), at("name"), at("parent_id")));
        if !field(link, "maxdepth").is_nil() {
            cx.out.line(format!("    maxdepth: {}", at("maxdepth")));
        }
        if link.truthy_at("pkg_filter") {
            cx.out.line(format!("    package filter: {}", at("pkg_filter")));
        }
    }
    Ok(links)
}
