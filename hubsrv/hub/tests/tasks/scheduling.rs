//! The scheduler on real tables, and how fast its service is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use koji_db::{Mode, args};
use koji_hub::testing::{TestHub, kw};
use koji_hub::{repos, scheduler};
use koji_xmlrpc::{Value, write_response};
use tokio::task::JoinSet;

const BUILDER: &str = "builder1.example.com";
const OTHER: &str = "builder2.example.com";

async fn add_host(hub: &TestHub, name: &str, arches: &str) {
    let arches = arches.split(' ').collect::<Vec<_>>().into();
    let params = vec![name.into(), arches, kw([("force", true.into())])];
    hub.call_as("kojiadmin", "addHost", params).await.unwrap();
}

async fn ready(hub: &TestHub, name: &str, data: Value) {
    hub.call_as(name, "host.updateHost", vec![0.0.into(), true.into(), data]).await.unwrap();
}

async fn make(hub: &TestHub, options: Value) -> i64 {
    let params = vec!["sleep".into(), Value::Array(vec![5.into()]), options];
    hub.call_as("kojiadmin", "makeTask", params).await.unwrap().as_int().unwrap()
}

async fn run(hub: &TestHub) {
    assert_eq!(hub.call_as("kojiadmin", "scheduler.doRun", vec![true.into()]).await.unwrap(), true.into());
}

async fn sql(hub: &TestHub, text: &'static str, args: Vec<koji_db::Arg>) {
    let mut tx = hub.hub.db.begin(Mode::Write);
    tx.execute(text, args).await.unwrap();
    tx.commit().await.unwrap();
}

/// State and host of a task.
async fn place(hub: &TestHub, task: i64) -> (i64, Option<i64>) {
    let info = hub.call("getTaskInfo", vec![task.into()]).await.unwrap();
    (info.int_at("state").unwrap(), info.int_at("host_id"))
}

fn services(hub: &TestHub) -> JoinSet<()> {
    let mut services = JoinSet::new();
    services.spawn(scheduler::serve(Arc::clone(&hub.hub)));
    services.spawn(repos::serve(Arc::clone(&hub.hub)));
    services
}

#[tokio::test]
async fn a_poll_gets_the_most_urgent_tasks() {
    let hub = TestHub::new().await;
    add_host(&hub, BUILDER, "x86_64").await;
    ready(&hub, BUILDER, Value::record([("maxjobs", Value::Int(2))])).await;
    let late = make(&hub, kw([("priority", 30.into())])).await;
    let soon = make(&hub, kw([("priority", 10.into())])).await;
    let normal = make(&hub, kw([("arch", "x86_64".into())])).await;
    let foreign = make(&hub, kw([("arch", "aarch64".into()), ("priority", 1.into())])).await;
    let tasks = hub.call_as(BUILDER, "host.getTasks", vec![]).await.unwrap();
    let ids: Vec<_> = tasks.as_array().unwrap().iter().filter_map(|t| t.int_at("id")).collect();
    assert_eq!(ids, [soon, normal]);
    assert_eq!((place(&hub, late).await, place(&hub, foreign).await), ((0, None), (0, None)));
    let runs = hub
        .call("scheduler.getTaskRuns", vec![Value::Nil, Value::Array(vec!["task_id".into()])])
        .await
        .unwrap();
    assert_eq!(runs.as_array().unwrap().len(), 2);
    // not again so soon
    sql(&hub, "UPDATE task SET state = 2, completion_time = now() WHERE state = 4", args![]).await;
    assert_eq!(hub.call_as(BUILDER, "host.getTasks", vec![]).await.unwrap(), Value::Array(vec![]));
    sql(&hub, "UPDATE scheduler_sys_data SET data = '1'", args![]).await;
    let load = hub.call_as(BUILDER, "host.getLoadData", vec![]).await.unwrap();
    let tasks = load.as_array().unwrap()[1].as_array().unwrap().to_vec();
    assert_eq!(tasks.iter().filter_map(|t| t.int_at("id")).collect::<Vec<_>>(), [late]);
}

