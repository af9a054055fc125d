//! Moving builds from one tag to another.

use koji_api::methods::{MoveAllBuilds, MoveBuild};
use koji_api::types::repr;
use koji_db::names::Table;
use koji_db::tagging::{self, TaggedFilter};
use koji_xmlrpc::Value;

use super::{change, rules};
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;
use crate::methods::tags::require_access;
use crate::tasks::{self, TaskOptions};

pub(super) async fn move_build(cx: &mut Cx, call: MoveBuild) -> Outcome<i64> {
    change::request(cx, &call.tag2, &call.build, &call.tag1, call.force).await
}

/// A task for each build, oldest first, each waiting for the one before.
pub(super) async fn move_all_builds(cx: &mut Cx, call: MoveAllBuilds) -> Outcome<Vec<i64>> {
    let user = cx.user_id()?;
    let package = lookup::named_strict(&mut cx.tx, Table::Package, &call.package).await?;
    let (from, to) =
        (lookup::tag_id(&mut cx.tx, &call.tag1).await?, lookup::tag_id(&mut cx.tx, &call.tag2).await?);
    let from = lookup::tag(&mut cx.tx, &Value::Int(from)).await?;
    let to = lookup::tag(&mut cx.tx, &Value::Int(to)).await?;
    let shown = format!("tag {}", repr::text(&call.tag2));
    rules::require_listed(cx, &to, (package.id, &repr::text(&call.package)), call.force, &shown).await?;
    require_access(cx, &from, user, call.force).await?;
    require_access(cx, &to, user, call.force).await?;

    let filter = TaggedFilter { package: Some(package.name), ..TaggedFilter::default() };
    let mut builds: Vec<i64> =
        tagging::select(&mut cx.tx, from.id, &filter).await?.into_iter().map(|t| t.build_id).collect();
    builds.reverse();
    for build in &builds {
        // force does not help against the policy here
        rules::require_policy(cx, Some(&call.tag2), Some(&call.tag1), *build, None, false).await?;
    }
    let mut made = Vec::with_capacity(builds.len());
    for build in builds {
        let wait_on: Vec<i64> = made.last().copied().into_iter().collect();
        let subtask: Vec<Value> = vec![
            "tagBuild".into(),
            vec![Value::Int(to.id), Value::Int(build), call.force.into(), Value::Int(from.id)].into(),
            Value::record([("priority", Value::Int(15))]),
        ];
        let args = vec![wait_on.into(), vec![Value::Array(subtask)].into()];
        made.push(tasks::make(cx, "dependantTask", args, TaskOptions::default()).await?);
    }
    Ok(made)
}
