//! Points in history, and when tags changed.

use koji_api::Fault;
use koji_api::methods::{
    GetEvent, GetLastEvent, TagChangedSinceEvent, TagFirstChangeEvent, TagLastChangeEvent,
};
use koji_api::types::{refs, repr};
use koji_db::{events, tag_changes};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub const TABLE: &[Entry] = &[
    read!(GetEvent, get_event),
    read!(GetLastEvent, get_last_event),
    read!(TagChangedSinceEvent, tag_changed_since_event),
    read!(TagFirstChangeEvent, tag_first_change_event),
    read!(TagLastChangeEvent, tag_last_change_event),
];

async fn get_event(cx: &mut Cx, call: GetEvent) -> Outcome<Option<Struct>> {
    let (id, strict) = (refs::to_int(&call.id)?, refs::to_bool(&call.strict)?);
    one(events::get(&mut cx.tx, id).await?, strict)
}

async fn get_last_event(cx: &mut Cx, call: GetLastEvent) -> Outcome<Option<Struct>> {
    let strict = refs::to_bool(&call.strict)?;
    let before = match &call.before {
        Value::Nil => None,
        v => Some(
            v.as_double()
                .ok_or_else(|| Fault::generic(format!("Invalid type for before: {}", repr::class(v))))?,
        ),
    };
    one(events::last(&mut cx.tx, before).await?, strict)
}

fn one(found: Option<Struct>, strict: bool) -> Outcome<Option<Struct>> {
    if found.is_none() && strict {
        return Err(Fault::generic("query returned no rows").into());
    }
    Ok(found)
}

async fn tag_changed_since_event(cx: &mut Cx, call: TagChangedSinceEvent) -> Outcome<bool> {
    let wrong =
        |v: &Value| Fault::internal(format!("invalid input syntax for type integer: \"{}\"", repr::text(v)));
    if call.event.is_nil() {
        return Ok(false);
    }
    let event = refs::number(&call.event).ok_or_else(|| wrong(&call.event))?;
    let tags = call.taglist.as_array().ok_or_else(|| wrong(&call.taglist))?;
    let tags: Result<Vec<i64>, Fault> =
        tags.iter().map(|t| refs::number(t).ok_or_else(|| wrong(t))).collect();
    Ok(tag_changes::since(&mut cx.tx, tags?, event).await?)
}

async fn tag_last_change_event(cx: &mut Cx, call: TagLastChangeEvent) -> Outcome<Option<i64>> {
    let tag = lookup::tag_even_deleted(&mut cx.tx, &call.tag).await?;
    let before = maybe_int(&call.before)?;
    Ok(tag_changes::last(&mut cx.tx, tag.id, before, call.inherit).await?)
}

async fn tag_first_change_event(cx: &mut Cx, call: TagFirstChangeEvent) -> Outcome<Option<i64>> {
    let tag = lookup::tag_id(&mut cx.tx, &call.tag).await?;
    let after = maybe_int(&call.after)?;
    Ok(tag_changes::first(&mut cx.tx, tag, after, call.inherit).await?)
}

fn maybe_int(value: &Value) -> Result<Option<i64>, Fault> {
    if value.is_nil() { Ok(None) } else { refs::to_int(value).map(Some) }
}
