//! What the scheduler reads and writes: `scheduler_*` tables, and free and active tasks and hosts in its view.

mod load;
mod views;

use koji_api::types::TaskState;
use koji_xmlrpc::{Struct, Value};

use crate::{Result, Tx, args, to_json};

pub use load::{ActiveTask, FreeTask, Host, Refusal, Run, active_tasks, free_tasks, hosts, refusals, runs};
pub use views::{LOG_MESSAGES, TASK_REFUSALS, TASK_RUNS};

/// Name of the row in `locks` that a scheduler run holds.
pub const LOCK: &str = "scheduler";

/// Marks hosts not ready.
pub async fn set_not_ready(tx: &mut Tx, hosts: Vec<i64>) -> Result<()> {
    tx.execute("UPDATE host SET ready = FALSE WHERE id = ANY($1)", args![hosts]).await.map(drop)
}

/// Ends the older runs of a task and, unless an admin chose the host, records the new one.
pub async fn record_run(tx: &mut Tx, task: i64, host: i64, overriding: bool) -> Result<()> {
    tx.execute("UPDATE scheduler_task_runs SET active = FALSE WHERE task_id = $1 AND active", args![task])
        .await?;
    if !overriding {
        tx.execute("INSERT INTO scheduler_task_runs (task_id, host_id) VALUES ($1, $2)", args![task, host])
            .await?;
    }
    Ok(())
}

/// Ends the runs whose task no host has any more.
pub async fn end_stale_runs(tx: &mut Tx) -> Result<()> {
    tx.execute(
        "UPDATE scheduler_task_runs SET active = FALSE
          WHERE active AND NOT EXISTS (
                SELECT 1 FROM task WHERE task.id = task_id AND task.state IN ($1, $2))",
        args![TaskState::Open.code(), TaskState::Assigned.code()],
    )
    .await
    .map(drop)
}

/// Records that a host does not take a task: for ever, or (`soft`) for a while. `by_host` tells who said so.
pub async fn refuse(tx: &mut Tx, task: i64, host: i64, soft: bool, by_host: bool, msg: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO scheduler_task_refusals (task_id, host_id, soft, by_host, msg) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (task_id, host_id) DO UPDATE
            SET soft = EXCLUDED.soft, by_host = EXCLUDED.by_host, msg = EXCLUDED.msg",
        args![task, host, soft, by_host, msg],
    )
    .await?;
    log(tx, Some(task), Some(host), &format!("Host refused task: {msg}")).await
}

pub async fn drop_refusals(tx: &mut Tx, ids: Vec<i64>) -> Result<()> {
    tx.execute("DELETE FROM scheduler_task_refusals WHERE id = ANY($1)", args![ids]).await.map(drop)
}

/// Adds a line to the scheduler's log.
pub async fn log(tx: &mut Tx, task: Option<i64>, host: Option<i64>, msg: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO scheduler_log_messages (task_id, host_id, msg) VALUES ($1, $2, $3)",
        args![task, host, msg],
    )
    .await
    .map(drop)
}

/// What hosts say of themselves, by host.
pub async fn host_data(tx: &mut Tx, host: Option<i64>) -> Result<Vec<Struct>> {
    tx.rows(
        "SELECT host_id, data FROM scheduler_host_data WHERE $1::bigint IS NULL OR host_id = $1 ORDER BY host_id",
        args![host],
    )
    .await
}

pub async fn set_host_data(tx: &mut Tx, host: i64, data: &Value) -> Result<()> {
    tx.execute(
        "INSERT INTO scheduler_host_data (host_id, data) VALUES ($1, $2)
         ON CONFLICT (host_id) DO UPDATE SET data = EXCLUDED.data",
        args![host, to_json(data)],
    )
    .await
    .map(drop)
}

/// What a host reports in its poll. Answers whether it was ready before.
pub async fn update_host(tx: &mut Tx, host: i64, task_load: f64, ready: bool) -> Result<bool> {
    let before: Option<(bool,)> =
        tx.row_as("SELECT ready FROM host WHERE id = $1 FOR UPDATE", args![host]).await?;
    tx.execute(
        "UPDATE host SET task_load = $2, ready = $3, update_time = NOW() WHERE id = $1",
        args![host, task_load, ready],
    )
    .await?;
    Ok(before.is_some_and(|(ready,)| ready))
}

/// Seconds since the last run that counts for the interval; `None` when there was none.
pub async fn since_last_run(tx: &mut Tx) -> Result<Option<f64>> {
    let row: Option<(Option<f64>,)> = tx
        .row_as(
            "SELECT date_part('epoch', clock_timestamp()) - (data #>> '{}')::float8
               FROM scheduler_sys_data WHERE name = 'last_run_ts'",
            vec![],
        )
        .await?;
    Ok(row.and_then(|(age,)| age))
}

/// Notes that a run begins now.
pub async fn note_run(tx: &mut Tx) -> Result<()> {
    tx.execute(
        "INSERT INTO scheduler_sys_data (name, data) VALUES ('last_run_ts', to_jsonb(date_part('epoch', clock_timestamp())))
         ON CONFLICT (name) DO UPDATE SET data = EXCLUDED.data",
        vec![],
    )
    .await
    .map(drop)
}

/// Whether a host is there that waits for its assignments instead of polling: then things are done the moment they can be.
pub async fn has_live_host(tx: &mut Tx) -> Result<bool> {
    let found = tx
        .maybe_int(
            "SELECT host.id FROM host
               JOIN host_config ON host_config.host_id = host.id AND host_config.active IS TRUE AND host_config.enabled
               JOIN scheduler_host_data AS d ON d.host_id = host.id
              WHERE host.ready AND d.data -> 'live' = 'true'::jsonb LIMIT 1",
            vec![],
        )
        .await?;
    Ok(found.is_some())
}
