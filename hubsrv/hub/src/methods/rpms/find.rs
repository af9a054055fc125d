//! `getRPM`, `listRPMs` and the finding that others need.

use koji_api::Fault;
use koji_api::methods::{GetRPM, ListBuildRPMs, ListRPMs};
use koji_api::types::{BuildRef, RpmRef, repr};
use koji_db::rpms::{self, Rpm, RpmFilter};
use koji_db::{Query, QueryOpts, Tx, builds};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::{filters, lookup};

/// The preferred rpm that an argument fits; `None` when there is none, unless that is a fault.
pub(super) async fn one(tx: &mut Tx, info: &Value, strict: bool) -> Outcome<Option<Struct>> {
    match lookup::rpms(tx, info).await?.into_iter().next() {
        None if strict => {
            let shown = RpmRef::from_value(info)?.quote(info);
            Err(Fault::generic(format!("No such rpm: {shown}")).into())
        }
        found => Ok(found),
    }
}

/// An rpm of a build; external ones are a fault.
pub(crate) async fn own(tx: &mut Tx, info: &Value) -> Outcome<Rpm> {
    let row = one(tx, info, true).await?;
    let rpm = row.as_ref().and_then(Rpm::from_struct);
    let rpm = rpm.ok_or_else(|| Fault::generic(format!("No such rpm: {}", repr::repr(info))))?;
    if rpm.external_repo_id != 0 {
        let text = format!("Not an internal rpm: {} (from {})", repr::text(info), rpm.external_repo_name);
        return Err(Fault::generic(text).into());
    }
    Ok(rpm)
}

pub(super) async fn get_rpm(cx: &mut Cx, call: GetRPM) -> Outcome<Value> {
    if call.multi {
        let found = lookup::rpms(&mut cx.tx, &call.rpminfo).await?;
        return Ok(Value::Array(found.into_iter().map(Value::Struct).collect()));
    }
    Ok(one(&mut cx.tx, &call.rpminfo, call.strict).await?.into())
}

pub(super) async fn list_build_rpms(cx: &mut Cx, call: ListBuildRPMs) -> Outcome<Query> {
    let found = builds::find(&mut cx.tx, &BuildRef::from_value(&call.build)?).await?;
    let id = found.ok_or_else(|| Fault::generic(format!("No such build: {}", repr::repr(&call.build))))?;
    let filter = RpmFilter { build: Some(id), ..RpmFilter::default() };
    Ok(rpms::list(filter, &QueryOpts::default())?)
}

pub(super) async fn list_rpms(_: &mut Cx, call: ListRPMs) -> Outcome<Query> {
    let invalid = |class| Fault::generic(format!("Invalid type for \"arches\" parameter: {class}"));
    let filter = RpmFilter {
        build: filters::int(&call.buildID)?,
        buildroot: filters::int(&call.buildrootID)?,
        component_of_buildroot: filters::int(&call.componentBuildrootID)?,
        image: filters::int(&call.imageID)?,
        host: filters::int(&call.hostID)?,
        arches: filters::arches(&call.arches, invalid)?,
        draft: filters::flag(&call.draft),
    };
    Ok(rpms::list(filter, &QueryOpts::from_value(&call.queryOpts)?)?)
}
