//! Policy tests about a build.

use koji_api::Fault;
use koji_api::types::refs;
use koji_db::builds::Build;
use koji_db::names::Table;
use koji_db::policy_data::{self, Place};
use koji_db::tags::Tag;
use koji_db::{builds, tasks, users};
use koji_policy::{generic, matches_any};
use koji_xmlrpc::Value;

use super::facts::{Facts, any_matches};
use crate::fault::Outcome;
use crate::lookup;

/// The build of the policy data, which has to exist if it is named.
pub(super) async fn build(facts: &mut Facts<'_>) -> Outcome<Option<Build>> {
    match facts.get("build") {
        Some(info) => lookup::build(&mut facts.cx.tx, &info).await.map(Some),
        None => Ok(None),
    }
}

pub(super) async fn version_or_release(
    facts: &mut Facts<'_>,
    key: &str,
    patterns: &[String],
) -> Outcome<bool> {
    if let Some(value) = facts.get(key) {
        return Ok(generic::matches_value(&value, patterns));
    }
    match build(facts).await? {
        Some(build) => {
            Ok(matches_any(if key == "version" { &build.version } else { &build.release }, patterns))
        }
        None => Err(Fault::generic(format!("policy requires {key} data")).into()),
    }
}

pub(super) async fn volume(facts: &mut Facts<'_>, patterns: &[String]) -> Outcome<bool> {
    if let Some(info) = facts.get("volume") {
        let volume = lookup::named(&mut facts.cx.tx, Table::Volume, &info).await?;
        return Ok(volume.is_some_and(|v| matches_any(&v.name, patterns)));
    }
    Ok(build(facts).await?.is_some_and(|b| matches_any(&b.volume_name, patterns)))
}

/// Where the parts of the build were made: given buildroots, or those of the build.
async fn places(facts: &mut Facts<'_>) -> Outcome<Vec<Place>> {
    if let Some(given) = facts.get("buildroots") {
        let ids: Vec<i64> = given.as_array().unwrap_or_default().iter().filter_map(Value::as_int).collect();
        let mut places = policy_data::places(&mut facts.cx.tx, ids).await?;
        if given.as_array().is_some_and(|all| all.iter().any(Value::is_nil)) {
            places.push(Place { buildroot_id: None, cg: None, tag_id: None, tag: None, event: None });
        }
        return Ok(places);
    }
    match build(facts).await? {
        Some(build) => Ok(policy_data::places_of_build(&mut facts.cx.tx, build.id).await?),
        None => Ok(Vec::new()),
    }
}

