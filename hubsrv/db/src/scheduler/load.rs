//! One look at everything the scheduler decides on. Times are ages in seconds by the database's clock.

use koji_api::types::TaskState;

use crate::{Result, Tx, args};

/// A task that waits for a host.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct FreeTask {
    pub id: i64,
    pub channel_id: i64,
    pub arch: String,
    pub weight: f64,
}

/// A task that a host has.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ActiveTask {
    pub id: i64,
    pub host_id: Option<i64>,
    pub open: bool,
    pub waiting: bool,
    pub weight: f64,
}

/// An enabled host.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Host {
    pub id: i64,
    pub name: String,
    pub ready: bool,
    /// Seconds since the host's last report.
    pub silent: Option<f64>,
    pub capacity: f64,
    /// Separated by spaces.
    pub arches: String,
    /// Enabled channels.
    pub channels: Vec<i64>,
    /// The host's own limit on the number of its tasks.
    pub maxjobs: Option<i64>,
    /// The host waits on its topic for assignments instead of polling.
    pub live: bool,
}

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Refusal {
    pub id: i64,
    pub task_id: i64,
    pub host_id: i64,
    pub soft: bool,
    /// Seconds.
    pub age: f64,
    /// Its task is finished.
    pub stale: bool,
}

/// The scheduler's own assignment of a task.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Run {
    pub task_id: i64,
    pub host_id: i64,
    /// Seconds since the assignment.
    pub age: f64,
}

/// The most urgent free tasks: lower priority first, then the older.
pub async fn free_tasks(tx: &mut Tx, limit: i64) -> Result<Vec<FreeTask>> {
    tx.rows_as(
        "SELECT id::bigint, channel_id::bigint, arch::text, weight FROM task
          WHERE state = $1 ORDER BY priority, create_time, id LIMIT $2",
        args![TaskState::Free.code(), limit],
    )
    .await
}

pub async fn active_tasks(tx: &mut Tx) -> Result<Vec<ActiveTask>> {
    tx.rows_as(
        "SELECT id::bigint, host_id::bigint, state = $1 AS open, waiting IS TRUE AS waiting, weight
           FROM task WHERE state IN ($1, $2) ORDER BY id",
        args![TaskState::Open.code(), TaskState::Assigned.code()],
    )
    .await
}

pub async fn hosts(tx: &mut Tx) -> Result<Vec<Host>> {
    tx.rows_as(
        "SELECT host.id::bigint, host.name::text, host.ready,
                date_part('epoch', clock_timestamp() - host.update_time) AS silent,
                host_config.capacity, coalesce(host_config.arches, '') AS arches,
                ARRAY(SELECT channels.id::bigint FROM host_channels
                        JOIN channels ON channels.id = host_channels.channel_id
                       WHERE host_channels.host_id = host.id AND host_channels.active IS TRUE AND channels.enabled
                       ORDER BY channels.id) AS channels,
                CASE WHEN jsonb_typeof(data -> 'maxjobs') = 'number' THEN (data ->> 'maxjobs')::float8::bigint END
                    AS maxjobs,
                coalesce(data -> 'live' = 'true'::jsonb, FALSE) AS live
           FROM host
           JOIN host_config ON host_config.host_id = host.id AND host_config.active IS TRUE AND host_config.enabled
           LEFT JOIN scheduler_host_data ON scheduler_host_data.host_id = host.id
          ORDER BY host.id",
        vec![],
    )
    .await
}

pub async fn refusals(tx: &mut Tx) -> Result<Vec<Refusal>> {
    tx.rows_as(
        "SELECT r.id::bigint, r.task_id::bigint, r.host_id::bigint, r.soft,
                date_part('epoch', clock_timestamp() - r.time) AS age, task.state NOT IN ($1, $2, $3) AS stale
           FROM scheduler_task_refusals AS r JOIN task ON task.id = r.task_id",
        args![TaskState::Free.code(), TaskState::Open.code(), TaskState::Assigned.code()],
    )
    .await
}

/// Assignments of the scheduler that are not over.
pub async fn runs(tx: &mut Tx) -> Result<Vec<Run>> {
    tx.rows_as(
        "SELECT task_id::bigint, host_id::bigint, date_part('epoch', clock_timestamp() - create_time) AS age
           FROM scheduler_task_runs WHERE active ORDER BY id",
        vec![],
    )
    .await
}
