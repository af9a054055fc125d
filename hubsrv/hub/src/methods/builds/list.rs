//! `listBuilds`.

use koji_api::Fault;
use koji_api::methods::ListBuilds;
use koji_api::types::{NameOrId, repr};
use koji_db::builds::{self, BuildFilter, BuildKind};
use koji_db::names::{self, Table};
use koji_db::search::glob_pattern;
use koji_db::{QueryOpts, Tx};
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::reply::Reply;
use crate::{filters, lookup};

pub async fn list_builds(cx: &mut Cx, call: ListBuilds) -> Outcome<Reply> {
    let tx = &mut cx.tx;
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    let mut filter = BuildFilter {
        volume: filters::int(&call.volumeID)?,
        state: filters::int(&call.state)?,
        source: filters::text(&call.source).map(|s| glob_pattern(&s)),
        prefix: filters::text_or_empty(&call.prefix).map(|p| format!("{p}%")),
        pattern: filters::text_or_empty(&call.pattern).map(|p| glob_pattern(&p)),
        created_before: filters::time(&call.createdBefore)?,
        created_after: filters::time(&call.createdAfter)?,
        completed_before: filters::time(&call.completeBefore)?,
        completed_after: filters::time(&call.completeAfter)?,
        promoted_before: filters::time(&call.promotedBefore)?,
        promoted_after: filters::time(&call.promotedAfter)?,
        draft: filters::flag(&call.draft),
        ..BuildFilter::default()
    };
    match filters::int(&call.taskID)? {
        Some(-1) => filter.any_task = true,
        task => filter.task = task,
    }
    // somebody or something that does not exist has no builds
    let nothing = || Ok(Reply::Value(Value::Array(Vec::new())));
    if !call.packageID.is_nil() {
        match lookup::named(tx, Table::Package, &call.packageID).await? {
            Some(package) => filter.package = Some(package.id),
            None => return nothing(),
        }
    }
    if !call.userID.is_nil() {
        match lookup::find_user(tx, &call.userID).await? {
            Some(user) => filter.owner = Some(user.id),
            None => return nothing(),
        }
    }
    if !call.promoter.is_nil() {
        match lookup::find_user(tx, &call.promoter).await? {
            Some(user) => filter.promoter = Some(user.id),
            None => return nothing(),
        }
    }
    if call.cgID.truthy() {
        match lookup::named(tx, Table::ContentGenerator, &call.cgID).await? {
            Some(cg) => filter.cg = Some(cg.id),
            None => return nothing(),
        }
    }
    filter.kind = kind(tx, &call.r#type).await?;
    of_kind(&mut filter, &call.typeInfo)?;
    Ok(builds::list(filter, &opts)?.into())
}

/// The kind of build that a `type` argument names; nil is any.
pub async fn kind(tx: &mut Tx, name: &Value) -> Outcome<Option<BuildKind>> {
    let name = match NameOrId::maybe(name)? {
        None => return Ok(None),
        Some(NameOrId::Name(name)) => name,
        Some(id) => match names::find(tx, Table::BType, &id).await? {
            Some(found) => found.name,
            None => repr::text(name),
        },
    };
    match builds::find_kind(tx, &name).await? {
        Some(kind) => Ok(Some(kind)),
        None => Err(Fault::generic(format!("unsupported build type: {name}")).into()),
    }
}

fn of_kind(filter: &mut BuildFilter, info: &Value) -> Result<(), Fault> {
    if !info.truthy() {
        return Ok(());
    }
    let part = |key: &str| info.get(key).and_then(filters::text);
    match filter.kind {
        Some(BuildKind::Maven) => {
            filter.maven_group = part("group_id");
            filter.maven_artifact = part("artifact_id");
            filter.maven_version = part("version");
        }
        Some(BuildKind::Win) => {
            let platform = part("platform");
            filter.platform =
                Some(platform.ok_or_else(|| Fault::internal("<class 'KeyError'>: 'platform'"))?);
        }
        _ => {}
    }
    Ok(())
}
