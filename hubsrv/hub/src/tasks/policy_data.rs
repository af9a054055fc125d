//! What policies can know of a task: source, target, tags, scratch.

use koji_api::Fault;
use koji_api::tasks::params;
use koji_api::types::{NameOrId, refs};
use koji_db::names::{self, Table};
use koji_db::tasks::{self, decode_request};
use koji_xmlrpc::{Struct, Value};

use super::no_rows;
use crate::context::Cx;
use crate::fault::Outcome;

/// Policy data of an existing task.
pub async fn of_task(cx: &mut Cx, id: i64) -> Outcome<Struct> {
    let task = tasks::find(&mut cx.tx, id).await?.ok_or_else(no_rows)?;
    let args = decode_request(&task.request)?;
    from_args(cx, &task.method, &args).await
}

/// Policy data of a task with these arguments; empty for a method that is not known or arguments that do not fit it.
pub async fn from_args(cx: &mut Cx, method: &str, args: &[Value]) -> Outcome<Struct> {
    let mut data = Struct::new();
    let Ok(mut params) = params(method, args) else { return Ok(data) };
    if method == "indirectionimage"
        && let Some(Value::Struct(opts)) = params.get("opts")
    {
        let opts = opts.clone();
        params.extend(opts);
    }
    // newRepo's `src` is something else
    let source = ["src", "spec_url", "url"].iter().find(|k| params.contains_key(**k));
    if let Some(source) = source.filter(|_| method != "newRepo").and_then(|k| params.get(*k)) {
        data.insert("source".into(), refs::to_str(source)?.into());
    }
    if let Some(target) = first(&params, &["target", "build_target", "target_info"]) {
        data.insert("target".into(), name_of(cx, Table::BuildTarget, target).await?.into());
    }
    if let Some(tag) = first(&params, &["tag", "tag_id", "tag_info"])
        && let Some(name) = name_of(cx, Table::Tag, tag).await?
    {
        data.insert("tag".into(), name.into());
    }
    if let Some(tag) = params.get("build_tag")
        && let Some(name) = name_of(cx, Table::Tag, tag).await?
    {
        data.insert("build_tag".into(), name.into());
    }
    if let Some(scratch) = params.get("opts").and_then(|o| o.get("scratch")) {
        data.insert("scratch".into(), scratch.clone());
    }
    Ok(data)
}

fn first<'a>(params: &'a Struct, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().find_map(|k| params.get(*k))
}

/// The name of what an argument names, if there is such a thing.
async fn name_of(cx: &mut Cx, table: Table, info: &Value) -> Outcome<Option<String>> {
    let which: Result<NameOrId, Fault> = NameOrId::from_value(info);
    let Ok(which) = which else { return Ok(None) };
    Ok(names::find(&mut cx.tx, table, &which).await?.map(|found| found.name))
}
