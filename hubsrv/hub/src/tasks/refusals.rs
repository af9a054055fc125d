//! Hosts that cannot run a noarch task, because its build tag has none of their arches.

use std::collections::HashSet;

use koji_api::tasks::params;
use koji_api::types::NameOrId;
use koji_db::hosts::{self, Host};
use koji_db::tasks::write::NewTask;
use koji_db::{inheritance, scheduler, tags, targets};
use koji_rpm::arch::canonical;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;

/// Records that the hosts of the task's channel without any arch of its build tag do not take it. Does nothing for
/// methods that need no buildroot of a tag, and when the arguments tell no tag: the task itself will say so.
pub(super) async fn refuse_foreign_hosts(
    cx: &mut Cx,
    id: i64,
    task: &NewTask,
    args: &[Value],
) -> Outcome<()> {
    let Some(tag) = build_tag(cx, &task.method, args).await? else { return Ok(()) };
    let arches = tag_arches(cx, tag).await?;
    if arches.is_empty() {
        return Ok(());
    }
    let filter =
        hosts::Filter { channel: Some(task.channel), enabled: Some(true), ..hosts::Filter::default() };
    let hosts: Vec<Host> = cx.tx.select_as(&hosts::list(&filter)).await?;
    for host in hosts {
        let able = host.arches.as_deref().unwrap_or_default().split_whitespace().any(|a| arches.contains(a));
        if !able {
            scheduler::refuse(&mut cx.tx, id, host.id, false, false, "automatic arch refusal").await?;
        }
    }
    Ok(())
}

async fn build_tag(cx: &mut Cx, method: &str, args: &[Value]) -> Outcome<Option<i64>> {
    let key = match method {
        "buildMaven" | "buildSRPMFromSCM" | "rebuildSRPM" => "build_tag",
        "buildArch" => "root",
        "wrapperRPM" => "build_target",
        _ => return Ok(None),
    };
    let Ok(params) = params(method, args) else { return Ok(None) };
    let which = params.get(key).map(NameOrId::from_value);
    let Some(Ok(which)) = which else { return Ok(None) };
    if method == "wrapperRPM" {
        return Ok(targets::get(&mut cx.tx, &which, None).await?.map(|t| t.build_tag));
    }
    Ok(tags::get(&mut cx.tx, &which, None).await?.map(|t| t.id))
}

/// The canonical arches of a tag's builds, inherited ones if it has none itself.
async fn tag_arches(cx: &mut Cx, tag: i64) -> Outcome<HashSet<String>> {
    let mut lines = vec![tag];
    let order = inheritance::order(&mut cx.tx, tag, None).await?;
    lines.extend(order.into_iter().filter(|s| !s.link.noconfig).map(|s| s.link.parent_id));
    let known = tags::arches_of(&mut cx.tx, lines.clone(), None).await?;
    let arches_of =
        |id: &i64| known.iter().find(|(tag, ..)| tag == id).and_then(|(_, _, arches)| arches.as_deref());
    let arches = lines.iter().filter_map(arches_of).find(|arches| !arches.trim().is_empty());
    Ok(arches.unwrap_or_default().split_whitespace().map(|a| canonical(a).to_owned()).collect())
}
