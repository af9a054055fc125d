//! Tasks: making, cancelling and freeing them, apart from the methods that ask for it.

mod cancel;
mod make;
pub mod output;
mod refusals;
mod result;

use koji_api::Fault;
use koji_api::types::{TaskState, refs};
use koji_db::Tx;
use koji_db::tasks::{self, Task, write};
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;

pub use cancel::{cancel, cancel_children, cancel_tree};
pub use make::{TaskOptions, encode_args, make, make_by};
pub use result::{decode_result, result};

/// A task by id, its row locked.
pub async fn lock(tx: &mut Tx, id: i64) -> Outcome<Task> {
    Ok(tasks::lock(tx, id).await?.ok_or_else(|| no_such_task(id))?)
}

pub fn no_such_task(id: i64) -> Fault {
    Fault::generic(format!("No such task: {id}"))
}

/// The fault of queries that have to find a row.
pub fn no_rows() -> Fault {
    Fault::generic("query returned no rows")
}

/// The task that an argument names by its id.
pub async fn find(tx: &mut Tx, id: &Value) -> Outcome<Task> {
    let found = tasks::find(tx, refs::to_int(id)?).await?;
    Ok(found.ok_or_else(no_rows)?)
}

/// The task, if the calling host works on it; a fault otherwise.
pub async fn of_host(cx: &mut Cx, id: &Value) -> Outcome<Task> {
    let (host, id) = (cx.host_id()?, refs::to_int(id)?);
    let task = lock(&mut cx.tx, id).await?;
    if is_run_by(&task, host) {
        Ok(task)
    } else {
        Err(Fault::not_allowed(format!("host {host} does not own task {id}")).into())
    }
}

/// Whether the host works on the task.
pub fn is_run_by(task: &Task, host: i64) -> bool {
    task.state() == TaskState::Open && task.host_id == Some(host)
}

/// Gives the task to a host: `open` to work on it now, otherwise to be opened by it. False when somebody else has it or
/// it is over. With `force` whatever its state.
pub async fn take(tx: &mut Tx, id: i64, host: i64, open: bool, force: bool) -> Outcome<bool> {
    let task = tasks::lock(tx, id).await?.ok_or_else(no_rows)?;
    if !force {
        match (task.state(), task.host_id) {
            (TaskState::Free, None) => {}
            (TaskState::Assigned, Some(owner)) if owner == host => {
                if !open {
                    return Ok(true);
                }
            }
            _ => return Ok(false),
        }
    }
    if open {
        write::open(tx, &task, host).await?;
    } else {
        write::assign(tx, &task, host).await?;
    }
    Ok(true)
}

/// Puts an assigned or open task back into the queue.
pub async fn free(tx: &mut Tx, id: i64) -> Outcome<()> {
    let task = lock(tx, id).await?;
    match task.state() {
        // nothing to do, which clients know as this fault
        TaskState::Free => Err(no_such_task(id).into()),
        state if state.is_final() => {
            Err(Fault::generic(format!("Cannot free task {id}, state is {state}")).into())
        }
        _ => Ok(write::free(tx, &task).await?),
    }
}
