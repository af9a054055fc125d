//! Calls, sessions, multicalls, without HTTP.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use koji_api::Fault;
use koji_hub::auth::Credentials;
use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::Value;

fn code(r: Result<Value, Fault>) -> (i64, String) {
    let fault = r.unwrap_err();
    (fault.kind.code(), fault.message)
}

fn many(calls: &[(&str, Vec<Value>)]) -> Vec<Value> {
    let calls = calls
        .iter()
        .map(|(m, p)| Value::record([("methodName", Value::from(*m)), ("params", Value::Array(p.clone()))]));
    vec![Value::Array(calls.collect())]
}

#[tokio::test]
async fn multicalls_answer_each_call_in_its_place() {
    let hub = TestHub::new().await;
    let calls = many(&[
        ("getAPIVersion", vec![]),
        ("echo", vec![1_i64.into(), "two".into()]),
        ("nosuch", vec![]),
        ("multiCall", many(&[("echo", vec![1_i64.into()])])),
    ]);
    let answer = hub.call("multiCall", calls).await.unwrap();
    let answer = answer.as_array().unwrap();
    assert_eq!(answer[0], Value::Array(vec![1_i64.into()]));
    assert_eq!(answer[1], Value::Array(vec![vec![Value::Int(1), "two".into()].into()]));
    assert_eq!(
        (answer[2].int_at("faultCode"), answer[2].str_at("faultString")),
        (Some(1000), Some("Invalid method: nosuch"))
    );
    assert_eq!(
        answer[3],
        Value::Array(vec![Value::Array(vec![Value::Array(vec![Value::Array(vec![1_i64.into()])])])])
    );
    assert_eq!(code(hub.call("multiCall", vec![]).await).0, 1019);
    let text = hub.call("system.multicall", vec!["x".into()]).await.unwrap();
    assert_eq!(
        text.as_array().unwrap()[0].str_at("faultString"),
        Some("string indices must be integers, not 'str'")
    );
}

#[tokio::test]
async fn unknown_methods_and_bad_sessions_are_refused() {
    let hub = TestHub::new().await;
    assert_eq!(code(hub.call("noSuch", vec![]).await), (1000, "Invalid method: noSuch".into()));
    let bad = (1002, "Invalid session or bad credentials".to_owned());
    let (id, key) = hub.session("alice").await;
    for (id, key) in [(id, "x".to_owned()), (id + 1, key.clone()), (1 << 40, key)] {
        let said = Credentials { id, key, callnum: None };
        assert_eq!(code(hub.send("echo", vec![], Some(said)).await), bad);
    }
    let kwargs = kw([("a", 1_i64.into())]);
    assert_eq!(code(hub.call("echo", vec![kwargs]).await).0, 1019);
}
