//! Finding the record that an argument names, with the faults that clients know when there is none.

use koji_api::types::{NameOrId, RpmRef, refs, repr};
use koji_api::{Fault, types::BuildRef};
use koji_db::builds::Build;
use koji_db::external_repos::ExternalRepo;
use koji_db::hosts::Host;
use koji_db::names::{self, Named, Table};
use koji_db::rpms::RpmKey;
use koji_db::tags::Tag;
use koji_db::targets::Target;
use koji_db::users::{User, UserRef};
use koji_db::{Tx, builds, external_repos, hosts, tags, targets, users};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;

/// The entry of a table of names, if there is one.
pub async fn named(tx: &mut Tx, table: Table, info: &Value) -> Outcome<Option<Named>> {
    Ok(names::find(tx, table, &NameOrId::from_value(info)?).await?)
}

/// The entry of a table of names.
pub async fn named_strict(tx: &mut Tx, table: Table, info: &Value) -> Outcome<Named> {
    let found = named(tx, table, info).await?;
    Ok(found.ok_or_else(|| {
        Fault::generic(format!("No such entry in table {}: {}", table.name(), repr::text(info)))
    })?)
}

/// The id of a tag, deleted ones included.
pub async fn tag_id(tx: &mut Tx, info: &Value) -> Outcome<i64> {
    Ok(named_strict(tx, Table::Tag, info).await?.id)
}

/// A tag that exists now.
pub async fn tag(tx: &mut Tx, info: &Value) -> Outcome<Tag> {
    tag_at(tx, info, None).await
}

/// A tag that existed at the event.
pub async fn tag_at(tx: &mut Tx, info: &Value, event: Option<i64>) -> Outcome<Tag> {
    let found = tags::get(tx, &NameOrId::from_value(info)?, event).await?;
    Ok(found.ok_or_else(|| no_such_tag(info))?)
}

/// A tag, if it existed at the event.
pub async fn find_tag(tx: &mut Tx, info: &Value, event: Option<i64>) -> Outcome<Option<Tag>> {
    Ok(tags::get(tx, &NameOrId::from_value(info)?, event).await?)
}

/// A build target, if it existed at the event.
pub async fn find_target(tx: &mut Tx, info: &Value, event: Option<i64>) -> Outcome<Option<Target>> {
    Ok(targets::get(tx, &NameOrId::from_value(info)?, event).await?)
}

/// A build target that exists now.
pub async fn target(tx: &mut Tx, info: &Value) -> Outcome<Target> {
    let found = find_target(tx, info, None).await?;
    Ok(found.ok_or_else(|| Fault::generic(format!("No such build target: {}", repr::text(info))))?)
}

/// The tag as it is, or as it was before it was deleted.
pub async fn tag_even_deleted(tx: &mut Tx, info: &Value) -> Outcome<Tag> {
    let found = tags::get_even_deleted(tx, &NameOrId::from_value(info)?).await?;
    Ok(found.ok_or_else(|| no_such_tag(info))?)
}

pub fn no_such_tag(info: &Value) -> Fault {
    Fault::generic(format!("No such tagInfo: {}", repr::repr(info)))
}

pub async fn external_repo(tx: &mut Tx, info: &Value, event: Option<i64>) -> Outcome<ExternalRepo> {
    let found = external_repos::get(tx, &NameOrId::from_value(info)?, event).await?;
    Ok(found.ok_or_else(|| Fault::generic(format!("No such repo: {}", repr::text(info))))?)
}

pub async fn host(tx: &mut Tx, info: &Value, event: Option<i64>) -> Outcome<Option<Host>> {
    Ok(hosts::get(tx, &NameOrId::from_value(info)?, event).await?)
}

