//! What a mail says of a build that failed: where, the fault, and the lines of the log that say why.

use koji_api::types::TaskState;
use koji_why::{Budget, Card, Place, explain};

use super::build::Work;
use crate::task::TaskCx;

/// Characters of a line of a log.
const WIDTH: usize = 240;

/// Why the task failed, as far as its logs tell. They are no reason to send no mail.
pub(super) async fn why(cx: &TaskCx, task: i64) -> Option<Card> {
    match explain(&cx.session, task, Budget::default()).await {
        Ok(card) => Some(card),
        Err(e) => {
            tracing::info!(task, error = %e, "the mail has no lines of the logs");
            None
        }
    }
}

pub(super) fn lines(nvr: &str, build: i64, tasks: &[Work], card: Option<&Card>) -> Vec<String> {
    let failed: Vec<&Work> = tasks.iter().filter(|t| t.state == Some(TaskState::Failed)).collect();
    let hosts = failed.iter().filter_map(|t| t.host.as_ref().map(|host| format!("{host} ({})", t.arch)));
    let fault = failed.iter().map(|t| t.result.as_str()).find(|r| !r.is_empty());
    let mut lines =
        vec![String::new(), format!("{nvr} ({build}) failed on {}:", hosts.collect::<Vec<_>>().join(", "))];
    lines.extend(fault.unwrap_or("Unknown").lines().map(|l| format!("  {l}")));
    lines.extend(card.map(of_log).unwrap_or_default());
    lines
}

/// The log that matters, what it says and what helps.
fn of_log(card: &Card) -> Vec<String> {
    let (Some(log), Some(verdict)) = (&card.log, &card.verdict) else { return Vec::new() };
    let place = match verdict.cause.place {
        Place::Line(n) => format!("line {n}"),
        Place::FromEnd(n) => format!("line {n} from the end"),
    };
    let section = verdict.section.as_deref().map(|s| format!(" in {s}")).unwrap_or_default();
    let mut lines = vec![
        String::new(),
        format!("{}, {place}: {}{section}: {}", log.name, card.class.name(), card.class.meaning()),
    ];
    lines.extend(
        verdict.lines.iter().map(|l| format!("  {}", l.text.chars().take(WIDTH).collect::<String>())),
    );
    lines.push(card.remedy.clone());
    lines
}
