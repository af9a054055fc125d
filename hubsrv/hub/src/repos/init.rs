//! A new repo: its row, and the files that say what it consists of.
//!
//! `repos/TAG/ID` gets, for each arch, `pkglist` (paths of its rpms), `rpmlist.jsonl` (what the hub knows of them, a line
//! each), `blocklist` (packages that external repos must not bring in) and the link `toplink` that the paths go through; and
//! for all `groups/comps.xml` and `repo.json`. Builders make the metadata from them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use koji_api::Fault;
use koji_api::paths::PathInfo;
use koji_db::repos::{self as table, NewRepo};
use koji_db::tagging::{self, Rpms, TaggedFilter};
use koji_db::tags::Tag;
use koji_db::{events, groups, packages, tag_changes, to_json};
use koji_repodata::comps;
use koji_rpm::arch::canonical;
use koji_rpm::nevra::is_debuginfo;
use koji_xmlrpc::{Struct, Value};

use super::maven;
use super::options;
use crate::blocking;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::hub::Hub;
use crate::lookup;
use crate::store::{self, RelPath};
use crate::tasks::no_rows;

/// Makes a repo of a tag as it is or was at an event: its id, and that event.
pub async fn init(
    cx: &mut Cx,
    tag: &Value,
    task: Option<i64>,
    event: Option<i64>,
    overrides: Option<&Struct>,
) -> Outcome<(i64, i64)> {
    let tag = lookup::tag_at(&mut cx.tx, tag, event).await?;
    let (opts, custom) = options::of_tag(cx.hub.settings(), &tag, overrides);
    if opts.get("maven").is_some_and(Value::truthy) && !cx.hub.settings().enable_maven {
        return Err(Fault::generic("Maven support not enabled").into());
    }
    let event = match event {
        None => cx.tx.event().await?,
        Some(event) => events::get(&mut cx.tx, event).await?.map(|_| event).ok_or_else(no_rows)?,
    };
    let begin = tag_changes::last(&mut cx.tx, tag.id, Some(event), true).await?.unwrap_or(event);
    let repo = NewRepo {
        tag: tag.id,
        event,
        begin_event: Some(begin),
        end_event: tag_changes::first(&mut cx.tx, tag.id, Some(event), true).await?,
        dist: false,
        task,
        opts: Some((Value::Struct(opts.clone()), Value::Struct(custom.clone()))),
    };
    let id = table::insert(&mut cx.tx, &repo).await?;
    let repo_json = serde_json::json!({
        "id": id,
        "tag": tag.name,
        "tag_id": tag.id,
        "task_id": task,
        "event_id": event,
        "opts": to_json(&Value::Struct(opts.clone())),
        "custom_opts": to_json(&Value::Struct(custom)),
        "with_src": flag(&opts, "src"),
        "with_separate_src": flag(&opts, "separate_src"),
        "with_debuginfo": flag(&opts, "debuginfo"),
    });
    let content = Content {
        dir: RelPath::parse(&format!("repos/{}/{id}", tag.name)).ok_or_else(|| {
            Fault::generic(format!("tag {} has a name that no directory can have", tag.name))
        })?,
        comps: comps(cx, tag.id, event).await?,
        blocked: blocked(cx, tag.id, event).await?,
        arches: lists(cx, &tag, event, &opts).await?,
        repo_json: pretty(&repo_json),
    };
    let links =
        if flag(&opts, "maven") { maven::links(cx, tag.id, event).await? } else { maven::Links::default() };
    let hub = Arc::clone(&cx.hub);
    blocking(move || {
        content.write(&hub)?;
        links.write(&hub, &content.dir)
    })
    .await?;
    Ok((id, event))
}

fn flag(opts: &Struct, key: &str) -> bool {
    opts.get(key).is_some_and(Value::truthy)
}

/// JSON as it stands in files.
pub(super) fn pretty(json: &serde_json::Value) -> String {
    format!("{json:#}\n")
}

async fn comps(cx: &mut Cx, tag: i64, event: i64) -> Outcome<String> {
    let wanted = groups::Wanted { inherit: true, packages: true, requirements: true };
    let mut read = Vec::new();
    for group in groups::of_tag(&mut cx.tx, tag, Some(event), wanted).await?.into_values() {
        if !group.blocked {
            let json = to_json(&Value::Struct(group.into_wire(false)));
            let group: comps::Group = serde_json::from_value(json)
                .map_err(|e| Fault::generic(format!("a group of the tag cannot be written as comps: {e}")))?;
            read.push(group);
        }
    }
    Ok(comps::generate(&read, true))
}

/// Names of the packages that the tag blocks.
async fn blocked(cx: &mut Cx, tag: i64, event: i64) -> Outcome<String> {
    let filter = packages::Filter {
        tag: Some(tag),
        event: Some(event),
        inherit: true,
        with_blocked: true,
        ..packages::Filter::default()
    };
    let entries = packages::list(&mut cx.tx, &filter).await?;
    Ok(entries.iter().filter(|e| e.blocked).map(|e| format!("{}\n", e.package_name)).collect())
}

/// The lists of one arch.
#[derive(Debug, Default, Clone, PartialEq)]
struct Lists {
    pkglist: String,
    rpmlist: String,
}

