use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::{Query, header, host_id};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, shown};
use crate::time::{self, ctime};

/// Show the scheduler's log
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// About a task
    #[arg(long)]
    task: Option<i64>,
    /// About a host, by name or id
    #[arg(long)]
    host: Option<String>,
    /// From a time on
    #[arg(long, value_name = "TIME", value_parser = time::argument)]
    from: Option<f64>,
    /// Until a time
    #[arg(long, value_name = "TIME", value_parser = time::argument)]
    to: Option<f64>,
    /// The last N messages
    #[arg(long, value_name = "N")]
    limit: Option<i64>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let (from, to) = (a.from.filter(|t| *t != 0.0), a.to.filter(|t| *t != 0.0));
    if from.is_some() && to.is_some() && a.limit.is_some() {
        return Err(CommandError::usage("If both --from and --to are used, --limit shouldn't be used"));
    }
    let mut clauses: Vec<Value> = Vec::new();
    if let Some(task) = a.task.filter(|id| *id != 0) {
        clauses.push(vec![Value::from("task_id"), task.into()].into());
    }
    if let Some(name) = a.host.as_deref().filter(|h| !h.is_empty()) {
        clauses.push(vec![Value::from("host_id"), host_id(cx, name).await?].into());
    }
    for (op, ts) in [(">=", from), ("<", to)] {
        if let Some(ts) = ts {
            clauses.push(vec![Value::from("msg_ts"), op.into(), ts.into()].into());
        }
    }
    let fields = vec!["id", "task_id", "host_id", "host_name", "msg_ts", "msg"];
    let query = Query { clauses, fields, limit: a.limit };
    let call = m::SchedulerGetLogMessages {
        clauses: query.clauses.clone().into(),
        fields: query.fields.clone().into(),
        opts: query.opts(),
    };
    let messages = cx.hub().call(call).await?;
    header(cx, row(["Task", "Host", "Time", "Message"].map(str::to_owned)));
    for message in query.in_order(&messages) {
        cx.out.data(message);
        let time = field(message, "msg_ts").as_double().map(ctime).unwrap_or_default();
        cx.out.line(row([
            shown(message, "task_id"),
            shown(message, "host_name"),
            time,
            shown(message, "msg"),
        ]));
    }
    Ok(())
}

fn row([task, host, time, message]: [String; 4]) -> String {
    format!("{task:<10} {host:<20} {time:<25} {message:<30}")
}
