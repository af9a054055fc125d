//! Waiting instead of polling.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use std::time::{Duration, Instant};

use koji_db::{Mode, Topic};
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

async fn announce(hub: &TestHub, topic: Topic) {
    let mut tx = hub.hub.db.begin(Mode::Write);
    tx.announce(topic);
    tx.commit().await.unwrap();
}

fn topics(names: &[&str]) -> Value {
    Value::Array(names.iter().map(|n| Value::from(*n)).collect())
}

/// A cursor of a bus that certainly listens.
async fn ready(hub: &TestHub) -> Value {
    for _ in 0..100 {
        let start = hub.call("live.wait", vec![topics(&["task:0"]), Value::Nil, 0.into()]).await.unwrap();
        announce(hub, Topic::Task(0)).await;
        let params = vec![topics(&["task:0"]), start.get("cursor").unwrap().clone(), Value::Double(0.2)];
        let answer = hub.call("live.wait", params).await.unwrap();
        if answer.get("topics") == Some(&topics(&["task:0"])) {
            return answer.get("cursor").unwrap().clone();
        }
    }
    panic!("the bus does not listen");
}

#[tokio::test]
async fn a_wait_ends_with_what_happened_since_the_cursor() {
    let hub = TestHub::new().await;
    let cursor = ready(&hub).await;
    announce(&hub, Topic::Task(7)).await;
    announce(&hub, Topic::Log(7)).await;
    let start = Instant::now();
    let wait = vec![topics(&["log:7", "repo:1", "task:8"]), cursor, 20.into()];
    let answer = hub.call("live.wait", wait).await.unwrap();
    assert_eq!(answer.get("topics"), Some(&topics(&["log:7"])));
    assert!(start.elapsed() < Duration::from_secs(10));
    // the same topic once more, now with a wait that has begun before
    let cursor = answer.get("cursor").unwrap().clone();
    let wait = hub.call("live.wait", vec![topics(&["log:7"]), cursor, 20.into()]);
    let (answer, ()) = tokio::join!(wait, async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        announce(&hub, Topic::Log(7)).await;
    });
    assert_eq!(answer.unwrap().get("topics"), Some(&topics(&["log:7"])));
}

#[tokio::test]
async fn waits_hold_no_database_connection() {
    let hub = TestHub::new().await;
    let cursor = ready(&hub).await;
    let waits = (0..40).map(|_| hub.call("live.wait", vec![topics(&["task:9"]), cursor.clone(), 20.into()]));
    let (answers, ()) = tokio::join!(futures::future::join_all(waits), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        hub.call("getLastEvent", vec![koji_hub::testing::kw([("strict", false.into())])]).await.unwrap();
        announce(&hub, Topic::Task(9)).await;
    });
    assert!(answers.into_iter().all(|a| a.unwrap().get("topics") == Some(&topics(&["task:9"]))));
}

#[tokio::test]
async fn bad_waits_are_refused_and_unknown_cursors_answered_at_once() {
    let hub = TestHub::new().await;
    for bad in [topics(&["nonsense"]), topics(&["task:x"]), Value::from("task:1"), topics(&["scheduler"])] {
        let fault = hub.call("live.wait", vec![bad.clone()]).await.unwrap_err();
        assert_eq!(fault.kind.code(), 1019, "{bad:?}");
    }
    let answer =
        hub.call("live.wait", vec![topics(&["task:1"]), "00000000-5".into(), 30.into()]).await.unwrap();
    assert_eq!(answer.get("topics"), Some(&topics(&["task:1"])));
    let call = Value::record([
        ("methodName", Value::from("live.wait")),
        ("params", Value::Array(vec![topics(&["task:1"])])),
    ]);
    let answer = hub.call("multiCall", vec![Value::Array(vec![call])]).await.unwrap();
    assert_eq!(answer.as_array().unwrap()[0].int_at("faultCode"), Some(1000));
}
