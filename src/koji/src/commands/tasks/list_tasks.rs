use koji_api::types::TaskState;
use koji_xmlrpc::Value;

use super::select::{Period, Selection};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::shown;
use crate::watch::task_label;

/// List tasks that are not done
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// No header
    #[arg(long)]
    quiet: bool,
    /// Started before this time: seconds since 1970, a date, "yesterday", "2 hours ago"
    #[arg(long, value_name = "TIME", value_parser = crate::time::argument)]
    before: Option<f64>,
    /// Started after this time
    #[arg(long, value_name = "TIME", value_parser = crate::time::argument)]
    after: Option<f64>,
    /// Finished tasks, too (only with --after)
    #[arg(long)]
    all: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    // 0 is no time, as in upstream's client
    let [before, after] = [a.before, a.after].map(|time| time.filter(|seconds| *seconds != 0.0));
    if a.all && after.is_none() {
        return Err(CommandError::usage("--all must be used with --after"));
    }
    let period = Period { all: a.all, before, after };
    let tasks = a.selection.list(cx, &period).await?;
    for task in &tasks {
        cx.out.data(task);
    }
    if tasks.is_empty() {
        cx.out.line("(no tasks)");
        return Ok(());
    }
    if !a.quiet && !cx.options.quiet {
        cx.out.line("ID       Pri  Owner                State    Arch       Name");
    }
    for line in tree(&tasks) {
        cx.out.line(line);
    }
    Ok(())
}

/// Lines of all tasks, children below their parents.
fn tree(tasks: &[Value]) -> Vec<String> {
    let parent =
        |t: &Value| t.int_at("parent").filter(|id| tasks.iter().any(|other| other.int_at("id") == Some(*id)));
    let mut lines = Vec::new();
    let mut todo: Vec<(&Value, usize)> =
        tasks.iter().rev().filter(|t| parent(t).is_none()).map(|t| (t, 0)).collect();
    while let Some((task, depth)) = todo.pop() {
        lines.push(line(task, depth));
        if let Some(id) = task.int_at("id") {
            todo.extend(tasks.iter().rev().filter(|t| parent(t) == Some(id)).map(|t| (t, depth + 1)));
        }
    }
    lines
}

fn line(task: &Value, depth: usize) -> String {
    let state = task.int_at("state").and_then(TaskState::from_code).map_or("BADSTATE", TaskState::name);
    let indent = if depth > 0 { format!("{} +", "  ".repeat(depth - 1)) } else { String::new() };
    format!(
        "{:<8} {:<4} {:<20} {state:<8} {:<10} {indent}{}",
        shown(task, "id"),
        shown(task, "priority"),
        shown(task, "owner_name"),
        shown(task, "arch"),
        task_label(task)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_stand_below_their_parents() {
        let task = |id: i64, parent: Value| {
            Value::record([
                ("id", Value::Int(id)),
                ("parent", parent),
                ("priority", Value::Int(20)),
                ("owner_name", "kojira".into()),
                ("state", Value::Int(0)),
                ("arch", "noarch".into()),
                ("method", "restart".into()),
                ("request", Value::Array(Vec::new())),
            ])
        };
        let tasks =
            [task(3, Value::Int(1)), task(1, Value::Nil), task(4, Value::Int(3)), task(2, Value::Int(9))];
        let ids: Vec<String> = tree(&tasks).iter().map(|l| l.split(' ').next().unwrap().to_owned()).collect();
        assert_eq!(ids, ["1", "3", "4", "2"]);
        let start = "4        20   kojira               FREE     noarch        +restart";
        assert!(tree(&tasks).iter().any(|l| l.starts_with(start)), "{:?}", tree(&tasks));
    }
}
