//! The policies that decide about a task.

use koji_policy::{EvalError, Policies, PolicyContext, TestCall};
use koji_xmlrpc::Struct;

use crate::context::Cx;
use crate::fault::Outcome;
use koji_api::Fault;

struct Data(Struct);

impl PolicyContext for Data {
    type Error = EvalError;
    fn data(&self) -> &Struct {
        &self.0
    }
    async fn test(&mut self, call: &TestCall) -> Result<bool, EvalError> {
        Ok(call.name == "is_child_task" && self.0.get("parent").is_some_and(koji_xmlrpc::Value::truthy))
    }
}

/// The action that the policy decides on.
pub(super) async fn action(_cx: &mut Cx, name: &str, data: &Struct) -> Outcome<Option<String>> {
    let policies = Policies::defaults(&["is_child_task", "has_perm", "is_build_owner"])
        .map_err(|e| Fault::generic(e.to_string()))?;
    let done =
        policies.evaluate(name, &mut Data(data.clone())).await.map_err(|e| Fault::generic(e.to_string()))?;
    Ok(done.and_then(|e| e.action().map(str::to_owned)))
}
