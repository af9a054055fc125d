//! Policies that a builder asks while it works.

use koji_api::methods::{HostAssertPolicy, HostCheckPolicy, HostEvalPolicy};
use koji_api::types::refs;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::policy::{self, Question};

fn data(value: &Value) -> Outcome<Struct> {
    Ok(value.as_struct().cloned().ok_or_else(|| refs::wrong_type(value, "dict"))?)
}

/// Nil when the policy allows it, a fault otherwise.
pub async fn assert_policy(cx: &mut Cx, call: HostAssertPolicy) -> Outcome<()> {
    cx.host_id()?;
    let question = Question::new(refs::to_str(&call.name)?).default(&call.default);
    policy::require(cx, question, data(&call.data)?).await
}

/// Whether the policy allows it, and why; with `strict` a denial is a fault.
pub async fn check_policy(cx: &mut Cx, call: HostCheckPolicy) -> Outcome<Vec<Value>> {
    cx.host_id()?;
    let question = Question::new(refs::to_str(&call.name)?).default(&call.default);
    let verdict = policy::check(cx, question, data(&call.data)?).await?;
    if call.strict && !verdict.allowed {
        policy::require(cx, question, data(&call.data)?).await?;
    }
    Ok(vec![verdict.allowed.into(), verdict.reason.into()])
}

/// The action that the policy decides on, as text.
pub async fn eval_policy(cx: &mut Cx, call: HostEvalPolicy) -> Outcome<Value> {
    cx.host_id()?;
    let action = policy::eval(cx, refs::to_str(&call.name)?, data(&call.data)?).await?;
    Ok(action.into())
}