/// The rpms of the tag's builds, for each arch that its repo has.
async fn lists(cx: &mut Cx, tag: &Tag, event: i64, opts: &Struct) -> Outcome<Vec<(String, Lists)>> {
    let all = tag.extra.get("repo_include_all").is_some_and(Value::truthy);
    let filter = TaggedFilter {
        event: Some(event),
        inherit: true,
        latest: if all { None } else { Some(1) },
        ..TaggedFilter::default()
    };
    let chosen = tagging::select(&mut cx.tx, tag.id, &filter).await?;
    let mut dirs = HashMap::new();
    for build in cx.tx.select(&tagging::builds(&chosen, None, false)).await? {
        if let Some((id, dir)) = build_dir(&build) {
            dirs.insert(id, dir);
        }
    }
    let rpms = cx.tx.select(&tagging::rpms(&chosen, &Rpms { extra: true, ..Rpms::default() })).await?;

    let mut arches = arches_of(tag, opts);
    for rpm in rpms {
        let Some(line) = Line::of(rpm, &dirs) else { continue };
        if !flag(opts, "debuginfo") && is_debuginfo(&line.name) {
            continue;
        }
        for (arch, lists) in &mut arches {
            if belongs(&line.arch, arch, opts) {
                lists.pkglist.push_str(&line.path);
                lists.rpmlist.push_str(&line.json);
            }
        }
    }
    Ok(arches)
}

/// The arches of a tag's repo: canonical ones, without `src` and `noarch`, and `src` when sources have their own place.
fn arches_of(tag: &Tag, opts: &Struct) -> Vec<(String, Lists)> {
    let mut arches: Vec<(String, Lists)> = Vec::new();
    let own = tag.arches.as_deref().unwrap_or_default().split_whitespace().map(canonical);
    let own = own.filter(|a| !matches!(*a, "src" | "noarch"));
    for arch in flag(opts, "separate_src").then_some("src").into_iter().chain(own) {
        if !arches.iter().any(|(known, _)| known == arch) {
            arches.push((arch.to_owned(), Lists::default()));
        }
    }
    arches
}

/// Whether an rpm of an arch is in a repo's part.
fn belongs(rpm: &str, part: &str, opts: &Struct) -> bool {
    match rpm {
        "src" => flag(opts, "src") || part == "src" && flag(opts, "separate_src"),
        "noarch" => part != "src",
        arch => canonical(arch) == part,
    }
}

/// Id of a build, and the path of its directory from the arch directory of a repo.
fn build_dir(build: &Struct) -> Option<(i64, String)> {
    let text = |key: &str| build.get(key)?.as_str();
    let paths = PathInfo::new("toplink");
    let dir = paths.build(text("package_name")?, text("version")?, text("release")?, text("volume_name"));
    Some((build.get("id")?.as_int()?, dir))
}

/// An rpm's lines in both lists.
struct Line {
    name: String,
    arch: String,
    path: String,
    json: String,
}

impl Line {
    fn of(rpm: Struct, dirs: &HashMap<i64, String>) -> Option<Line> {
        let text = |key: &str| rpm.get(key)?.as_str().map(str::to_owned);
        let (name, version, release, arch) =
            (text("name")?, text("version")?, text("release")?, text("arch")?);
        let dir = dirs.get(&rpm.get("build_id")?.as_int()?)?;
        let path = format!("{dir}/{}\n", PathInfo::rpm((&name, &version, &release), &arch));
        let json = format!("{}\n", to_json(&Value::Struct(rpm)));
        Some(Line { name, arch, path, json })
    }
}

/// All files of a new repo.
struct Content {
    dir: RelPath,
    comps: String,
    blocked: String,
    arches: Vec<(String, Lists)>,
    repo_json: String,
}

impl Content {
    fn write(&self, hub: &Hub) -> Outcome<()> {
        let root = store::volume(hub, None)?;
        if root.entry(&self.dir)?.is_some() {
            let why =
                format!("the directory {} of the new repo exists already; remove it and try again", self.dir);
            return Err(Fault::generic(why).into());
        }
        let dir = root.make_dirs(&self.dir)?;
        dir.make_dirs(&RelPath::literal("groups"))?.put("comps.xml".as_ref(), self.comps.as_bytes())?;
        let up: String =
            std::iter::repeat_n("..", self.dir.names().count() + 1).collect::<Vec<_>>().join("/");
        for (arch, lists) in &self.arches {
            let Some(arch) = RelPath::file_name(arch) else { continue };
            let part = dir.make_dirs(&arch)?;
            part.link_over("toplink".as_ref(), Path::new(&up))?;
            part.put("pkglist".as_ref(), lists.pkglist.as_bytes())?;
            part.put("rpmlist.jsonl".as_ref(), lists.rpmlist.as_bytes())?;
            part.put("blocklist".as_ref(), self.blocked.as_bytes())?;
        }
        dir.put("repo.json".as_ref(), self.repo_json.as_bytes())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opts(set: &[&str]) -> Struct {
        set.iter().map(|k| ((*k).to_owned(), Value::Bool(true))).collect()
    }

    #[test]
    fn where_an_rpm_belongs() {
        let cases = [
            ("x86_64", "x86_64", &[][..], true),
            ("i686", "i386", &[], true),
            ("i686", "x86_64", &[], false),
            ("noarch", "x86_64", &[], true),
            ("noarch", "src", &["separate_src"], false),
            ("src", "x86_64", &[], false),
            ("src", "x86_64", &["src"], true),
            ("src", "x86_64", &["separate_src"], false),
            ("src", "src", &["separate_src"], true),
            ("src", "src", &["src", "separate_src"], true),
        ];
        for (rpm, part, set, wanted) in cases {
            assert_eq!(belongs(rpm, part, &opts(set)), wanted, "{rpm} in {part} with {set:?}");
        }
    }
}
