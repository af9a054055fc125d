//! The scheduler: which host gets which task.
//!
//! It knows no timer of its own making: [`service`] runs it the moment something happens that can matter, builders' polls run
//! it when they find nothing. The rules are in [`plan`], free of I/O.

pub mod plan;
mod service;

use koji_config::hub::HubSettings;
use koji_db::Tx;
use koji_db::scheduler::{self as table, ActiveTask, Host, Run};

use crate::fault::Outcome;
use crate::tasks;

pub use service::serve;

/// Free tasks looked at in one run.
const MAX_TASKS: i64 = 1000;
/// A builder that polls and finds nothing may run the scheduler this many seconds after the last run, when `RunInterval` is
/// longer.
const POLL_INTERVAL: i64 = 10;

/// One run for a poll or an administrator: not while another one is under way, and not too soon after the last, unless
/// forced. Whether it ran.
pub async fn run(tx: &mut Tx, settings: &HubSettings, force: bool) -> Outcome<bool> {
    if !tx.lock(table::LOCK, force).await? {
        return Ok(false);
    }
    if !force {
        let interval = settings.run_interval.min(POLL_INTERVAL);
        match table::since_last_run(tx).await? {
            // the clock went back: wait an interval from now
            Some(age) if age < 0.0 => {
                tracing::error!("the scheduler's last run is {:.0} s in the future", -age);
                table::note_run(tx).await?;
                return Ok(false);
            }
            Some(age) if age < interval as f64 => return Ok(false),
            _ => table::note_run(tx).await?,
        }
    }
    let hosts = table::hosts(tx).await?;
    work(tx, settings, hosts).await?;
    Ok(true)
}

/// One run because something happened or (`due`) because it is time to look. What happens matters only when a host waits for
/// its assignments: hosts that poll get theirs in their polls.
pub async fn run_now(tx: &mut Tx, settings: &HubSettings, due: bool) -> Outcome<()> {
    tx.lock(table::LOCK, true).await?;
    let hosts = table::hosts(tx).await?;
    if due || hosts.iter().any(|h| h.live && h.ready) {
        work(tx, settings, hosts).await?;
    }
    Ok(())
}

async fn work(tx: &mut Tx, settings: &HubSettings, mut hosts: Vec<Host>) -> Outcome<()> {
    let limits = plan::Limits::of(settings);
    let active = table::active_tasks(tx).await?;
    let free = table::free_tasks(tx, MAX_TASKS).await?;
    mark_silent_hosts(tx, &limits, &mut hosts).await?;

    let refusals = table::refusals(tx).await?;
    let (dropped, refusals): (Vec<_>, Vec<_>) =
        refusals.into_iter().partition(|r| r.stale || r.soft && r.age > limits.soft_refusal_timeout);
    if !dropped.is_empty() {
        table::drop_refusals(tx, dropped.iter().map(|r| r.id).collect()).await?;
    }
    let refused = refusals.iter().map(|r| (r.task_id, r.host_id)).collect();
    for (task, host) in plan::assignments(&limits, &hosts, &active, &free, &refused) {
        assign(tx, task, host, false, false).await?;
    }
    check_active(tx, &limits, &hosts, &active).await?;
    Ok(table::end_stale_runs(tx).await?)
}

/// Gives a task to a host and records it. `overriding` marks a choice that the scheduler does not question later. False when
/// the task cannot be had.
pub async fn assign(tx: &mut Tx, task: i64, host: i64, force: bool, overriding: bool) -> Outcome<bool> {
    if !tasks::take(tx, task, host, false, force).await? {
        table::log(tx, Some(task), Some(host), "Assignment failed").await?;
        return Ok(false);
    }
    let msg = if overriding { "Assigning task (override)" } else { "Assigning task" };
    table::log(tx, Some(task), Some(host), msg).await?;
    table::record_run(tx, task, host, overriding).await?;
    Ok(true)
}

/// Hosts that have not reported for too long are not ready.
async fn mark_silent_hosts(tx: &mut Tx, limits: &plan::Limits, hosts: &mut [Host]) -> Outcome<()> {
    let mut silent = Vec::new();
    for host in hosts.iter_mut().filter(|h| h.ready) {
        if host.silent.is_none_or(|s| s > limits.ready_timeout) {
            host.ready = false;
            silent.push(host.id);
            table::log(tx, None, Some(host.id), "Marking host not ready").await?;
        }
    }
    if !silent.is_empty() {
        table::set_not_ready(tx, silent).await?;
    }
    Ok(())
}

/// Takes tasks away from hosts that do not work on them.
async fn check_active(
    tx: &mut Tx,
    limits: &plan::Limits,
    hosts: &[Host],
    active: &[ActiveTask],
) -> Outcome<()> {
    let runs: Vec<Run> = table::runs(tx).await?;
    for overdue in plan::overdue(limits, hosts, active, &runs) {
        let (task, host) = (overdue.task, overdue.host);
        if overdue.implicit_refusal
            && let Some(host) = host
        {
            table::refuse(tx, task, host, true, false, "assignment timeout").await?;
        }
        table::log(tx, Some(task), host, overdue.why).await?;
        tasks::free(tx, task).await?;
    }
    Ok(())
}
