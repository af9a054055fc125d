//! When a build may be put into a tag or taken out of it, and doing so.

use koji_api::Fault;
use koji_api::types::BuildState;
use koji_db::builds::{self, Build};
use koji_db::tags::Tag;
use koji_db::{packages, tagging};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::methods::packages::{Put, put as put_package};
use crate::policy::{self, Question};

/// Puts a complete build into a tag. One that is in it already is a fault, or with `force` becomes the latest.
pub(crate) async fn put(cx: &mut Cx, tag: &Tag, build: &Build, force: bool) -> Outcome<()> {
    // nobody deletes it or tags it at the same time
    let state = builds::lock(&mut cx.tx, build.id).await?.unwrap_or(build.state);
    if state != BuildState::Complete {
        return Err(Fault::tag(format!("build {} not complete: state {state}", build.nvr())).into());
    }
    if !tagging::is_tagged(&mut cx.tx, tag.id, build.id).await? {
        return Ok(tagging::tag(&mut cx.tx, tag.id, build.id).await?);
    }
    if !force {
        return Err(Fault::tag(format!("build {} already tagged ({})", build.nvr(), tag.name)).into());
    }
    Ok(tagging::retag(&mut cx.tx, tag.id, build.id).await?)
}

/// Takes a build out of a tag. With `strict` it has to be in it.
pub(crate) async fn take(cx: &mut Cx, tag: &Tag, build: &Build, strict: bool) -> Outcome<()> {
    let was_in = tagging::untag(&mut cx.tx, tag.id, build.id).await?;
    if strict && !was_in {
        return Err(Fault::tag(format!("build {} not in tag {}", build.nvr(), tag.name)).into());
    }
    Ok(())
}

/// The package has to be on the tag's list and not blocked; an admin's `force` puts it there. `shown` is how the fault calls
/// the tag.
pub(crate) async fn require_listed(
    cx: &mut Cx,
    tag: &Tag,
    package: (i64, &str),
    force: bool,
    shown: &str,
) -> Outcome<()> {
    let (id, name) = package;
    let problem = match packages::entry(&mut cx.tx, tag.id, id, None).await? {
        None => format!("Package {name} not in list for {shown}"),
        Some(entry) if entry.blocked => format!("Package {name} blocked in {shown}"),
        Some(_) => return Ok(()),
    };
    if !force || !cx.is_admin() {
        return Err(Fault::tag(problem).into());
    }
    let wish = Put {
        tag: Value::Int(tag.id),
        package: Value::Int(id),
        block: Some(false),
        force: true,
        policy: true,
        ..Put::default()
    };
    put_package(cx, wish).await
}

/// The policy `tag` has to allow the operation: tagging without `from`, untagging without `to`, else moving.
pub(crate) async fn require_policy(
    cx: &mut Cx,
    to: Option<&Value>,
    from: Option<&Value>,
    build: i64,
    user: Option<i64>,
    force: bool,
) -> Outcome<()> {
    let operation = match (to, from) {
        (None, _) => "untag",
        (Some(_), None) => "tag",
        (Some(_), Some(_)) => "move",
    };
    let mut data: Struct = [
        ("tag", to.cloned().unwrap_or_default()),
        ("build", Value::Int(build)),
        ("fromtag", from.cloned().unwrap_or_default()),
        ("operation", operation.into()),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect();
    if let Some(user) = user {
        data.insert("user_id".into(), user.into());
    }
    policy::require(cx, Question::new("tag").force(force), data).await
}
