//! Side tags: tags with a target of the same name that users make for themselves, below a tag that the policy
//! `sidetag` allows. Upstream's plugin of that name.

use koji_api::Fault;
use koji_api::methods::{CreateSideTag, EditSideTag, ListSideTags, RemoveSideTag};
use koji_api::types::{refs, repr};
use koji_db::tags::{Config, Tag};
use koji_db::{QueryOpts, inheritance, sidetags, targets};
use koji_policy::matches_any;
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use super::tags::{NewTag, TagEdit, apply, create, delete};
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::policy::{self, Question};
use crate::reply::Reply;

pub const TABLE: &[Entry] = &[
    write!(CreateSideTag, create_side_tag),
    write!(EditSideTag, edit_side_tag),
    read!(ListSideTags, list_side_tags),
    write!(RemoveSideTag, remove_side_tag),
];

/// The suffixes that names of side tags may get. Upstream's plugin has a configuration file for them and allows none without.
const SUFFIXES: &[&str] = &[];

async fn create_side_tag(cx: &mut Cx, call: CreateSideTag) -> Outcome<Struct> {
    let suffix = match &call.suffix {
        suffix if !suffix.truthy() => None,
        suffix => match suffix.as_str().filter(|s| SUFFIXES.contains(s)) {
            Some(suffix) => Some(suffix),
            None => {
                let text = format!("{} suffix is not allowed for sidetag", repr::text(suffix));
                return Err(Fault::generic(text).into());
            }
        },
    };
    let session = cx.session()?.clone();
    let base = lookup::tag(&mut cx.tx, &call.basetag).await?;
    let number = sidetags::count_of(&mut cx.tx, session.user_id).await?;
    let data = Struct::from_iter([
        ("tag".to_owned(), Value::Int(base.id)),
        ("number_of_tags".to_owned(), Value::Int(number)),
    ]);
    policy::require(cx, Question::new("sidetag"), data).await?;

    let tx = &mut cx.tx;
    let mut name = format!("{}-side-{}", base.name, sidetags::next_tag_id(tx).await?);
    if let Some(suffix) = suffix {
        name = format!("{name}-{suffix}");
    }
    cx.hub.names.internal(&name.as_str().into())?;
    let mut extra = Struct::from_iter([
        ("sidetag".to_owned(), Value::Bool(true)),
        ("sidetag_user".to_owned(), session.user_name.into()),
        ("sidetag_user_id".to_owned(), Value::Int(session.user_id)),
    ]);
    if call.debuginfo {
        extra.insert("with_debuginfo".into(), true.into());
    }
    let config = Config {
        // its own, so that it keeps them when the base tag's change
        arches: Some(base.arches.unwrap_or_default()),
        perm_id: None,
        locked: false,
        maven_support: false,
        maven_include_all: false,
    };
    let id = create(tx, &NewTag { name: &name, config, extra: Value::Struct(extra), parent: Some(base.id) })
        .await?;
    targets::create(tx, &name, id, id).await?;
    let answer = [("name", name.into()), ("id", id.into()), ("task_id", Value::Nil), ("request", Value::Nil)];
    Ok(answer.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
}

/// A side tag that the caller may change: its owner or an admin.
async fn own(cx: &mut Cx, info: &Value) -> Outcome<Tag> {
    let caller = cx.user_id()?;
    let tag = lookup::tag(&mut cx.tx, info).await?;
    if !tag.extra.get("sidetag").is_some_and(Value::truthy) {
        return Err(Fault::generic(format!("Not a sidetag: {}", tag.name)).into());
    }
    let owner = tag.extra.get("sidetag_user_id").and_then(Value::as_int);
    match owner == Some(caller) || cx.is_admin() {
        true => Ok(tag),
        false => Err(Fault::not_allowed("This is not your sidetag").into()),
    }
}

async fn remove_side_tag(cx: &mut Cx, call: RemoveSideTag) -> Outcome<()> {
    let tag = own(cx, &call.sidetag).await?;
    let tx = &mut cx.tx;
    let target = targets::get(tx, &tag.name.as_str().into(), None).await?;
    let target = target.ok_or_else(|| Fault::generic("Target is missing for sidetag"))?;
    if target.build_tag != tag.id || target.dest_tag != tag.id {
        return Err(Fault::generic("Target does not match sidetag").into());
    }
    targets::delete(tx, target.id).await?;
    delete(tx, tag.id).await
}

async fn list_side_tags(cx: &mut Cx, call: ListSideTags) -> Outcome<Reply> {
    let user = match &call.user {
        Value::Nil => None,
        user => Some(lookup::user(&mut cx.tx, user).await?.id),
    };
    let base = match &call.basetag {
        Value::Nil => None,
        tag => Some(lookup::tag(&mut cx.tx, tag).await?.id),
    };
    Ok(sidetags::list(base, user).options(&QueryOpts::from_value(&call.queryOpts)?)?.into())
}

/// What a side tag's base tag lets its owner change.
async fn base_of(cx: &mut Cx, tag: &Tag) -> Outcome<Tag> {
    let links = inheritance::links(&mut cx.tx, tag.id, None).await?;
    let parent = links.first().ok_or_else(|| {
        Fault::generic(format!("sidetag {} inherits from no tag any more; it cannot be edited", tag.name))
    })?;
    lookup::tag(&mut cx.tx, &Value::Int(parent.parent_id)).await
}

/// Globs of the rpm macros that side tags may set.
fn allowed_macros(base: &Tag) -> Result<Vec<String>, Fault> {
    let globs = match base.extra.get("sidetag_rpm_macros_allowed") {
        None | Some(Value::Nil) => Vec::new(),
        Some(Value::Str(text)) => text.split_whitespace().map(str::to_owned).collect(),
        Some(list @ Value::Array(items)) => {
            let texts: Option<Vec<String>> = items.iter().map(|v| v.as_str().map(str::to_owned)).collect();
            texts.ok_or_else(|| {
                let list = repr::repr(list);
                Fault::generic(format!("Allowed rpm macro list {list} is invalid for {}.", base.name))
            })?
        }
        Some(other) => {
            return Err(Fault::generic(format!(
                "rpm_macros_allowed in {} has invalid type: {}",
                base.name,
                repr::class(other)
            )));
        }
    };
    match globs.is_empty() {
        true => Err(Fault::generic("RPM macros change is not allowed in parent tag.")),
        false => Ok(globs),
    }
}

fn check_macro(name: &str, allowed: &[String]) -> Result<(), Fault> {
    match matches_any(name, allowed) {
        true => Ok(()),
        false => Err(Fault::generic(format!("RPM macro {name} editing is not allowed via parent tag"))),
    }
}

/// As rpm names macros: at least two characters, a letter or underscore first.
fn is_macro_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.next().is_some()
}

