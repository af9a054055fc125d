//! What a task ended with.

use koji_api::types::TaskState;
use koji_api::{Fault, FaultKind};
use koji_db::tasks::{self, Task, TaskResult};
use koji_xmlrpc::{FaultDoc, Value};

use crate::fault::Outcome;

/// The value of a closed task. A failed one gives its fault, as a struct unless `raise`; a canceled or unfinished one is a
/// fault in any case.
pub fn result(task: &Task, raise: bool) -> Outcome<Value> {
    match task.state() {
        TaskState::Canceled => return Err(Fault::generic(format!("Task {} is canceled", task.id)).into()),
        TaskState::Closed | TaskState::Failed => {}
        _ => return Err(Fault::generic(format!("Task {} is not finished", task.id)).into()),
    }
    match tasks::decode_result(task.result.as_deref().unwrap_or_default())? {
        TaskResult::Value(value) => Ok(value),
        TaskResult::Fault(fault) if raise => Err(raised(fault).into()),
        TaskResult::Fault(fault) => Ok(described(&fault)),
    }
}

/// A stored result as `listTasks` shows it when asked to decode: a list of the value, or a struct of the fault.
pub fn decode_result(stored: &str) -> Outcome<Value> {
    Ok(match tasks::decode_result(stored)? {
        TaskResult::Value(value) => Value::Array(vec![value]),
        TaskResult::Fault(fault) => described(&fault),
    })
}

fn described(fault: &FaultDoc) -> Value {
    Value::record([("faultCode", Value::Int(fault.code)), ("faultString", fault.string.as_str().into())])
}

/// The fault again. A code of no known kind becomes the general one of Python's exceptions.
fn raised(fault: FaultDoc) -> Fault {
    Fault::new(FaultKind::from_code(fault.code).unwrap_or(FaultKind::Internal), fault.string)
}
