//! Tasks that send mail about builds. None is made when nobody is to be written to, or notifications are switched off.

use koji_api::types::{BuildState, NameOrId, UserStatus, UserType};
use koji_db::builds::{self, Build};
use koji_db::notifications::About;
use koji_db::recipients::{self, Recipient};
use koji_db::tasks::decode_request;
use koji_db::users::UserRef;
use koji_db::{packages, tags, targets, tasks as db_tasks, users};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::tasks::{self, TaskOptions};

/// Tells about a build that a task finished, failed or lost.
pub async fn build(cx: &mut Cx, task: Option<i64>, id: i64) -> Outcome<()> {
    if cx.hub.settings().disable_notifications {
        return Ok(());
    }
    let Some(row) = builds::get(&mut cx.tx, id).await? else { return Ok(()) };
    let Some(build) = Build::from_struct(&row) else { return Ok(()) };
    let target = target_of(cx, task).await?;
    let dest_tag = target.as_ref().and_then(|t| t.get("dest_tag")).and_then(Value::as_int);
    let to = recipients_of(cx, &build, dest_tag, build.state).await?;
    if to.is_empty() {
        return Ok(());
    }
    let web = cx.hub.settings().koji_web_url.clone();
    let args = vec![to.into(), row.into(), target.map_or(Value::Nil, Value::Struct), web.into()];
    tasks::make(cx, "buildNotification", args, TaskOptions::default()).await.map(drop)
}

/// A tagging, moving or untagging that succeeded or did not.
#[derive(Debug, Clone)]
pub struct Tagging {
    pub successful: bool,
    pub tag: Option<i64>,
    pub from: Option<i64>,
    pub build: i64,
    pub user: Option<i64>,
    pub ignore_success: bool,
    pub failure: String,
}

/// Tells about a tagging.
pub async fn tagging(cx: &mut Cx, what: Tagging) -> Outcome<()> {
    if cx.hub.settings().disable_notifications || (what.successful && what.ignore_success) {
        return Ok(());
    }
    let Some(build) = builds::get(&mut cx.tx, what.build).await?.as_ref().and_then(Build::from_struct) else {
        return Ok(());
    };
    let state = if what.successful { BuildState::Complete } else { BuildState::Failed };
    let mut to: Vec<String> = Vec::new();
    for tag in [what.tag, what.from].into_iter().flatten() {
        if tags::get(&mut cx.tx, &NameOrId::Id(tag), None).await?.is_some() {
            let more = recipients_of(cx, &build, Some(tag), state).await?;
            to.extend(more.into_iter().filter(|email| !to.contains(email)).collect::<Vec<_>>());
        }
    }
    if to.is_empty() {
        return Ok(());
    }
    let args = vec![
        to.into(),
        what.successful.into(),
        what.tag.into(),
        what.from.into(),
        what.build.into(),
        what.user.into(),
        what.ignore_success.into(),
        what.failure.into(),
    ];
    tasks::make(cx, "tagNotification", args, TaskOptions::default()).await.map(drop)
}

/// The target of a build task.
async fn target_of(cx: &mut Cx, task: Option<i64>) -> Outcome<Option<Struct>> {
    let Some(id) = task else { return Ok(None) };
    let Some(task) = db_tasks::find(&mut cx.tx, id).await? else { return Ok(None) };
    let position = match task.method.as_str() {
        "build" | "maven" => 1,
        "winbuild" => 2,
        _ => return Ok(None),
    };
    let request = decode_request(&task.request)?;
    let Some(name) = request.get(position).filter(|t| t.truthy()) else { return Ok(None) };
    let Ok(which) = NameOrId::from_value(name) else { return Ok(None) };
    let filter = targets::Filter { which: Some(which), ..targets::Filter::default() };
    Ok(cx.tx.select_one(&targets::list(&filter, None)).await?)
}

/// Addresses, each once: subscribers, who made the build and who owns the package, without those who do not want it.
async fn recipients_of(
    cx: &mut Cx,
    build: &Build,
    tag: Option<i64>,
    state: BuildState,
) -> Outcome<Vec<String>> {
    let about = About { package: Some(build.package_id), tag };
    let complete = state == BuildState::Complete;
    let mut found = recipients::subscribers(&mut cx.tx, about, complete).await?;
    let (domain, on_success) = (cx.hub.settings().email_domain.clone(), cx.hub.settings().notify_on_success);
    if on_success || !complete {
        let domain = domain.unwrap_or_default();
        let address = |id: i64, name: &str| Recipient { user_id: id, email: format!("{name}@{domain}") };
        if let Some(owner) = users::find(&mut cx.tx, &UserRef::Id(build.owner_id)).await? {
            found.push(address(owner.id, &owner.name));
        }
        if let Some(tag) = tag
            && let Some(entry) = packages::entry(&mut cx.tx, tag, build.package_id, None).await?
            && !entry.blocked
            && let Some(id) = entry.owner_id()
            && let Some(owner) = users::find(&mut cx.tx, &UserRef::Id(id)).await?
            && owner.status == UserStatus::Normal.code()
            && owner.usertype == UserType::Normal.code()
        {
            found.push(address(owner.id, &owner.name));
        }
    }
    let ids = found.iter().map(|r| r.user_id).collect();
    let refuse = recipients::blocking(&mut cx.tx, ids, about).await?;
    let mut emails: Vec<String> = Vec::new();
    for recipient in found {
        if !refuse.contains(&recipient.user_id) && !emails.contains(&recipient.email) {
            emails.push(recipient.email);
        }
    }
    Ok(emails)
}
