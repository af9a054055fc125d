//! `snapshotTag`: a copy of what a tag holds, without what it inherits from.

use koji_api::Fault;
use koji_api::methods::SnapshotTag;
use koji_api::types::{NameOrId, refs};
use koji_db::groups::{self, Group, Key, Wanted};
use koji_db::packages::{self, Filter};
use koji_db::tagging::{self, TaggedFilter};
use koji_db::tags::{Config, Tag};
use koji_db::{Tx, tags};
use koji_xmlrpc::{Struct, Value};

use super::rules;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::methods::tags::{NewTag, create};

pub(super) async fn snapshot_tag(cx: &mut Cx, call: SnapshotTag) -> Outcome<()> {
    require_packages(call.builds, call.pkgs)?;
    let event = refs::event(&call.event)?;
    if tags::get(&mut cx.tx, &NameOrId::from_value(&call.dst)?, None).await?.is_some() {
        return Err(Fault::generic("Target tag already exists").into());
    }
    let source = lookup::tag_at(&mut cx.tx, &call.src, event).await?;
    if source.locked && !call.force {
        return Err(Fault::generic("Source tag is locked, use force to copy").into());
    }
    let name = cx.hub.names.internal(&call.dst)?.to_owned();
    let (config, extra) = match call.config {
        true => (Config::of(&source), source.extra.clone()),
        false => (plain(), Struct::new()),
    };
    let id = create(&mut cx.tx, &NewTag { name: &name, config, extra: Value::Struct(extra), parent: None })
        .await?;
    cx.tx.reset_event();
    let target = lookup::tag(&mut cx.tx, &Value::Int(id)).await?;
    if call.pkgs {
        copy_packages(&mut cx.tx, &source, &target, event).await?;
    }
    if call.builds {
        let wanted = what(event, call.inherit_builds, call.latest_only);
        for build in oldest_first(&mut cx.tx, source.id, &wanted).await? {
            let build = lookup::build(&mut cx.tx, &Value::Int(build)).await?;
            rules::put(cx, &target, &build, true).await?;
            // the order of tagging is the order of events
            cx.tx.reset_event();
        }
    }
    if call.groups {
        for group in groups_of(&mut cx.tx, source.id, event).await? {
            copy_group(&mut cx.tx, target.id, &group).await?;
        }
    }
    Ok(())
}

pub(super) fn require_packages(builds: bool, packages: bool) -> Result<(), Fault> {
    match builds && !packages {
        true => Err(Fault::parameter("builds can't be used without pkgs in snapshotTag")),
        false => Ok(()),
    }
}

fn plain() -> Config {
    Config {
        arches: Some(String::new()),
        perm_id: None,
        locked: false,
        maven_support: false,
        maven_include_all: false,
    }
}

/// Which of a tag's builds are copied.
pub(super) fn what(event: Option<i64>, inherit: bool, latest: bool) -> TaggedFilter {
    TaggedFilter { event, inherit, latest: latest.then_some(1), ..TaggedFilter::default() }
}

/// Ids of a tag's builds in the order in which they are to be tagged.
pub(super) async fn oldest_first(tx: &mut Tx, tag: i64, wanted: &TaggedFilter) -> Outcome<Vec<i64>> {
    let mut ids: Vec<i64> = tagging::select(tx, tag, wanted).await?.into_iter().map(|t| t.build_id).collect();
    ids.reverse();
    Ok(ids)
}

/// The entries of a tag's package list, inherited ones included.
pub(super) async fn package_list(tx: &mut Tx, tag: i64, event: Option<i64>) -> Outcome<Vec<packages::Entry>> {
    let filter = Filter {
        tag: Some(tag),
        event,
        inherit: true,
        with_owners: true,
        with_blocked: true,
        ..Filter::default()
    };
    Ok(packages::list(tx, &filter).await?)
}

/// Writes an entry as it is in another tag, with an event of its own as all changes of a snapshot; `blocked` may differ.
pub(super) async fn copy_package(
    tx: &mut Tx,
    tag: i64,
    entry: &packages::Entry,
    blocked: bool,
) -> Outcome<()> {
    let owner = match entry.owner_id() {
        Some(owner) => owner,
        None => tx.user()?,
    };
    packages::set(tx, tag, entry.package_id, owner, blocked, entry.extra_arches()).await?;
    tx.reset_event();
    Ok(())
}

async fn copy_packages(tx: &mut Tx, source: &Tag, target: &Tag, event: Option<i64>) -> Outcome<()> {
    for entry in package_list(tx, source.id, event).await? {
        copy_package(tx, target.id, &entry, entry.blocked).await?;
    }
    Ok(())
}

/// The groups of a tag with their items, inherited ones included.
pub(super) async fn groups_of(tx: &mut Tx, tag: i64, event: Option<i64>) -> Outcome<Vec<Group>> {
    let wanted = Wanted { inherit: true, packages: true, requirements: true };
    Ok(groups::of_tag(tx, tag, event, wanted).await?.into_values().collect())
}

/// Copies a group that is not blocked, with the items that are not; as upstream does, without their options.
async fn copy_group(tx: &mut Tx, tag: i64, group: &Group) -> Outcome<()> {
    if group.blocked {
        return Ok(());
    }
    put_group(tx, tag, group, false).await?;
    for (package, item) in group.packages.iter().flatten().filter(|(_, item)| !item.blocked) {
        put_package(tx, tag, group.id, package, item.blocked).await?;
    }
    for (required, item) in group.requirements.iter().flatten().filter(|(_, item)| !item.blocked) {
        put_requirement(tx, tag, group.id, *required, item.blocked).await?;
    }
    Ok(())
}

async fn set(tx: &mut Tx, key: Key<'_>, row: Vec<(&'static str, koji_db::Arg)>) -> Outcome<()> {
    groups::set(tx, key, row).await?;
    tx.reset_event();
    Ok(())
}

/// Writes a group with the options that a new one has.
pub(super) async fn put_group(tx: &mut Tx, tag: i64, group: &Group, blocked: bool) -> Outcome<()> {
    let name = group.row.get("name").and_then(Value::as_str).unwrap_or_default();
    let row = vec![
        ("blocked", blocked.into()),
        ("display_name", name.into()),
        ("biarchonly", false.into()),
        ("exported", true.into()),
        ("uservisible", true.into()),
    ];
    set(tx, Key::Group { tag, group: group.id }, row).await
}

pub(super) async fn put_package(
    tx: &mut Tx,
    tag: i64,
    group: i64,
    package: &str,
    blocked: bool,
) -> Outcome<()> {
    let row = vec![("blocked", blocked.into()), ("type", "mandatory".into())];
    set(tx, Key::Package { tag, group, package }, row).await
}

pub(super) async fn put_requirement(
    tx: &mut Tx,
    tag: i64,
    group: i64,
    required: i64,
    blocked: bool,
) -> Outcome<()> {
    let row = vec![("blocked", blocked.into()), ("type", "mandatory".into()), ("is_metapkg", false.into())];
    set(tx, Key::Requirement { tag, group, required }, row).await
}
