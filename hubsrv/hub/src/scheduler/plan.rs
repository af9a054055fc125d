//! The rules: which free task goes to which host, and which host has kept a task too long.

use std::collections::{HashMap, HashSet};

use koji_config::hub::HubSettings;
use koji_db::scheduler::{ActiveTask, FreeTask, Host, Run};

/// The options of hub.conf that matter; times in seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Tasks of one host, unless it has a limit of its own.
    pub max_jobs: i64,
    /// By how much the load may go beyond a host's capacity.
    pub capacity_overcommit: f64,
    pub ready_timeout: f64,
    pub assign_timeout: f64,
    pub soft_refusal_timeout: f64,
    pub host_timeout: f64,
}

impl Limits {
    pub fn of(settings: &HubSettings) -> Limits {
        Limits {
            max_jobs: settings.max_jobs.into(),
            capacity_overcommit: settings.capacity_overcommit,
            ready_timeout: settings.ready_timeout as f64,
            assign_timeout: settings.assign_timeout as f64,
            soft_refusal_timeout: settings.soft_refusal_timeout as f64,
            host_timeout: settings.host_timeout as f64,
        }
    }
}

/// What a host has to do.
struct Seat<'a> {
    host: &'a Host,
    max_jobs: i64,
    load: f64,
    tasks: i64,
    /// Its share of all that waits.
    demand: f64,
}

impl Seat<'_> {
    /// Whether it can take a task of that weight in addition. A heavy task needs no more room than it goes beyond the overcommit.
    fn has_room(&self, limits: &Limits, weight: f64) -> bool {
        let needed = (weight - limits.capacity_overcommit).max(0.0);
        self.tasks < self.max_jobs && self.host.capacity - self.load > needed
    }

    fn rank(&self) -> f64 {
        self.load + self.tasks as f64 + self.demand
    }
}

/// Pairs of task and host: each task, the most urgent first, to the host with the least to do of those that can and may take
/// it. `refused` are pairs of task and host.
pub fn assignments(
    limits: &Limits,
    hosts: &[Host],
    active: &[ActiveTask],
    free: &[FreeTask],
    refused: &HashSet<(i64, i64)>,
) -> Vec<(i64, i64)> {
    let mut seats: Vec<Seat> = hosts.iter().map(|host| seat(limits, host, active)).collect();
    let mut by_bin: HashMap<(i64, &str), Vec<usize>> = HashMap::new();
    for (i, host) in hosts.iter().enumerate() {
        let arches: HashSet<&str> = host.arches.split_whitespace().chain(["noarch"]).collect();
        for channel in &host.channels {
            for arch in &arches {
                by_bin.entry((*channel, arch)).or_default().push(i);
            }
        }
    }
    let mut options: Vec<Vec<usize>> = Vec::with_capacity(free.len());
    for task in free {
        let bin = by_bin.get(&(task.channel_id, task.arch.as_str())).map(Vec::as_slice).unwrap_or_default();
        let able = |i: &usize| {
            seats.get(*i).is_some_and(|s| {
                s.host.ready && s.has_room(limits, task.weight) && !refused.contains(&(task.id, s.host.id))
            })
        };
        options.push(bin.iter().copied().filter(able).collect());
    }
    for (task, able) in free.iter().zip(&options) {
        let share = task.weight / able.len().max(1) as f64;
        for i in able {
            if let Some(seat) = seats.get_mut(*i) {
                seat.demand += share;
            }
        }
    }
    let total: f64 = seats.iter().map(|s| s.demand).sum();
    if total > 0.0 {
        seats.iter_mut().for_each(|s| s.demand /= total);
    }

    let mut chosen = Vec::new();
    for (task, able) in free.iter().zip(options) {
        let roomy =
            able.into_iter().filter(|i| seats.get(*i).is_some_and(|s| s.has_room(limits, task.weight)));
        let rank = |i: &usize| seats.get(*i).map_or(f64::INFINITY, Seat::rank);
        let best = roomy.min_by(|a, b| rank(a).total_cmp(&rank(b)));
        if let Some(seat) = best.and_then(|i| seats.get_mut(i)) {
            seat.load += task.weight;
            seat.tasks += 1;
            chosen.push((task.id, seat.host.id));
        }
    }
    chosen
}

/// Waiting tasks are no load, but they count.
fn seat<'a>(limits: &Limits, host: &'a Host, active: &[ActiveTask]) -> Seat<'a> {
    let own = || active.iter().filter(|t| t.host_id == Some(host.id));
    Seat {
        host,
        max_jobs: host.maxjobs.filter(|n| *n != 0).unwrap_or(limits.max_jobs),
        load: own().filter(|t| !t.waiting).map(|t| t.weight).sum(),
        tasks: own().map(|_| 1).sum(),
        demand: 0.0,
    }
}

/// A task to be taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    pub task: i64,
    pub host: Option<i64>,
    pub why: &'static str,
    /// The host was there and did not take it.
    pub implicit_refusal: bool,
}

/// Tasks whose host has not opened them in time, or is gone. An assignment that the scheduler has not made itself is an
/// administrator's will and stays.
pub fn overdue(limits: &Limits, hosts: &[Host], active: &[ActiveTask], runs: &[Run]) -> Vec<Overdue> {
    let mut found = Vec::new();
    for task in active {
        let Some(host_id) = task.host_id else {
            found.push(Overdue {
                task: task.id,
                host: None,
                why: "Active task with no host",
                implicit_refusal: false,
            });
            continue;
        };
        let Some(host) = hosts.iter().find(|h| h.id == host_id) else { continue };
        let ages = runs.iter().filter(|r| r.task_id == task.id).map(|r| r.age);
        let Some(age) = ages.reduce(f64::max) else { continue };
        if !task.open && age > limits.assign_timeout {
            found.push(Overdue {
                task: task.id,
                host: Some(host_id),
                why: "Task assignment timeout",
                implicit_refusal: host.silent.is_some_and(|silent| silent < age),
            });
        } else if task.open && host.silent.unwrap_or(age) > limits.host_timeout {
            found.push(Overdue {
                task: task.id,
                host: Some(host_id),
                why: "Freeing task from unresponsive host",
                implicit_refusal: false,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests;
