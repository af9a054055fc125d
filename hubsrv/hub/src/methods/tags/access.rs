//! Who may tag: locks and permissions of tags.

use koji_api::Fault;
use koji_api::methods::CheckTagAccess;
use koji_api::types::refs;
use koji_db::tags::Tag;
use koji_db::users;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

/// Whether a user may tag builds with a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TagAccess {
    pub allowed: bool,
    /// A refusal can be overridden with `force`: by admins.
    pub can_force: bool,
    /// Why not; empty when allowed.
    pub reason: String,
}

/// A locked tag takes nothing; one with a permission only from those who hold exactly that permission.
async fn access(cx: &mut Cx, tag: &Tag, user: i64) -> Outcome<TagAccess> {
    let perms = users::perms(&mut cx.tx, user, true).await?;
    let holds = |perm: &str| perms.iter().any(|p| p == perm);
    let reason = match &tag.perm {
        _ if tag.locked => "tag is locked".to_owned(),
        Some(perm) if !holds(perm) => format!("tag requires {perm} permission"),
        _ => String::new(),
    };
    Ok(TagAccess { allowed: reason.is_empty(), can_force: holds("admin"), reason })
}

/// A fault unless the user may tag, or may force it and wants to.
pub(crate) async fn require_access(cx: &mut Cx, tag: &Tag, user: i64, force: bool) -> Outcome<()> {
    let access = access(cx, tag, user).await?;
    match access.allowed || (access.can_force && force) {
        true => Ok(()),
        false => Err(Fault::not_allowed(access.reason).into()),
    }
}

pub(super) async fn check_tag_access(cx: &mut Cx, call: CheckTagAccess) -> Outcome<Vec<Value>> {
    let user = match (&call.user_id, &cx.session) {
        (Value::Nil, Some(session)) => session.user_id,
        (Value::Nil, None) => return Err(Fault::generic("a user_id is required").into()),
        (id, _) => refs::to_int(id)?,
    };
    let tag = lookup::tag(&mut cx.tx, &call.tag_id).await?;
    let access = access(cx, &tag, user).await?;
    Ok(vec![access.allowed.into(), access.can_force.into(), access.reason.into()])
}
