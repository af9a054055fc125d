use std::time::Duration;

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_api::types::BuildState;
use koji_why::{Budget, Card, Class, Error, Line, LogFile, Place, explain};
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Say why a task or build failed
///
/// Finds the one task that failed, the one log that matters and the lines that say why, with a hint what to do. It works with
/// every hub, reads logs from their ends and takes about a second.
///
/// Exit status: 0 explained, 1 the question cannot be answered (no such task or build, the hub does not answer), 2 usage,
/// 3 it did not fail, 4 it is not finished, 5 it failed, but no rule recognised how (the end of the log is shown).
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Task id, or name-version-release of a build
    #[arg(value_name = "TASK-ID|BUILD", required = true)]
    things: Vec<String>,
    /// Seconds to spend on reading a log that says nothing near its end
    #[arg(long, value_name = "SECONDS", default_value = "1.3", value_parser = seconds)]
    patience: Duration,
}

const NOT_FAILED: u8 = 3;
const UNFINISHED: u8 = 4;
const UNRECOGNISED: u8 = 5;
/// Characters of a line that are printed.
const WIDTH: usize = 240;

fn seconds(text: &str) -> std::result::Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("{text} is no number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|e| e.to_string())
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut worst = 0;
    for (n, thing) in a.things.iter().enumerate() {
        let task = task_of(cx, thing).await?;
        let budget = Budget { time: a.patience, ..Budget::default() };
        let card = explain(cx.hub(), task, budget).await.map_err(|e| no_card(thing, e))?;
        if n > 0 {
            cx.out.line("");
        }
        cx.out.data(&data(cx, &card));
        print(cx, &card);
        if card.class == Class::Unknown {
            worst = UNRECOGNISED;
        }
    }
    if worst == 0 { Ok(()) } else { Err(CommandError::status(worst)) }
}

fn with_status(status: u8, message: String) -> CommandError {
    CommandError { status, ..CommandError::new(message) }
}

fn no_card(thing: &str, e: Error<koji_client::ClientError>) -> CommandError {
    match e {
        Error::Hub(e) => e.into(),
        Error::NoTask(id) => CommandError::new(format!("There is no task {id}")),
        Error::Succeeded(_) => with_status(NOT_FAILED, format!("{thing} did not fail: it succeeded")),
        Error::Unfinished(_) => {
            with_status(UNFINISHED, format!("{thing} is not finished: koji watch-task shows how it goes"))
        }
    }
}

/// The task that was asked for, or that made the build.
async fn task_of(cx: &Cx, thing: &str) -> Result<i64> {
    if let Ok(id) = thing.parse() {
        return Ok(id);
    }
    let build = cx.hub().call(m::GetBuild { buildInfo: thing.into(), ..Default::default() }).await?;
    if build.is_nil() {
        return Err(CommandError::new(format!("There is no build {thing} (and it is no task id)")));
    }
    let state = build.int_at("state").and_then(BuildState::from_code);
    match (state, build.int_at("task_id")) {
        (Some(BuildState::Complete), _) => {
            Err(with_status(NOT_FAILED, format!("{thing} did not fail: it is complete")))
        }
        (_, Some(task)) => Ok(task),
        (_, None) => Err(CommandError::new(format!("{thing} was imported: no task made it"))),
    }
}

/// URL of a log: the file itself where the profile knows the hub's files, else the page of the web interface.
fn log_url(cx: &Cx, task: i64, log: &LogFile) -> String {
    match &cx.settings.topurl {
        Some(top) => {
            format!(
                "{}/{}/{}",
                PathInfo::new(top).work(Some(&log.volume)),
                PathInfo::task_rel(task),
                log.name
            )
        }
        None => format!(
            "{}/getfile?taskID={task}&volume={}&name={}",
            cx.settings.weburl.trim_end_matches('/'),
            log.volume,
            log.name
        ),
    }
}

fn print(cx: &Cx, card: &Card) {
    let task = &card.culprit;
    let row = |title: &str, text: &str| cx.out.line(format!("{title:<9}{text}"));
    let mut what = format!("{} {}", task.id, task.method);
    if !matches!(task.arch.as_str(), "" | "noarch") {
        what.push_str(&format!(" ({})", task.arch));
    }
    if let Some(host) = &card.host {
        what.push_str(&format!(" on {host}"));
    }
    if task.id != card.task.id {
        what.push_str(&format!(", below {} {}", card.task.id, card.task.method));
    }
    row("Task:", &what);
    let section = card.verdict.as_ref().and_then(|v| v.section.as_deref());
    let section = section.filter(|_| card.log.is_some()).map(|s| format!(", in {s}")).unwrap_or_default();
    row("Why:", &format!("{}: {}{section}", card.class.name(), card.class.meaning()));
    if let (Some(log), Some(verdict)) = (&card.log, &card.verdict) {
        row("Log:", &format!("{}, {}", log.name, place(verdict.cause.place)));
        row("", &log_url(cx, task.id, log));
        cx.out.line("");
        lines(cx, &verdict.lines, verdict.cause.place);
        cx.out.line("");
    }
    if let Some(fault) = &card.fault {
        row("Fault:", fault.trim_end());
    }
    row("Page:", &cx.task_url(task.id));
    row("Do:", &card.remedy);
}

