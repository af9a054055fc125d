//! Policy data from a task's arguments.

use koji_api::types::refs;
use koji_db::names::Table;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

/// The first of the parameters that is there.
fn first<'p>(params: &'p Struct, names: &[&str]) -> Option<&'p Value> {
    names.iter().find_map(|name| params.get(*name))
}

/// What the policies `channel` and `priority` are told about a task: `source`, `target`, `tag`, `build_tag`, `scratch`,
/// as far as the method's signature is known.
pub async fn from_task_args(cx: &mut Cx, method: &str, request: &[Value]) -> Outcome<Struct> {
    let mut data = Struct::new();
    let mut params = match koji_api::tasks::params(method, request) {
        Ok(params) => params,
        Err(e) => {
            tracing::warn!(method, "policy data lacks the task's arguments: {e}");
            return Ok(data);
        }
    };
    if method == "indirectionimage" {
        // all its arguments are in one parameter
        let opts = params.get("opts").and_then(Value::as_struct).cloned().unwrap_or_default();
        params = opts.clone();
        params.insert("opts".into(), Value::Struct(opts));
    }
    // newRepo's src is a flag
    if method != "newRepo"
        && let Some(source) = first(&params, &["src", "spec_url", "url"])
    {
        data.insert("source".into(), refs::to_str(source)?.into());
    }
    if let Some(target) = first(&params, &["target", "build_target", "target_info"]) {
        let name = match target {
            Value::Struct(members) => members.get("name").cloned().unwrap_or_default(),
            other => other.clone(),
        };
        let found = match &name {
            Value::Nil => None,
            name => lookup::named(&mut cx.tx, Table::BuildTarget, name).await?,
        };
        data.insert("target".into(), found.map(|t| t.name).into());
    }
    for (key, names) in [("tag", &["tag", "tag_id", "tag_info"][..]), ("build_tag", &["build_tag"][..])] {
        let Some(info) = first(&params, names) else { continue };
        // a task's tag may be given in ways that no policy can use
        if let Ok(which) = koji_api::types::NameOrId::from_value(info)
            && let Some(tag) = koji_db::names::find(&mut cx.tx, Table::Tag, &which).await?
        {
            data.insert(key.into(), tag.name.into());
        }
    }
    if let Some(scratch) = params.get("opts").and_then(|opts| opts.get("scratch")) {
        data.insert("scratch".into(), scratch.clone());
    }
    Ok(data)
}