fn macro_key(name: &str) -> String {
    format!("rpm.macro.{name}")
}

async fn edit_side_tag(cx: &mut Cx, call: EditSideTag) -> Outcome<()> {
    let tag = own(cx, &call.sidetag).await?;
    let wants_extra = !call.extra.is_nil() || !call.remove_extra.is_nil();
    if wants_extra && !cx.has_perm("sidetag_admin") && !cx.is_admin() {
        return Err(
            Fault::generic("Extra can be modified only with sidetag_admin or admin permissions.").into()
        );
    }
    let mut edit = TagEdit::default();
    match call.extra {
        Value::Nil => {}
        Value::Struct(extra) => edit.extra = extra,
        other => return Err(refs::wrong_type(&other, "dict").into()),
    }
    edit.remove_extra = names(&call.remove_extra)?;
    let base = base_of(cx, &tag).await?;
    if !call.debuginfo.is_nil() {
        if !base.extra.get("sidetag_debuginfo_allowed").is_some_and(Value::truthy) {
            return Err(Fault::generic("Debuginfo setting is not allowed in parent tag.").into());
        }
        edit.extra.insert("with_debuginfo".into(), call.debuginfo.truthy().into());
    }
    let allowed = match call.rpm_macros.truthy() || call.remove_rpm_macros.truthy() {
        true => allowed_macros(&base)?,
        false => Vec::new(),
    };
    match call.rpm_macros {
        Value::Nil => {}
        Value::Struct(macros) => {
            for (name, value) in macros {
                if !is_macro_name(&name) {
                    let name = repr::repr(&name.into());
                    return Err(Fault::generic(format!("Invalid macro name {name}")).into());
                }
                check_macro(&name, &allowed)?;
                edit.extra.insert(macro_key(&name), value);
            }
        }
        other => return Err(refs::wrong_type(&other, "dict").into()),
    }
    for name in names(&call.remove_rpm_macros)? {
        check_macro(&name, &allowed)?;
        edit.remove_extra.push(macro_key(&name));
    }
    apply(&mut cx.tx, &tag, &edit).await
}

fn names(value: &Value) -> Result<Vec<String>, Fault> {
    match value {
        Value::Nil => Ok(Vec::new()),
        Value::Array(items) => items.iter().map(|v| refs::to_str(v).map(str::to_owned)).collect(),
        other => Err(refs::wrong_type(other, "list")),
    }
}
