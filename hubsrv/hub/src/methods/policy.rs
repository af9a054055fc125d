//! Asking policies.

use koji_api::methods::EvalPolicy;
use koji_api::types::refs;
use koji_xmlrpc::Value;

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::policy;

pub const TABLE: &[Entry] = &[read!(EvalPolicy, eval_policy)];

async fn eval_policy(cx: &mut Cx, call: EvalPolicy) -> Outcome<Value> {
    let data = match call.data {
        Value::Struct(data) => data,
        other => return Err(refs::wrong_type(&other, "dict").into()),
    };
    Ok(policy::eval(cx, refs::to_str(&call.name)?, data).await?.into())
}
