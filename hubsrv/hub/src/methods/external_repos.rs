//! Repositories outside the build system, and the tags that use them.

use koji_api::Fault;
use koji_api::methods::{
    AddExternalRPM, AddExternalRepoToTag, CreateExternalRepo, DeleteExternalRepo, EditExternalRepo,
    EditTagExternalRepo, GetExternalRepo, GetExternalRepoList, GetTagExternalRepos, ListExternalRepos,
    RemoveExternalRepoFromTag,
};
use koji_api::types::{NameOrId, refs, repr};
use koji_db::external_repos::{self, ExternalRepo, TagLink};
use koji_db::names::{self, Table};
use koji_db::rpms::{self, External};
use koji_db::tags::Tag;
use koji_db::{Query, QueryOpts, Topic, Tx};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub const TABLE: &[Entry] = &[
    write!(AddExternalRPM, add_external_rpm),
    write!(AddExternalRepoToTag, add_external_repo_to_tag),
    write!(CreateExternalRepo, create_external_repo),
    write!(DeleteExternalRepo, delete_external_repo),
    write!(EditExternalRepo, edit_external_repo),
    write!(EditTagExternalRepo, edit_tag_external_repo),
    kept!(GetExternalRepo, get_external_repo),
    kept!(GetExternalRepoList, get_external_repo_list),
    kept!(GetTagExternalRepos, get_tag_external_repos),
    kept!(ListExternalRepos, list_external_repos),
    write!(RemoveExternalRepoFromTag, remove_external_repo_from_tag),
];

/// How a repository's packages are merged into a tag's: see newRepo.
const MERGE_MODES: &[&str] = &["koji", "simple", "bare"];

fn with_slash(url: &str) -> String {
    if url.ends_with('/') { url.to_owned() } else { format!("{url}/") }
}

async fn create_external_repo(cx: &mut Cx, call: CreateExternalRepo) -> Outcome<Struct> {
    let name = cx.hub.names.internal(&call.name)?;
    let url = with_slash(refs::to_str(&call.url)?);
    let tx = &mut cx.tx;
    if external_repos::get(tx, &name.into(), None).await?.is_some() {
        return Err(Fault::generic(format!("An external repo named \"{name}\" already exists")).into());
    }
    let id = external_repos::create(tx, name, &url).await?;
    Ok(ExternalRepo { id, name: name.to_owned(), url }.into())
}

async fn list_external_repos(_: &mut Cx, call: ListExternalRepos) -> Outcome<Query> {
    let which = NameOrId::maybe(&call.info)?;
    let url = if call.url.truthy() { Some(refs::to_str(&call.url)?) } else { None };
    let query = external_repos::list(which.as_ref(), url, refs::event(&call.event)?);
    Ok(query.options(&QueryOpts::from_value(&call.queryOpts)?)?)
}

async fn get_external_repo(cx: &mut Cx, call: GetExternalRepo) -> Outcome<Option<Struct>> {
    let event = refs::event(&call.event)?;
    if call.strict {
        return Ok(Some(lookup::external_repo(&mut cx.tx, &call.info, event).await?.into()));
    }
    let found = external_repos::get(&mut cx.tx, &NameOrId::from_value(&call.info)?, event).await?;
    Ok(found.map(Struct::from))
}

async fn edit_external_repo(cx: &mut Cx, call: EditExternalRepo) -> Outcome<()> {
    let repo = lookup::external_repo(&mut cx.tx, &call.info, None).await?;
    if call.name.truthy() && call.name.as_str() != Some(&repo.name) {
        let name = cx.hub.names.internal(&call.name)?;
        if let Some(taken) = names::find(&mut cx.tx, Table::ExternalRepo, &name.into()).await? {
            let text = format!("name \"{name}\" is already taken by external repo {}", taken.id);
            return Err(Fault::generic(text).into());
        }
        names::rename(&mut cx.tx, Table::ExternalRepo, repo.id, name).await?;
    }
    if call.url.truthy() && call.url.as_str() != Some(&repo.url) {
        external_repos::set_url(&mut cx.tx, repo.id, &with_slash(refs::to_str(&call.url)?)).await?;
        for tag in external_repos::tags_of(&mut cx.tx, repo.id).await? {
            cx.tx.announce(Topic::Tag(tag));
        }
    }
    Ok(())
}

