//! What a tag holds.

use koji_api::Fault;
use koji_api::methods::{GetLatestBuilds, GetLatestRPMS, ListTagged, ListTaggedRPMS, UntaggedBuilds};
use koji_api::types::{NameOrId, refs};
use koji_db::tagging::{self, Rpms, TaggedFilter};
use koji_db::{Query, QueryOpts, Tx, tags};
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::methods::builds::kind;
use crate::reply::Reply;
use crate::{filters, lookup};

/// The id of a tag that existed at the event; `None` when it did not, unless that is a fault.
pub(crate) async fn tag_at(
    tx: &mut Tx,
    info: &Value,
    event: Option<i64>,
    strict: bool,
) -> Outcome<Option<i64>> {
    let found = tags::get(tx, &NameOrId::from_value(info)?, event).await?;
    match found {
        None if strict => Err(lookup::no_such_tag(info).into()),
        found => Ok(found.map(|tag| tag.id)),
    }
}

/// The id of a tag by id, whether there is one or not, or by name.
async fn tag_id(tx: &mut Tx, info: &Value) -> Outcome<i64> {
    match info {
        Value::Int(id) => Ok(*id),
        other => lookup::tag_id(tx, other).await,
    }
}

fn nothing() -> Reply {
    Reply::Value(Value::Array(Vec::new()))
}

pub(super) async fn list_tagged(cx: &mut Cx, call: ListTagged) -> Outcome<Reply> {
    let event = refs::event(&call.event)?;
    let Some(tag) = tag_at(&mut cx.tx, &call.tag, event, call.strict).await? else { return Ok(nothing()) };
    let filter = TaggedFilter {
        event,
        inherit: call.inherit,
        latest: filters::latest(&call.latest),
        package: filters::text_or_empty(&call.package),
        prefix: filters::text_or_empty(&call.prefix),
        owner: filters::text_or_empty(&call.owner),
        kind: kind(&mut cx.tx, &call.r#type).await?,
        draft: filters::flag(&call.draft),
    };
    let chosen = tagging::select(&mut cx.tx, tag, &filter).await?;
    Ok(tagging::builds(&chosen, filter.kind, call.extra).into())
}

pub(super) async fn get_latest_builds(cx: &mut Cx, call: GetLatestBuilds) -> Outcome<Query> {
    let tag = tag_id(&mut cx.tx, &call.tag).await?;
    let filter = TaggedFilter {
        event: refs::event(&call.event)?,
        inherit: true,
        latest: Some(1),
        package: filters::text_or_empty(&call.package),
        kind: kind(&mut cx.tx, &call.r#type).await?,
        draft: filters::flag(&call.draft),
        ..TaggedFilter::default()
    };
    let chosen = tagging::select(&mut cx.tx, tag, &filter).await?;
    Ok(tagging::builds(&chosen, filter.kind, false))
}

pub(super) async fn list_tagged_rpms(cx: &mut Cx, call: ListTaggedRPMS) -> Outcome<Reply> {
    let event = refs::event(&call.event)?;
    let Some(tag) = tag_at(&mut cx.tx, &call.tag, event, call.strict).await? else { return Ok(nothing()) };
    let filter = TaggedFilter {
        event,
        inherit: call.inherit,
        latest: filters::latest(&call.latest),
        package: filters::text_or_empty(&call.package),
        owner: filters::text_or_empty(&call.owner),
        kind: kind(&mut cx.tx, &call.r#type).await?,
        draft: filters::flag(&call.draft),
        ..TaggedFilter::default()
    };
    let want = Rpms { arches: arches(&call.arch)?, signatures: call.rpmsigs, extra: call.extra };
    rpms_and_builds(&mut cx.tx, tag, &filter, &want).await
}

pub(super) async fn get_latest_rpms(cx: &mut Cx, call: GetLatestRPMS) -> Outcome<Reply> {
    let tag = tag_id(&mut cx.tx, &call.tag).await?;
    let filter = TaggedFilter {
        event: refs::event(&call.event)?,
        inherit: true,
        latest: Some(1),
        package: filters::text_or_empty(&call.package),
        kind: kind(&mut cx.tx, &call.r#type).await?,
        draft: filters::flag(&call.draft),
        ..TaggedFilter::default()
    };
    let want = Rpms { arches: arches(&call.arch)?, signatures: call.rpmsigs, extra: true };
    rpms_and_builds(&mut cx.tx, tag, &filter, &want).await
}

fn arches(arch: &Value) -> Result<Option<Vec<String>>, Fault> {
    if !arch.truthy() {
        return Ok(None);
    }
    filters::arches(arch, |class| Fault::generic(format!("Invalid type for arch option: {class}")))
}

async fn rpms_and_builds(tx: &mut Tx, tag: i64, filter: &TaggedFilter, want: &Rpms) -> Outcome<Reply> {
    let chosen = tagging::select(tx, tag, filter).await?;
    Ok(Reply::Lists(vec![tagging::rpms(&chosen, want), tagging::builds(&chosen, filter.kind, false)]))
}

pub(super) async fn untagged_builds(_: &mut Cx, call: UntaggedBuilds) -> Outcome<Query> {
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    Ok(tagging::untagged(filters::text(&call.name), filters::flag(&call.draft), &opts)?)
}