/// How an argument names a user.
pub fn user_ref(info: &Value) -> Result<UserRef, Fault> {
    match info {
        Value::Int(_) | Value::Bool(_) => Ok(UserRef::Id(refs::to_int(info)?)),
        Value::Str(text) => Ok(UserRef::Text(text.clone())),
        Value::Struct(members) => {
            let wrong = |what: &str, v: &Value| {
                Fault::generic(format!("Invalid type for {what}: {}", repr::class(v)))
            };
            let id = match members.get("id") {
                None | Some(Value::Nil) => None,
                Some(v) => Some(v.as_int().ok_or_else(|| wrong("userid", v))?),
            };
            let text = |key: &str, what: &str| match members.get(key) {
                Some(v) if v.truthy() => v.as_str().map(|s| Some(s.to_owned())).ok_or_else(|| wrong(what, v)),
                _ => Ok(None),
            };
            let (name, principal) = (text("name", "username")?, text("krb_principal", "krb_principal")?);
            Ok(UserRef::Parts { id, name, principal })
        }
        other => Err(Fault::generic(format!("Invalid type for userInfo: {}", repr::class(other)))),
    }
}

/// A user, host account or group, if there is one.
pub async fn find_user(tx: &mut Tx, info: &Value) -> Outcome<Option<User>> {
    Ok(users::find(tx, &user_ref(info)?).await?)
}

/// A user, host account or group.
pub async fn user(tx: &mut Tx, info: &Value) -> Outcome<User> {
    let found = find_user(tx, info).await?;
    Ok(found.ok_or_else(|| Fault::generic(format!("No such user: {}", repr::repr(info))))?)
}

/// The user an argument names; nil is the caller.
pub async fn user_or_caller(cx: &mut Cx, info: &Value) -> Outcome<User> {
    if !info.is_nil() {
        return user(&mut cx.tx, info).await;
    }
    match &cx.session {
        Some(session) => user(&mut cx.tx, &Value::Int(session.user_id)).await,
        None => Err(Fault::generic("No user provided").into()),
    }
}

/// A build, if there is one.
pub async fn find_build(tx: &mut Tx, info: &Value) -> Outcome<Option<Build>> {
    let Some(id) = builds::find(tx, &BuildRef::from_value(info)?).await? else { return Ok(None) };
    Ok(builds::get(tx, id).await?.as_ref().and_then(Build::from_struct))
}

/// A build.
pub async fn build(tx: &mut Tx, info: &Value) -> Outcome<Build> {
    let found = find_build(tx, info).await?;
    Ok(found.ok_or_else(|| Fault::generic(format!("No such build: {}", repr::repr(info))))?)
}

/// Arches as stored: separated by single spaces; nil is empty.
pub fn arches(value: &Value) -> Result<String, Fault> {
    let words: Vec<String> = match value {
        Value::Nil => Vec::new(),
        Value::Str(text) => {
            koji_rpm::arch::parse_arches_strict(text).map_err(|e| Fault::generic(e.to_string()))?
        }
        Value::Array(items) => {
            let texts: Result<Vec<&str>, Fault> = items.iter().map(refs::to_str).collect();
            let one_each = |text: &&str| koji_rpm::arch::parse_arches_strict(text);
            let parsed: Result<Vec<_>, _> = texts?.iter().map(one_each).collect();
            parsed.map_err(|e| Fault::generic(e.to_string()))?.concat()
        }
        other => return Err(refs::wrong_type(other, "str")),
    };
    Ok(words.join(" "))
}

/// All rpms that an argument fits, the preferred one first.
pub async fn rpms(tx: &mut Tx, info: &Value) -> Outcome<Vec<Struct>> {
    let key = RpmRef::from_value(info)?;
    let key = match &key {
        RpmRef::Id(id) => RpmKey::Id(*id),
        RpmRef::Nvra { name, version, release, arch, location } => RpmKey::Nvra {
            name,
            version,
            release,
            arch,
            external_repo: match location {
                Some(repo) => Some(named_strict(tx, Table::ExternalRepo, repo).await?.id),
                None => None,
            },
        },
    };
    Ok(koji_db::rpms::find(tx, key).await?)
}