async fn delete_external_repo(cx: &mut Cx, call: DeleteExternalRepo) -> Outcome<()> {
    let repo = lookup::external_repo(&mut cx.tx, &call.info, None).await?;
    for tag in external_repos::delete(&mut cx.tx, repo.id).await? {
        cx.tx.announce(Topic::Tag(tag));
    }
    Ok(())
}

async fn get_tag_external_repos(cx: &mut Cx, call: GetTagExternalRepos) -> Outcome<Query> {
    let event = refs::event(&call.event)?;
    let tags = match call.tag_info.truthy() {
        true => Some(vec![lookup::tag_id(&mut cx.tx, &call.tag_info).await?]),
        false => None,
    };
    let repo = match call.repo_info.truthy() {
        true => Some(lookup::external_repo(&mut cx.tx, &call.repo_info, event).await?.id),
        false => None,
    };
    Ok(external_repos::of_tags(tags, repo, event))
}

async fn get_external_repo_list(cx: &mut Cx, call: GetExternalRepoList) -> Outcome<Vec<Struct>> {
    let event = refs::event(&call.event)?;
    let tag = lookup::tag_at(&mut cx.tx, &call.tag_info, event).await?;
    Ok(external_repos::inherited(&mut cx.tx, tag.id, event).await?)
}

/// The repositories of a tag itself.
async fn links(tx: &mut Tx, tag: i64) -> Outcome<Vec<Value>> {
    let rows = tx.select(&external_repos::of_tags(Some(vec![tag]), None, None)).await?;
    Ok(rows.into_iter().map(Value::Struct).collect())
}

fn merge_mode(value: &Value) -> Result<String, Fault> {
    match value.as_str() {
        Some(mode) if MERGE_MODES.contains(&mode) => Ok(mode.to_owned()),
        _ => Err(Fault::generic(format!("No such merge mode: {}", repr::text(value)))),
    }
}

/// Upstream takes commas here, unlike elsewhere.
fn arches(value: &Value) -> Result<Option<String>, Fault> {
    match value {
        Value::Nil => Ok(None),
        Value::Str(text) => lookup::arches(&Value::Str(text.replace(',', " "))).map(Some),
        other => lookup::arches(other).map(Some),
    }
}

/// Checks that neither repository nor priority is there already, and links.
async fn link(tx: &mut Tx, tag: &Tag, repo: &ExternalRepo, link: &TagLink) -> Outcome<()> {
    let present = links(tx, tag.id).await?;
    if present.iter().any(|l| l.int_at("external_repo_id") == Some(repo.id)) {
        let text = format!("tag {} already associated with external repo {}", tag.name, repo.name);
        return Err(Fault::generic(text).into());
    }
    if present.iter().any(|l| l.int_at("priority") == Some(link.priority)) {
        return Err(Fault::generic(format!(
            "tag {} already associated with an external repo at priority {}",
            tag.name, link.priority
        ))
        .into());
    }
    external_repos::set_link(tx, tag.id, repo.id, link).await?;
    tx.announce(Topic::Tag(tag.id));
    Ok(())
}

async fn add_external_repo_to_tag(cx: &mut Cx, call: AddExternalRepoToTag) -> Outcome<()> {
    let merge_mode = match call.merge_mode {
        Value::Nil => "koji".to_owned(),
        mode => merge_mode(&mode)?,
    };
    let tx = &mut cx.tx;
    let tag = lookup::tag(tx, &call.tag_info).await?;
    let repo = lookup::external_repo(tx, &call.repo_info, None).await?;
    let arches = arches(&call.arches)?;
    let priority = refs::to_int(&call.priority)?;
    link(tx, &tag, &repo, &TagLink { priority, merge_mode, arches }).await
}