/// The content generators of the build; `None` for parts that have none.
pub(super) async fn content_generators(facts: &mut Facts<'_>) -> Outcome<Vec<Option<String>>> {
    if let Some(list) = facts.get("cg_list") {
        let mut names = Vec::new();
        for info in list.as_array().unwrap_or_default() {
            let cg = lookup::named_strict(&mut facts.cx.tx, Table::ContentGenerator, info).await?;
            names.push(Some(cg.name));
        }
        return Ok(names);
    }
    let mut names: Vec<Option<String>> = places(facts).await?.into_iter().map(|p| p.cg).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// The tags that the build was, or is to be, made in; `None` for imported parts.
pub(super) async fn build_tags(facts: &mut Facts<'_>) -> Outcome<Vec<Option<Tag>>> {
    let mut tags = Vec::new();
    if let Some(info) = facts.data.get("build_tag").cloned() {
        tags.push(Some(lookup::tag_even_deleted(&mut facts.cx.tx, &info).await?));
    } else if let Some(list) = facts.get("build_tags") {
        for info in list.as_array().unwrap_or_default() {
            tags.push(Some(lookup::tag_even_deleted(&mut facts.cx.tx, info).await?));
        }
    }
    if tags.is_empty()
        && let Some(info) = facts.get("target").filter(Value::truthy)
        && let Some(target) = lookup::find_target(&mut facts.cx.tx, &info, None).await?
    {
        tags.push(Some(lookup::tag_even_deleted(&mut facts.cx.tx, &Value::Int(target.build_tag)).await?));
    }
    if !tags.is_empty() {
        return Ok(tags);
    }
    for place in places(facts).await? {
        match (place.buildroot_id, place.tag_id) {
            (None, _) => tags.push(None),
            (Some(_), Some(tag)) => {
                tags.push(Some(lookup::tag_at(&mut facts.cx.tx, &Value::Int(tag), place.event).await?));
            }
            // a content generator's buildroot needs no tag
            (Some(_), None) => {}
        }
    }
    Ok(tags)
}

pub(super) async fn has_tag(facts: &mut Facts<'_>, patterns: &[String]) -> Outcome<bool> {
    let Some(build) = build(facts).await? else { return Ok(false) };
    let tags = policy_data::tags_of_build(&mut facts.cx.tx, build.id).await?;
    Ok(any_matches(tags.iter().map(String::as_str), patterns))
}

pub(super) async fn build_type(facts: &mut Facts<'_>, patterns: &[String]) -> Outcome<bool> {
    if let Some(list) = facts.get("btypes") {
        return Ok(any_matches(
            list.as_array().unwrap_or_default().iter().filter_map(Value::as_str),
            patterns,
        ));
    }
    let Some(build) = build(facts).await? else { return Ok(false) };
    let types = builds::type_names(&mut facts.cx.tx, build.id).await?;
    Ok(any_matches(types.iter().map(String::as_str), patterns))
}

pub(super) async fn imported(facts: &mut Facts<'_>) -> Outcome<bool> {
    let Some(build) = build(facts).await? else {
        return Err(Fault::generic("policy data must contain a build").into());
    };
    let places = policy_data::places_of_build(&mut facts.cx.tx, build.id).await?;
    Ok(places.iter().any(|p| p.buildroot_id.is_none()))
}

pub(super) async fn is_owner(facts: &mut Facts<'_>) -> Outcome<bool> {
    let Some(build) = build(facts).await? else {
        return Err(Fault::generic("policy requires build data").into());
    };
    let Some(user) = facts.user().await? else { return Ok(false) };
    if build.owner_id == user.id {
        return Ok(true);
    }
    let owner = users::find(&mut facts.cx.tx, &build.owner_id.into()).await?;
    match owner.filter(users::User::is_group) {
        Some(group) => Ok(users::is_member(&mut facts.cx.tx, group.id, user.id).await?),
        None => Ok(false),
    }
}

pub(super) async fn is_draft(facts: &mut Facts<'_>) -> Outcome<bool> {
    if facts.data.contains_key("draft") {
        return Ok(facts.truth("draft"));
    }
    Ok(build(facts).await?.is_some_and(|b| b.draft))
}

pub(super) async fn source(facts: &mut Facts<'_>, patterns: &[String]) -> Outcome<bool> {
    if let Some(source) = facts.data.get("source") {
        return Ok(generic::matches_value(source, patterns));
    }
    let Some(build) = build(facts).await? else { return Ok(false) };
    let tx = &mut facts.cx.tx;
    if let Some(source) = policy_data::source_of_build(tx, build.id).await? {
        return Ok(matches_any(&source, patterns));
    }
    let Some(task) = build.task_id else { return Ok(false) };
    let Some((method, request)) = policy_data::task_request(tx, task).await? else { return Ok(false) };
    let request = tasks::decode_request(&request)?;
    let params = koji_api::tasks::params(&method, &request).map_err(|e| Fault::parameter(e.to_string()))?;
    let key = match method.as_str() {
        "indirectionimage" => return Ok(false),
        "winbuild" => "source_url",
        "wrapperRPM" => "spec_url",
        _ if params.contains_key("src") => "src",
        _ => "url",
    };
    match params.get(key) {
        Some(source) => Ok(matches_any(refs::to_str(source)?, patterns)),
        None => Ok(false),
    }
}
