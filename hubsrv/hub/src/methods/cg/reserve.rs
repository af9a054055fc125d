//! Reserving a build before it is imported.

use koji_api::Fault;
use koji_api::methods::{CGInitBuild, CGRefundBuild};
use koji_api::types::{BuildState, refs, repr};
use koji_db::{builds, cg};
use koji_rpm::Nvr;
use koji_xmlrpc::{Struct, Value};

use super::access::assert_cg;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::{import, lookup};

/// Makes the build in state BUILDING; its id, and the secret with which it can be imported or given back.
pub async fn cg_init_build(cx: &mut Cx, call: CGInitBuild) -> Outcome<Value> {
    let generator = assert_cg(cx, &call.cg).await?;
    let Value::Struct(mut data) = call.data else {
        return Err(refs::wrong_type(&call.data, "dict").into());
    };
    data.insert("owner".into(), cx.user_id()?.into());
    data.insert("state".into(), BuildState::Building.into());
    data.insert("completion_time".into(), Value::Nil);
    data.insert("cg_id".into(), generator.id.into());
    data.entry("epoch".into()).or_insert(Value::Nil);
    check_nvr(&data)?;
    let id = import::new_build(cx, data, false).await?;
    if cg::token(&mut cx.tx, id).await?.is_some() {
        return Err(Fault::generic("Build is already reserved").into());
    }
    let token = hex::encode(rand::random::<[u8; 32]>());
    cg::reserve(&mut cx.tx, id, &token).await?;
    Ok(Value::record([("build_id", Value::Int(id)), ("token", Value::Str(token))]))
}

/// Gives a reserved build up: it is FAILED or CANCELED, and its N-V-R free again.
pub async fn cg_refund_build(cx: &mut Cx, call: CGRefundBuild) -> Outcome<()> {
    let state = call.state.as_int().and_then(BuildState::from_code);
    let Some(state @ (BuildState::Failed | BuildState::Canceled)) = state else {
        return Err(Fault::generic("Only FAILED/CANCELED build states are allowed").into());
    };
    let generator = assert_cg(cx, &call.cg).await?;
    let build = lookup::build(&mut cx.tx, &call.build_id).await?;
    let shown = repr::text(&call.build_id);
    if builds::lock(&mut cx.tx, build.id).await? != Some(BuildState::Building) {
        return Err(Fault::generic(format!("Build ID {shown} is not in BUILDING state")).into());
    }
    let token = cg::token(&mut cx.tx, build.id).await?;
    if token.is_none() || token.as_deref() != call.token.as_str() {
        return Err(Fault::generic(format!("Token doesn't match build ID {shown}")).into());
    }
    if build.cg_id != Some(generator.id) {
        return Err(Fault::generic(format!("Build ID {shown} is not reserved by this CG")).into());
    }
    match state {
        BuildState::Failed => builds::fail(&mut cx.tx, build.id).await?,
        _ => builds::cancel(&mut cx.tx, build.id).await?,
    };
    Ok(cg::release(&mut cx.tx, build.id).await?)
}

/// Names that a build can have.
fn check_nvr(data: &Struct) -> Result<(), Fault> {
    let part = |key: &str| {
        let value = data.get(key).ok_or_else(|| Fault::internal(format!("<class 'KeyError'>: '{key}'")))?;
        refs::to_str(value).map(str::to_owned)
    };
    let nvr = Nvr { name: part("name")?, version: part("version")?, release: part("release")?, epoch: None };
    nvr.check().map_err(|e| Fault::generic(e.to_string()))
}
