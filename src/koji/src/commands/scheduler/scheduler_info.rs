use clap::ValueEnum;
use koji_api::methods as m;
use koji_api::types::TaskState;
use koji_xmlrpc::Value;

use super::{Query, header, host_id};
use crate::context::Cx;
use crate::error::Result;
use crate::lookup::{field, items, shown};
use crate::time::short_of;

/// Show which tasks ran on which hosts
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Runs of a task
    #[arg(short, long)]
    task: Option<i64>,
    /// Runs on a host, by name or id, and what that says of itself
    #[arg(long)]
    host: Option<String>,
    /// Runs in a state
    #[arg(long, value_enum)]
    state: Option<State>,
    /// The last N runs
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: i64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
enum State {
    Free,
    Open,
    Closed,
    Canceled,
    Assigned,
    Failed,
}

impl State {
    fn code(self) -> TaskState {
        match self {
            State::Free => TaskState::Free,
            State::Open => TaskState::Open,
            State::Closed => TaskState::Closed,
            State::Canceled => TaskState::Canceled,
            State::Assigned => TaskState::Assigned,
            State::Failed => TaskState::Failed,
        }
    }
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let host = a.host.as_deref().filter(|h| !h.is_empty());
    let host = match host {
        Some(name) => Some((name, host_id(cx, name).await?)),
        None => None,
    };
    let mut clauses: Vec<Value> = Vec::new();
    if let Some(task) = a.task.filter(|id| *id != 0) {
        clauses.push(vec![Value::from("task_id"), task.into()].into());
    }
    if let Some((name, _)) = &host {
        // as upstream's client: the hub decides whether it takes a name here
        clauses.push(vec![Value::from("host_id"), (*name).into()].into());
    }
    if let Some(state) = a.state {
        clauses.push(vec![Value::from("state"), state.code().into()].into());
    }
    let fields = vec!["id", "task_id", "host_name", "state", "create_ts", "start_ts", "completion_ts"];
    let query = Query { clauses, fields, limit: Some(a.limit) };
    let call = m::SchedulerGetTaskRuns {
        clauses: query.clauses.clone().into(),
        fields: query.fields.clone().into(),
        opts: query.opts(),
    };
    let runs = cx.hub().call(call).await?;
    header(cx, row(["Task", "Host", "State", "Created", "Started", "Ended"].map(str::to_owned)));
    for run in query.in_order(&runs) {
        cx.out.data(run);
        let state = run.int_at("state").and_then(TaskState::from_code).map_or("UNKNOWN", TaskState::name);
        let time = |key: &str| short_of(&field(run, key));
        cx.out.line(row([
            shown(run, "task_id"),
            shown(run, "host_name"),
            state.to_owned(),
            time("create_ts"),
            time("start_ts"),
            time("completion_ts"),
        ]));
    }
    if let Some((name, id)) = host {
        cx.out.line(format!("Host data for {name}:"));
        let data = cx.hub().call(m::SchedulerGetHostData { hostID: id }).await?;
        cx.out.line(items(&data).first().map_or_else(|| "-".to_owned(), |row| shown(row, "data")));
    }
    Ok(())
}

fn row([task, host, state, created, started, ended]: [String; 6]) -> String {
    format!("{task:<9} {host:<20} {state:<7} {created:<17} {started:<17} {ended:<17}")
}
