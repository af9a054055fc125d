//! Commands in a buildroot.

use std::collections::HashSet;

use koji_api::Fault;
use koji_api::methods::Runroot;
use koji_api::tasks::REPO_PRIORITY;
use koji_api::types::{NameOrId, repr};
use koji_db::channels;
use koji_db::hosts::{self, Host};
use koji_rpm::arch::canonical;
use koji_xmlrpc::Value;

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::tasks::{self, TaskOptions, encode_args};

pub const TABLE: &[Entry] = &[write!(Runroot, runroot)];

/// Makes a task that runs a command (text, or a list of words) in a buildroot of a tag.
async fn runroot(cx: &mut Cx, call: Runroot) -> Outcome<i64> {
    let arch = lookup::arches(&call.arch)?;
    if arch.is_empty() {
        return Err(Fault::generic("arch must not be empty").into());
    }
    if !matches!(call.command, Value::Str(_) | Value::Array(_)) {
        let (text, class) = (repr::text(&call.command), repr::class(&call.command));
        return Err(Fault::generic(format!("Invalid type for value '{text}': {class}")).into());
    }
    let channel = if call.channel.truthy() { NameOrId::from_value(&call.channel)? } else { "runroot".into() };
    let tag = lookup::tag(&mut cx.tx, &call.tagInfo).await?;
    let mut task_arch = arch.clone();
    if arch == "noarch" {
        let own = tag.arches.as_deref().unwrap_or_default();
        if own.is_empty() {
            return Err(Fault::generic(format!("no arches defined for tag {}", tag.name)).into());
        }
        let everything = arches_of(cx, hosts::Filter::default()).await?;
        if everything.iter().any(|a| !own.split_whitespace().any(|b| a == b)) {
            // some hosts have no arch of the tag: name one that hosts of the channel have
            let id = channels::get(&mut cx.tx, &channel).await?.map(|c| c.id);
            let id = id.ok_or_else(|| Fault::generic(format!("No such channel: {channel}")))?;
            let filter = hosts::Filter { channel: Some(id), enabled: Some(true), ..hosts::Filter::default() };
            let able = arches_of(cx, filter).await?;
            let choices: Vec<&str> = own.split_whitespace().filter(|a| able.contains(*a)).collect();
            let pick = choices.get(rand::random_range(0..choices.len().max(1)));
            let pick = pick.ok_or_else(|| {
                let shown = repr::text(&call.tagInfo);
                Fault::generic(format!("no common arches for tag/channel: {shown}/{channel}"))
            })?;
            task_arch = canonical(pick).to_owned();
        }
    }
    let options = TaskOptions {
        priority: Some(REPO_PRIORITY),
        arch: Some(task_arch),
        channel: Some(channel),
        ..TaskOptions::default()
    };
    let args = encode_args(vec![call.tagInfo, arch.into(), call.command], call.opts);
    tasks::make(cx, "runroot", args, options).await
}

/// Canonical arches of hosts.
async fn arches_of(cx: &mut Cx, filter: hosts::Filter) -> Outcome<HashSet<String>> {
    let hosts: Vec<Host> = cx.tx.select_as(&hosts::list(&filter)).await?;
    let all = hosts.iter().flat_map(|h| h.arches.as_deref().unwrap_or_default().split_whitespace());
    Ok(all.map(|a| canonical(a).to_owned()).collect())
}
