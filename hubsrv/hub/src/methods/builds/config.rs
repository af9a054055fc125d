//! `getBuildConfig`: a tag with the arches and extra data that it inherits.

use std::collections::HashMap;

use koji_api::methods::GetBuildConfig;
use koji_api::types::refs;
use koji_db::{inheritance, tags};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub async fn get_build_config(cx: &mut Cx, call: GetBuildConfig) -> Outcome<Struct> {
    let event = refs::event(&call.event)?;
    let tx = &mut cx.tx;
    let tag = lookup::tag_at(tx, &call.tag, event).await?;
    let steps = inheritance::order(tx, tag.id, event).await?;
    // a noconfig link gives nothing itself; tags behind it do
    let ancestors: Vec<i64> = steps.iter().filter(|s| !s.link.noconfig).map(|s| s.link.parent_id).collect();
    let mut path = vec![tag.id];
    path.extend(&ancestors);

    let mut extra_of: HashMap<i64, Vec<tags::Extra>> = HashMap::new();
    for (tag, extra) in tags::extra_of(tx, path.clone(), event).await? {
        extra_of.entry(tag).or_default().push(extra);
    }
    let rows = tags::arches_of(tx, ancestors, event).await?;
    let config_of: HashMap<i64, (String, Option<String>)> =
        rows.into_iter().map(|(id, n, a)| (id, (n, a))).collect();

    let mut arches_from = None;
    let mut arches = tag.arches.clone();
    // blocked keys hide what is behind them
    let mut extra: Struct = Struct::new();
    let mut extra_from: Struct = Struct::new();
    let mut blocked = Vec::new();
    for id in path {
        let inherited = id != tag.id;
        if arches.is_none()
            && let Some((_, Some(found))) = config_of.get(&id)
        {
            arches = Some(found.clone());
            arches_from = Some(id);
        }
        for entry in extra_of.get(&id).map(Vec::as_slice).unwrap_or_default() {
            if extra.contains_key(&entry.key) || blocked.contains(&entry.key) {
                continue;
            }
            if inherited {
                extra_from.insert(entry.key.clone(), Value::Int(id));
            }
            match &entry.value {
                Some(value) => drop(extra.insert(entry.key.clone(), value.clone())),
                None => blocked.push(entry.key.clone()),
            }
        }
    }

    let origin = |id: Option<i64>| match id.and_then(|id| Some((id, config_of.get(&id)?))) {
        Some((id, (name, _))) => Value::record([("id", id.into()), ("name", name.into())]),
        None => Value::Nil,
    };
    let extra_from: Struct = extra_from.into_iter().map(|(k, v)| (k, origin(v.as_int()))).collect();

    let mut out = Struct::from(tag);
    out.insert("arches".into(), arches.into());
    out.insert("extra".into(), Value::Struct(extra));
    out.insert(
        "config_inheritance".into(),
        Value::record([("extra", Value::Struct(extra_from)), ("arches", origin(arches_from))]),
    );
    Ok(out)
}