fn place(place: Place) -> String {
    match place {
        Place::Line(n) => format!("line {n}"),
        Place::FromEnd(n) => format!("line {n} from the end"),
    }
}

/// A verdict on a log of this machine.
pub fn print_local(cx: &Cx, log: &std::path::Path, verdict: &koji_why::Verdict) {
    let row = |title: &str, text: &str| cx.out.line(format!("{title:<9}{text}"));
    let section = verdict.section.as_deref().map(|s| format!(", in {s}")).unwrap_or_default();
    row("Why:", &format!("{}: {}{section}", verdict.class.name(), verdict.class.meaning()));
    row("Log:", &format!("{}, {}", log.display(), place(verdict.cause.place)));
    cx.out.line("");
    lines(cx, &verdict.lines, verdict.cause.place);
    cx.out.line("");
    row("Do:", &verdict.remedy);
}

/// The lines with their numbers; `>` marks the cause, gaps are shown.
fn lines(cx: &Cx, lines: &[Line], cause: Place) {
    let width = lines.iter().map(|l| l.place.to_string().len()).max().unwrap_or(1);
    let number = |place| match place {
        Place::Line(n) => i64::try_from(n).unwrap_or(i64::MAX),
        Place::FromEnd(n) => i64::try_from(n).map_or(i64::MIN, |n| -n),
    };
    let mut last = None;
    for line in lines {
        let here = number(line.place);
        if last.is_some_and(|last: i64| here != last.saturating_add(1)) {
            cx.out.line(format!("  {:>width$}", "..."));
        }
        last = Some(here);
        let mark = if line.place == cause { '>' } else { ' ' };
        let short: String = line.text.chars().take(WIDTH).collect();
        let more = if short.len() < line.text.len() { " ..." } else { "" };
        cx.out.line(format!("{mark} {:>width$}  {short}{more}", line.place));
    }
}

fn data(cx: &Cx, card: &Card) -> Value {
    let text = |s: Option<&str>| s.map_or(Value::Nil, Value::from);
    let verdict = card.verdict.as_ref();
    let logged = verdict.filter(|_| card.log.is_some());
    let number = |place: Place| match place {
        Place::Line(n) | Place::FromEnd(n) => i64::try_from(n).unwrap_or(i64::MAX),
    };
    let from_end = |place: Place| matches!(place, Place::FromEnd(_));
    let line = |l: &Line| {
        Value::record([
            ("number", number(l.place).into()),
            ("from_end", from_end(l.place).into()),
            ("text", l.text.as_str().into()),
            ("telling", l.telling.into()),
        ])
    };
    let lines: Vec<Value> = logged.into_iter().flat_map(|v| &v.lines).map(line).collect();
    Value::record([
        ("task_id", card.task.id.into()),
        ("failed_task_id", card.culprit.id.into()),
        ("method", card.culprit.method.as_str().into()),
        ("arch", card.culprit.arch.as_str().into()),
        ("host", text(card.host.as_deref())),
        ("class", card.class.name().into()),
        ("meaning", card.class.meaning().into()),
        ("rule", text(verdict.map(|v| v.rule))),
        ("subject", text(verdict.and_then(|v| v.subject.as_deref()))),
        ("section", text(logged.and_then(|v| v.section.as_deref()))),
        ("log", text(card.log.as_ref().map(|l| l.name.as_str()))),
        ("volume", text(card.log.as_ref().map(|l| l.volume.as_str()))),
        ("log_url", card.log.as_ref().map_or(Value::Nil, |l| log_url(cx, card.culprit.id, l).into())),
        ("task_url", cx.task_url(card.culprit.id).into()),
        ("cause", logged.map_or(Value::Nil, |v| line(&v.cause))),
        ("lines", lines.into()),
        ("fault", text(card.fault.as_deref())),
        ("remedy", card.remedy.as_str().into()),
    ])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn patience() {
        assert_eq!(seconds("0.5").unwrap(), Duration::from_millis(500));
        assert!(seconds("-1").is_err() && seconds("nan").is_err() && seconds("soon").is_err());
    }
}
