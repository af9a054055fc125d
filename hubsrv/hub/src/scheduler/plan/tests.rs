use super::*;
use proptest::prelude::*;

fn limits() -> Limits {
    Limits {
        max_jobs: 15,
        capacity_overcommit: 5.0,
        ready_timeout: 180.0,
        assign_timeout: 300.0,
        soft_refusal_timeout: 900.0,
        host_timeout: 900.0,
    }
}

fn host(id: i64) -> Host {
    Host {
        id,
        name: format!("builder{id}"),
        ready: true,
        silent: Some(1.0),
        capacity: 2.0,
        arches: "x86_64 i386".into(),
        channels: vec![1],
        maxjobs: None,
        live: true,
    }
}

fn free(id: i64, weight: f64) -> FreeTask {
    FreeTask { id, channel_id: 1, arch: "noarch".into(), weight }
}

fn active(id: i64, host: i64, weight: f64) -> ActiveTask {
    ActiveTask { id, host_id: Some(host), open: true, waiting: false, weight }
}

fn plan(hosts: &[Host], active: &[ActiveTask], free: &[FreeTask]) -> Vec<(i64, i64)> {
    assignments(&limits(), hosts, active, free, &HashSet::new())
}

#[test]
fn the_idle_host_is_first() {
    let hosts = [host(1), host(2)];
    assert_eq!(plan(&hosts, &[active(9, 1, 0.5)], &[free(1, 1.0)]), [(1, 2)]);
    // and the next goes to the other, once both have the same to do
    assert_eq!(plan(&hosts, &[], &[free(1, 1.0), free(2, 1.0)]), [(1, 1), (2, 2)]);
}

#[test]
fn capacity_and_overcommit() {
    // full: nothing more, whatever its weight
    assert_eq!(plan(&[host(1)], &[active(9, 1, 2.0)], &[free(1, 0.1)]), []);
    // room left: any weight up to the overcommit
    assert_eq!(plan(&[host(1)], &[active(9, 1, 1.9)], &[free(1, 5.0)]), [(1, 1)]);
    // beyond it, as much room as it goes beyond
    assert_eq!(plan(&[host(1)], &[active(9, 1, 1.0)], &[free(1, 6.5)]), []);
    assert_eq!(plan(&[host(1)], &[active(9, 1, 1.0)], &[free(1, 5.9)]), [(1, 1)]);
    // a waiting task is no load
    let waiting = ActiveTask { waiting: true, ..active(9, 1, 2.0) };
    assert_eq!(plan(&[host(1)], &[waiting], &[free(1, 1.0)]), [(1, 1)]);
}

#[test]
fn waiting_tasks_count_as_jobs() {
    let one_job = Host { maxjobs: Some(1), ..host(1) };
    let waiting = ActiveTask { waiting: true, ..active(9, 1, 0.1) };
    assert_eq!(plan(std::slice::from_ref(&one_job), &[waiting], &[free(1, 1.0)]), []);
    assert_eq!(plan(&[one_job], &[], &[free(1, 0.1), free(2, 0.1)]), [(1, 1)]);
    let many: Vec<FreeTask> = (0..40).map(|id| free(id, 0.01)).collect();
    assert_eq!(plan(&[host(1)], &[], &many).len(), 15);
}

#[test]
fn channels_arches_readiness_refusals() {
    let other_channel = Host { channels: vec![2], ..host(1) };
    assert_eq!(plan(&[other_channel], &[], &[free(1, 1.0)]), []);
    let task = |arch: &str| FreeTask { arch: arch.into(), ..free(1, 1.0) };
    assert_eq!(plan(&[host(1)], &[], &[task("i386")]), [(1, 1)]);
    assert_eq!(plan(&[host(1)], &[], &[task("aarch64")]), []);
    assert_eq!(plan(&[Host { ready: false, ..host(1) }], &[], &[free(1, 1.0)]), []);
    let refused = HashSet::from([(1, 1)]);
    let chosen = assignments(&limits(), &[host(1), host(2)], &[], &[free(1, 1.0), free(2, 1.0)], &refused);
    assert_eq!(chosen, [(1, 2), (2, 1)]);
}

