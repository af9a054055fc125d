//! A task's log, read by `koji-logs` while a builder uploads it; events say when to look.

use std::sync::Arc;
use std::time::Duration;

use koji_client::events::{Events, Notice};
use koji_client::{ClientOptions, Session};
use koji_hub::server;
use koji_hub::testing::TestHub;
use koji_logs::{Log, Options, Status, TaskLogs};
use koji_xmlrpc::Value;
use tokio::net::TcpListener;

use crate::common;

const PATIENCE: Duration = Duration::from_secs(60);

async fn upload(hub: &TestHub, task: i64, offset: usize, content: &[u8]) {
    let path = Value::from(format!("tasks/{}/{task}", task % 10_000));
    let content = Value::Base64(content.to_vec());
    let offset = Value::Int(i64::try_from(offset).unwrap());
    let params = vec![path, "build.log".into(), Value::Nil, Value::Nil, offset, content];
    hub.call_as(common::BUILDER, "uploadFile", params).await.unwrap();
}

async fn until(log: &Log, what: &str, check: impl Fn(&Status) -> bool) {
    let mut changes = log.changes();
    let found = tokio::time::timeout(PATIENCE, changes.wait_for(|s| check(s))).await;
    drop(found.unwrap_or_else(|_| panic!("{what}: {:?}", log.status())).unwrap());
}

#[tokio::test]
async fn a_tasks_log_is_followed_by_events() {
    let hub = TestHub::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/kojihub", listener.local_addr().unwrap());
    let server = tokio::spawn(server::serve(
        listener,
        server::router(Arc::clone(&hub.hub), None),
        std::future::pending(),
    ));
    let host = common::host(&hub).await;
    let task = common::task(&hub, host).await;
    let content: Vec<u8> = (0..60_000).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
    upload(&hub, task, 0, &content).await;

    let session = Session::new(ClientOptions::new(url)).unwrap();
    let dir = tempfile::tempdir().unwrap();
    // it would not look by itself before the test gives up
    let options = Options { dir: dir.path().to_owned(), poll: PATIENCE * 10 };
    let logs = TaskLogs::new(&session);
    let log = Log::open(logs.source(task, "build.log", None), options.clone()).unwrap();
    until(&log, "whole", Status::is_whole).await;
    let body = log.body();
    assert_eq!(body.number(body.lines().end - 1), Some(60_000));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "what is kept on disk has no name");

    let mut events = Events::listen(&session, [format!("log:{task}")]);
    assert_eq!(tokio::time::timeout(PATIENCE, events.next()).await.unwrap(), Some(Notice::Connected));
    upload(&hub, task, content.len(), b"one more\n").await;
    match tokio::time::timeout(PATIENCE, events.next()).await.unwrap() {
        Some(Notice::Event(event)) => {
            assert_eq!(event.int("size"), Some(i64::try_from(content.len()).unwrap() + 9));
            log.nudge();
        }
        other => panic!("{other:?}"),
    }
    until(&log, "grown", |s| s.size == content.len() as u64 + 9).await;
    assert_eq!(body.line(body.lines().end - 1).unwrap().text, b"one more");

    let missing = Log::open(logs.source(task, "root.log", None), options).unwrap();
    until(&missing, "missing", |s| s.trouble.is_some()).await;
    assert_eq!(missing.status().trouble.unwrap(), format!("root.log of task {task} is not there (yet)"));
    server.abort();
}
