//! On which volume a build goes: policy `volume`.

use koji_api::types::NameOrId;
use koji_db::builds::Build;
use koji_db::names::{self, Named, Table};
use koji_db::{tasks, volumes};
use koji_xmlrpc::{Struct, Value};

use super::build::Delivery;
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::policy;

/// The volume that the policy names; the default one when no rule decides, the policy is broken or names none that exists.
pub async fn choose(cx: &mut Cx, data: Struct) -> Outcome<Named> {
    let (id, name) = volumes::DEFAULT;
    let default = Named { id, name: name.to_owned() };
    if cx.hub.policies.get("volume").is_none() {
        return Ok(default);
    }
    let action = match policy::eval(cx, "volume", data).await {
        Ok(Some(action)) => action,
        Ok(None) => return Ok(default),
        Err(e @ Failure::Db(_)) => return Err(e),
        Err(e) => {
            tracing::error!(error = %e.into_fault(), "the volume policy failed; the default volume is used");
            return Ok(default);
        }
    };
    match names::find(&mut cx.tx, Table::Volume, &NameOrId::from(action.as_str())).await? {
        Some(volume) => Ok(volume),
        None => {
            tracing::error!(volume = action, "the volume policy names no volume; the default one is used");
            Ok(default)
        }
    }
}

/// For the build of rpms that a task delivers.
pub(super) async fn of_delivery(
    cx: &mut Cx,
    build: &Build,
    task: i64,
    delivery: &Delivery,
) -> Outcome<Named> {
    of_typed(cx, build, task, "rpm", delivery).await
}

/// For the build of type `kind` that a task delivers.
pub(super) async fn of_typed(
    cx: &mut Cx,
    build: &Build,
    task: i64,
    kind: &str,
    delivery: &Delivery,
) -> Outcome<Named> {
    let buildroots: Vec<i64> = delivery.buildroots.iter().map(|(_, id)| *id).collect();
    let mut data: Struct = [
        ("package", Value::from(&build.name)),
        ("version", Value::from(&build.version)),
        ("release", Value::from(build.rpm_release())),
        ("buildroots", buildroots.into()),
        ("import", true.into()),
        ("import_type", kind.into()),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect();
    if let Some(task) = tasks::find(&mut cx.tx, task).await? {
        let request = tasks::decode_request(&task.request)?;
        data.extend(policy::from_task_args(cx, &task.method, &request).await?);
    }
    choose(cx, data).await
}