#[tokio::test]
async fn timeouts_take_tasks_back() {
    let hub = TestHub::new().await;
    add_host(&hub, BUILDER, "x86_64").await;
    hub.call_as("kojiadmin", "editHost", vec![BUILDER.into(), kw([("capacity", 8.0.into())])]).await.unwrap();
    ready(&hub, BUILDER, Value::Nil).await;
    let (slow, lost, chosen) = (make(&hub, kw([])).await, make(&hub, kw([])).await, make(&hub, kw([])).await);
    let by_hand = vec![chosen.into(), BUILDER.into(), kw([("override", true.into())])];
    hub.call_as("kojiadmin", "assignTask", by_hand).await.unwrap();
    run(&hub).await;
    hub.call_as(BUILDER, "host.openTask", vec![lost.into()]).await.unwrap();
    assert_eq!((place(&hub, slow).await, place(&hub, lost).await), ((4, Some(1)), (1, Some(1))));

    // the host was there after the assignment but did not open the task
    sql(&hub, "UPDATE scheduler_task_runs SET create_time = now() - interval '301 s'", args![]).await;
    run(&hub).await;
    assert_eq!(place(&hub, slow).await, (0, None));
    let refusals = hub.call("scheduler.getTaskRefusals", vec![]).await.unwrap();
    let refusal = refusals.as_array().unwrap()[0].clone();
    assert_eq!(
        (refusal.str_at("msg"), refusal.get("soft")),
        (Some("assignment timeout"), Some(&true.into()))
    );
    run(&hub).await;
    assert_eq!(place(&hub, slow).await, (0, None), "a refusal holds");
    sql(&hub, "UPDATE scheduler_task_refusals SET time = now() - interval '901 s'", args![]).await;
    run(&hub).await;
    assert_eq!(place(&hub, slow).await, (4, Some(1)), "a soft one for a while");

    sql(&hub, "UPDATE host SET update_time = now() - interval '901 s'", args![]).await;
    run(&hub).await;
    assert_eq!(place(&hub, lost).await, (0, None));
    assert_eq!(place(&hub, chosen).await, (4, Some(1)), "an administrator's choice stays");
    let host = hub.call("getHost", vec![BUILDER.into()]).await.unwrap();
    assert_eq!(host.get("ready"), Some(&false.into()));
}

#[tokio::test]
async fn noarch_tasks_keep_off_hosts_without_the_tags_arches() {
    let hub = TestHub::new().await;
    add_host(&hub, BUILDER, "aarch64").await;
    add_host(&hub, OTHER, "x86_64").await;
    ready(&hub, BUILDER, Value::Nil).await;
    ready(&hub, OTHER, Value::Nil).await;
    let parent = hub
        .call_as("kojiadmin", "createTag", vec!["base".into(), kw([("arches", "x86_64 i386".into())])])
        .await;
    parent.unwrap();
    hub.call_as("kojiadmin", "createTag", vec!["build".into(), kw([("parent", "base".into())])])
        .await
        .unwrap();
    let params = vec!["buildSRPMFromSCM".into(), Value::Array(vec!["git://x#1".into(), "build".into()])];
    let task = hub.call_as("kojiadmin", "makeTask", params).await.unwrap().as_int().unwrap();
    let refusals = hub.call("scheduler.getTaskRefusals", vec![]).await.unwrap();
    let refusal = refusals.as_array().unwrap().to_vec();
    assert_eq!(refusal.iter().map(|r| r.int_at("host_id")).collect::<Vec<_>>(), [Some(1)]);
    assert_eq!(refusal[0].str_at("msg"), Some("automatic arch refusal"));
    run(&hub).await;
    assert_eq!(place(&hub, task).await, (4, Some(2)));
}

/// Waits until `done` answers true.
async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !done().await {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_live_host_gets_tasks_without_polling() {
    let hub = TestHub::new().await;
    let _services = services(&hub);
    add_host(&hub, BUILDER, "x86_64").await;
    let task = make(&hub, kw([])).await;
    ready(&hub, BUILDER, Value::record([("live", true.into()), ("maxjobs", Value::Int(1))])).await;
    until("the host is ready: its task comes", async || place(&hub, task).await == (4, Some(1))).await;
    let next = make(&hub, kw([])).await;
    hub.call_as(BUILDER, "host.openTask", vec![task.into()]).await.unwrap();
    assert_eq!(place(&hub, next).await, (0, None));
    let response = String::from_utf8(write_response(&Value::Nil)).unwrap();
    hub.call_as(BUILDER, "host.closeTask", vec![task.into(), response.into()]).await.unwrap();
    until("one is done: the next comes", async || place(&hub, next).await == (4, Some(1))).await;
}

#[tokio::test]
async fn hosts_that_poll_are_not_hurried() {
    let hub = TestHub::new().await;
    let _services = services(&hub);
    add_host(&hub, BUILDER, "x86_64").await;
    // the service's first look is over
    tokio::time::sleep(Duration::from_millis(200)).await;
    ready(&hub, BUILDER, Value::Nil).await;
    let task = make(&hub, kw([])).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(place(&hub, task).await, (0, None));
}
