//! Asking policies.

use koji_api::methods::EvalPolicy;
use koji_api::types::repr;
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::policy;

pub const TABLE: &[Entry] = &[read!(EvalPolicy, eval_policy)];

async fn eval_policy(cx: &mut Cx, call: EvalPolicy) -> Outcome<Value> {
    let name = repr::text(&call.name);
    let data = match call.data {
        Value::Struct(data) => data,
        // tests find nothing in it
        _ => Struct::new(),
    };
    Ok(policy::eval(cx, &name, data).await?.into())
}