fn not_associated(tag: &Tag, repo: &ExternalRepo) -> Fault {
    Fault::generic(format!("external repo {} not associated with tag {}", repo.name, tag.name))
}

async fn remove_external_repo_from_tag(cx: &mut Cx, call: RemoveExternalRepoFromTag) -> Outcome<()> {
    let tx = &mut cx.tx;
    let tag = lookup::tag(tx, &call.tag_info).await?;
    let repo = lookup::external_repo(tx, &call.repo_info, None).await?;
    if external_repos::remove_link(tx, tag.id, repo.id).await? == 0 {
        return Err(not_associated(&tag, &repo).into());
    }
    tx.announce(Topic::Tag(tag.id));
    Ok(())
}

/// Answers whether anything changed.
async fn edit_tag_external_repo(cx: &mut Cx, call: EditTagExternalRepo) -> Outcome<bool> {
    let tx = &mut cx.tx;
    let tag = lookup::tag(tx, &call.tag_info).await?;
    let repo = lookup::external_repo(tx, &call.repo_info, None).await?;
    let present = links(tx, tag.id).await?;
    let current = present.iter().find(|l| l.int_at("external_repo_id") == Some(repo.id));
    let current = current.ok_or_else(|| not_associated(&tag, &repo))?;
    let old = TagLink {
        priority: current.int_at("priority").unwrap_or_default(),
        merge_mode: current.str_at("merge_mode").unwrap_or_default().to_owned(),
        arches: current.str_at("arches").map(str::to_owned),
    };
    let new = TagLink {
        priority: if call.priority.is_nil() { old.priority } else { refs::to_int(&call.priority)? },
        merge_mode: if call.merge_mode.is_nil() {
            old.merge_mode.clone()
        } else {
            merge_mode(&call.merge_mode)?
        },
        arches: arches(&call.arches)?.or_else(|| old.arches.clone()),
    };
    if new == old {
        return Ok(false);
    }
    external_repos::remove_link(tx, tag.id, repo.id).await?;
    link(tx, &tag, &repo, &new).await?;
    Ok(true)
}

/// Records an rpm that lies in an external repository.
async fn add_external_rpm(cx: &mut Cx, call: AddExternalRPM) -> Outcome<()> {
    let info = &call.rpminfo;
    let field = |key: &str| {
        info.get(key).ok_or_else(|| Fault::generic(format!("{key} field missing: {}", repr::repr(info))))
    };
    let invalid =
        |key: &str, v: &Value| Fault::generic(format!("Invalid value for {key}: {}", repr::repr(v)));
    let text =
        |key: &str| field(key).and_then(|v| v.as_str().map(str::to_owned).ok_or_else(|| invalid(key, v)));
    let int = |key: &str| field(key).and_then(|v| v.as_int().ok_or_else(|| invalid(key, v)));
    let (name, version, release) = (text("name")?, text("version")?, text("release")?);
    let epoch = if field("epoch")?.is_nil() { None } else { Some(int("epoch")?) };
    let (arch, payloadhash) = (text("arch")?, text("payloadhash")?);
    let (size, buildtime) = (int("size")?, int("buildtime")?);
    let repo = lookup::named_strict(&mut cx.tx, Table::ExternalRepo, &call.external_repo).await?;
    let shown = format!("{name}-{version}-{release}.{arch}@{}", repo.name);
    let rpm = External {
        external_repo_id: repo.id,
        name,
        version,
        release,
        epoch,
        arch,
        payloadhash,
        size,
        buildtime,
    };
    if call.strict && rpms::has_external(&mut cx.tx, &rpm).await? {
        return Err(Fault::generic(format!("external rpm already exists: {shown}")).into());
    }
    match rpms::add_external(&mut cx.tx, std::slice::from_ref(&rpm)).await? {
        Ok(_) => Ok(()),
        Err(conflict) => Err(Fault::generic(format!(
            "hash changed for external rpm: {shown} ({} -> {})",
            conflict.previous_hash, rpm.payloadhash
        ))
        .into()),
    }
}
