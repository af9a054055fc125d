//! `scheduler.*`: what the scheduler did and knows.

use koji_api::methods::{
    SchedulerDoRun, SchedulerGetHostData, SchedulerGetLogMessages, SchedulerGetTaskRefusals,
    SchedulerGetTaskRuns,
};
use koji_api::types::refs;
use koji_db::scheduler as table;
use koji_db::view::{View, ViewError};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::reply::Reply;
use koji_api::Fault;

pub const TABLE: &[Entry] = &[
    write!(SchedulerDoRun, do_run),
    read!(SchedulerGetHostData, get_host_data),
    read!(SchedulerGetLogMessages, get_log_messages),
    read!(SchedulerGetTaskRefusals, get_task_refusals),
    read!(SchedulerGetTaskRuns, get_task_runs),
];

impl From<ViewError> for Failure {
    fn from(e: ViewError) -> Failure {
        match e {
            ViewError::Opts(e) => e.into(),
            other => Failure::Fault(Fault::parameter(other.to_string())),
        }
    }
}

/// The rows of a view, in the order of their ids unless the caller wants another.
pub(super) fn rows(view: &View, clauses: &Value, fields: &Value, opts: &Value) -> Outcome<Reply> {
    let by_id = Value::record([("order", "id".into())]);
    let opts = if opts.is_nil() { &by_id } else { opts };
    Ok(view.query(clauses, fields, opts)?.into())
}

async fn do_run(cx: &mut Cx, call: SchedulerDoRun) -> Outcome<bool> {
    crate::scheduler::run(&mut cx.tx, cx.hub.settings(), call.force).await
}

async fn get_host_data(cx: &mut Cx, call: SchedulerGetHostData) -> Outcome<Vec<Struct>> {
    let host = if call.hostID.is_nil() { None } else { Some(refs::to_int(&call.hostID)?) };
    Ok(table::host_data(&mut cx.tx, host).await?)
}

async fn get_log_messages(_: &mut Cx, call: SchedulerGetLogMessages) -> Outcome<Reply> {
    rows(&table::LOG_MESSAGES, &call.clauses, &call.fields, &call.opts)
}

async fn get_task_refusals(_: &mut Cx, call: SchedulerGetTaskRefusals) -> Outcome<Reply> {
    rows(&table::TASK_REFUSALS, &call.clauses, &call.fields, &Value::Nil)
}

async fn get_task_runs(_: &mut Cx, call: SchedulerGetTaskRuns) -> Outcome<Reply> {
    rows(&table::TASK_RUNS, &call.clauses, &call.fields, &call.opts)
}