#[test]
fn late_assignments_and_silent_hosts() {
    let assigned = ActiveTask { open: false, ..active(1, 1, 1.0) };
    let late = |hosts: &[Host], task: &ActiveTask, age: f64| {
        overdue(&limits(), hosts, std::slice::from_ref(task), &[Run { task_id: 1, host_id: 1, age }])
    };
    let silent = |seconds: f64| [Host { silent: Some(seconds), ..host(1) }];
    assert_eq!(late(&silent(1.0), &assigned, 299.0), []);
    let found = late(&silent(1.0), &assigned, 301.0);
    assert_eq!(found.iter().map(|o| (o.task, o.implicit_refusal)).collect::<Vec<_>>(), [(1, true)]);
    // not heard of since: no refusal of the host's
    assert!(!late(&silent(400.0), &assigned, 301.0).iter().any(|o| o.implicit_refusal));

    let open = active(1, 1, 1.0);
    assert_eq!(late(&silent(899.0), &open, 5000.0), []);
    assert_eq!(late(&silent(901.0), &open, 5000.0).len(), 1);
    // an administrator's assignment has no run
    assert_eq!(overdue(&limits(), &silent(5000.0), std::slice::from_ref(&open), &[]), []);
    // a disabled host keeps its tasks
    assert_eq!(late(&[host(2)], &open, 5000.0), []);
    let lost = ActiveTask { host_id: None, ..open };
    assert_eq!(late(&[host(1)], &lost, 1.0).len(), 1);
}

prop_compose! {
    fn any_host()(id in 1..6_i64, capacity in 1.1..10.0, ready in any::<bool>(), channel in 1..3_i64,
                  maxjobs in prop::option::of(0..4_i64), x86 in any::<bool>()) -> Host {
        let arches = if x86 { "x86_64" } else { "aarch64" };
        Host { capacity, ready, channels: vec![channel], maxjobs, arches: arches.into(), ..host(id) }
    }
}
prop_compose! {
    fn any_free()(weight in 0.0..12.0, channel_id in 1..3_i64, arch in prop::sample::select(vec!["noarch", "x86_64", "aarch64"]))
        -> FreeTask {
        FreeTask { id: 0, channel_id, arch: arch.into(), weight }
    }
}
prop_compose! {
    fn any_active()(host in 1..6_i64, weight in 0.0..6.0, waiting in any::<bool>(), open in any::<bool>()) -> ActiveTask {
        ActiveTask { id: 0, host_id: Some(host), open, waiting, weight }
    }
}

proptest! {
    /// Every assignment follows the rules, no task is given twice, and what was left out had no place.
    #[test]
    fn assignments_follow_the_rules(
        hosts in prop::collection::vec(any_host(), 0..5),
        active in prop::collection::vec(any_active(), 0..6),
        mut free in prop::collection::vec(any_free(), 0..12),
        refused in prop::collection::hash_set((1..12_i64, 1..6_i64), 0..8),
    ) {
        let mut seen = HashSet::new();
        let hosts: Vec<Host> = hosts.into_iter().filter(|h| seen.insert(h.id)).collect();
        for (id, task) in (1..).zip(&mut free) {
            task.id = id;
        }
        let limits = limits();
        let chosen = assignments(&limits, &hosts, &active, &free, &refused);

        let mut load: HashMap<i64, f64> = HashMap::new();
        let mut jobs: HashMap<i64, i64> = HashMap::new();
        for task in &active {
            let host = task.host_id.unwrap();
            *load.entry(host).or_default() += if task.waiting { 0.0 } else { task.weight };
            *jobs.entry(host).or_default() += 1;
        }
        let fits = |host: &Host, task: &FreeTask, load: &HashMap<i64, f64>, jobs: &HashMap<i64, i64>| {
            host.ready
                && host.channels.contains(&task.channel_id)
                && (task.arch == "noarch" || host.arches == task.arch)
                && !refused.contains(&(task.id, host.id))
                && jobs.get(&host.id).copied().unwrap_or(0) < host.maxjobs.filter(|n| *n > 0).unwrap_or(15)
                && host.capacity - load.get(&host.id).copied().unwrap_or(0.0) > (task.weight - 5.0).max(0.0)
        };
        let mut given = HashSet::new();
        for task in &free {
            match chosen.iter().find(|(id, _)| *id == task.id) {
                Some((_, host_id)) => {
                    let host = hosts.iter().find(|h| h.id == *host_id).unwrap();
                    prop_assert!(fits(host, task, &load, &jobs));
                    prop_assert!(given.insert(task.id));
                    *load.entry(*host_id).or_default() += task.weight;
                    *jobs.entry(*host_id).or_default() += 1;
                }
                None => prop_assert!(!hosts.iter().any(|h| fits(h, task, &load, &jobs))),
            }
        }
        prop_assert_eq!(given.len(), chosen.len());
    }
}
