//! Logins, call numbers, expiry, exclusive sessions.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use koji_api::Fault;
use koji_db::{Mode, args, sessions};
use koji_hub::auth::{Credentials, hash_password};
use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::Value;

fn code(r: Result<Value, Fault>) -> (i64, String) {
    let fault = r.unwrap_err();
    (fault.kind.code(), fault.message)
}

fn said(answer: &Value) -> Credentials {
    Credentials {
        id: answer.int_at("session-id").unwrap(),
        key: answer.str_at("session-key").unwrap().to_owned(),
        callnum: None,
    }
}

fn numbered(said: &Credentials, callnum: i64) -> Option<Credentials> {
    Some(Credentials { callnum: Some(callnum), ..said.clone() })
}

async fn with_password(hub: &TestHub, user: i64, password: &str) {
    let mut tx = hub.hub.db.begin(Mode::Write);
    sessions::set_password(&mut tx, user, &hash_password(password).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn sql(hub: &TestHub, sql: &'static str) {
    let mut tx = hub.hub.db.begin(Mode::Write);
    tx.execute(sql, args![]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn login(hub: &TestHub, user: &str, password: &str) -> Result<Value, Fault> {
    hub.call("login", vec![user.into(), password.into()]).await
}

const CHANGE: &str = "createUser";

#[tokio::test]
async fn passwords_are_hashes_or_upstreams_column() {
    let hub = TestHub::new().await;
    with_password(&hub, 2, "alicepw").await;
    sql(&hub, "UPDATE users SET password = 'bobpw' WHERE id = 3").await;
    sql(&hub, "UPDATE users SET password = 'old' WHERE id = 2").await;
    let wrong = (1002, "invalid username or password".to_owned());
    for (user, password) in
        [("alice", "wrong"), ("alice", "old"), ("nobody", "x"), ("bob", ""), ("kojiadmin", "x")]
    {
        assert_eq!(code(login(&hub, user, password).await), wrong, "{user} {password}");
    }
    assert_eq!(code(hub.call("login", vec!["alice".into(), Value::Nil]).await), wrong);
    for (user, password) in [("alice", "alicepw"), ("bob", "bobpw")] {
        let answer = login(&hub, user, password).await.unwrap();
        let me = hub.send("getLoggedInUser", vec![], Some(said(&answer))).await.unwrap();
        assert_eq!(me.str_at("name"), Some(user));
    }
    with_password(&hub, 6, "blockedpw").await;
    sql(&hub, "UPDATE users SET status = 1 WHERE id = 6").await;
    assert_eq!(
        code(login(&hub, "blocked", "blockedpw").await),
        (1002, "logins by blocked are not allowed".into())
    );
}

#[tokio::test]
async fn guessing_is_slowed_down_and_noted() {
    let hub = TestHub::new().await;
    with_password(&hub, 2, "alicepw").await;
    for _ in 0..10 {
        assert_eq!(code(login(&hub, "alice", "guess").await).1, "invalid username or password");
    }
    let (code, text) = code(login(&hub, "alice", "alicepw").await);
    assert!(
        code == 1002 && text.starts_with("too many failed logins from 127.0.0.1; try again in "),
        "{text}"
    );
    let mut tx = hub.hub.db.begin(Mode::Read);
    let noted = tx
        .int("SELECT count(*) FROM hub_audit WHERE method = 'login' AND fault = 1002 AND params = '[\"alice\"]'", args![])
        .await;
    assert_eq!(noted.unwrap(), 11);
}

/// E1 of docs/security.md.
#[tokio::test]
async fn guessing_session_keys_is_slowed_down_and_noted() {
    let hub = TestHub::new().await;
    let (id, key) = hub.session("alice").await;
    let with = |key: &str| Some(Credentials { id, key: key.to_owned(), callnum: None });
    let bad = (1002, "Invalid session or bad credentials".to_owned());
    // one letter wrong, at the end, at the beginning; shorter; none
    let (last, first) = (format!("{}!", &key[..key.len() - 1]), format!("!{}", &key[1..]));
    for guess in [last.as_str(), &first, &key[..5], "", "2-x", "\u{1f511}", "a", "b", "c", "d"] {
        assert_eq!(code(hub.send("getLoggedInUser", vec![], with(guess)).await), bad, "{guess}");
    }
    // from then on not even the right one is looked at from there
    for method in ["getLoggedInUser", CHANGE] {
        let (code, text) = code(hub.send(method, vec!["x".into()], with(&key)).await);
        assert!(
            code == 1002 && text.starts_with("too many wrong session keys from 127.0.0.1; try again in "),
            "{text}"
        );
    }
    // others are let in, from there as well
    hub.call_as("kojiadmin", "getLoggedInUser", vec![]).await.unwrap();
    let mut tx = hub.hub.db.begin(Mode::Read);
    let noted = "SELECT count(*) FROM hub_audit WHERE fault = 1002 AND ip = '127.0.0.1' AND params = '[\"session ' || $1 || '\"]'";
    assert_eq!(tx.int(noted, args![id.to_string()]).await.unwrap(), 12);
    // sessions that are none are counted, each by itself and all together
    for n in 0..1000 {
        let none = Credentials { id: 1_000_000 + n, key: "2-x".into(), callnum: None };
        let _ = hub.send("getLoggedInUser", vec![], Some(none)).await;
    }
    let text = code(hub.call_as("bob", "getLoggedInUser", vec![]).await).1;
    assert!(text.starts_with("too many wrong session keys"), "{text}");
}

#[tokio::test]
async fn a_call_number_is_used_once_for_changes() {
    let hub = TestHub::new().await;
    let (id, key) = hub.session("kojiadmin").await;
    let me = Credentials { id, key, callnum: None };
    hub.send(CHANGE, vec!["carol".into()], numbered(&me, 200)).await.unwrap();
    assert_eq!(
        code(hub.send(CHANGE, vec!["dave".into()], numbered(&me, 200)).await),
        (1009, format!("unable to retry call 200 (method createUser) for session {id}"))
    );
    assert_eq!(
        code(hub.send("echo", vec![], numbered(&me, 199)).await),
        (1008, format!("200 > 199 (session {id})"))
    );
    // reads and refused changes leave the number free
    hub.send("echo", vec![], numbered(&me, 201)).await.unwrap();
    assert_eq!(code(hub.send(CHANGE, vec!["carol".into()], numbered(&me, 201)).await).0, 1000);
    hub.send(CHANGE, vec!["dave".into()], numbered(&me, 201)).await.unwrap();
    assert_eq!(code(hub.send("echo", vec![], numbered(&me, 201)).await).0, 1009);
}

#[tokio::test]
async fn a_call_repeated_while_it_runs_is_made_once() {
    let hub = TestHub::new().await;
    let (id, key) = hub.session("kojiadmin").await;
    let me = Credentials { id, key, callnum: None };
    let calls = (0..8).map(|n| hub.send(CHANGE, vec![format!("user{n}").into()], numbered(&me, 5)));
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1, "{answers:?}");
    assert!(answers.into_iter().filter(Result::is_err).all(|a| code(a).0 == 1009));
}

#[tokio::test]
async fn an_expired_session_is_renewed_by_logging_in() {
    let hub = TestHub::with_config("SessionRenewalTimeout = 60").await;
    with_password(&hub, 1, "pw").await;
    let answer = login(&hub, "kojiadmin", "pw").await.unwrap();
    let old = said(&answer);
    let sub = said(&hub.send("subsession", vec![], Some(old.clone())).await.unwrap());
    hub.send(CHANGE, vec!["carol".into()], numbered(&old, 7)).await.unwrap();
    sql(&hub, "UPDATE sessions SET start_time = now() - interval '61 minutes' WHERE master IS NULL").await;
    let expired = (1007, format!("session \"{}\" has expired", old.id));
    assert_eq!(code(hub.send("echo", vec![], numbered(&old, 8)).await), expired);
    // those below it go with it
    assert_eq!(code(hub.send("echo", vec![], Some(sub.clone())).await).0, 1007);
    let renew =
        vec!["kojiadmin".into(), "pw".into(), kw([("renew", true.into()), ("exclusive", false.into())])];
    let renewed = hub.send("login", renew.clone(), numbered(&old, 9)).await.unwrap();
    let new = said(&renewed);
    assert!(new.id == old.id && new.key != old.key);
    // clients begin to count anew
    hub.send(CHANGE, vec!["dave".into()], numbered(&new, 0)).await.unwrap();
    assert_eq!(code(hub.send("echo", vec![], Some(old)).await).0, 1002);
    // a subsession whose master is closed cannot come back
    hub.send("logout", vec![], Some(new)).await.unwrap();
    sql(&hub, "UPDATE sessions SET closed = FALSE WHERE master IS NOT NULL").await;
    assert_eq!(hub.send("login", renew, Some(sub)).await.unwrap(), Value::Nil);
}

#[tokio::test]
async fn nobody_renews_another_users_session() {
    let hub = TestHub::new().await;
    with_password(&hub, 1, "pw").await;
    with_password(&hub, 2, "alicepw").await;
    let alice = said(&login(&hub, "alice", "alicepw").await.unwrap());
    sql(&hub, "UPDATE sessions SET expired = TRUE").await;
    let renew = vec!["kojiadmin".into(), "pw".into(), kw([("renew", true.into())])];
    assert_eq!(code(hub.send("login", renew, Some(alice)).await).0, 1002);
}

#[tokio::test]
async fn one_exclusive_session_locks_the_others_out() {
    let hub = TestHub::new().await;
    with_password(&hub, 2, "alicepw").await;
    let one = said(&login(&hub, "alice", "alicepw").await.unwrap());
    let sub = said(&hub.send("subsession", vec![], Some(one.clone())).await.unwrap());
    assert_eq!(
        code(hub.send("exclusiveSession", vec![], Some(sub.clone())).await).1,
        "subsessions cannot become exclusive"
    );
    hub.send("exclusiveSession", vec![], Some(one.clone())).await.unwrap();
    assert_eq!(
        code(hub.send("exclusiveSession", vec![], Some(one.clone())).await).1,
        "session is already exclusive"
    );
    hub.send("echo", vec![], Some(sub)).await.unwrap();
    let two = said(&login(&hub, "alice", "alicepw").await.unwrap());
    assert_eq!(
        code(hub.send("echo", vec![], Some(two.clone())).await),
        (1006, "User locked by another session".into())
    );
    assert_eq!(
        code(hub.send("exclusiveSession", vec![], Some(two.clone())).await),
        (1006, "Cannot get exclusive session".into())
    );
    hub.send("exclusiveSession", vec![kw([("force", true.into())])], Some(two.clone())).await.unwrap();
    assert_eq!(code(hub.send("echo", vec![], Some(one)).await).0, 1002);
    hub.send("sharedSession", vec![], Some(two.clone())).await.unwrap();
    let three = said(&login(&hub, "alice", "alicepw").await.unwrap());
    hub.send("echo", vec![], Some(three)).await.unwrap();
}

#[tokio::test]
async fn logging_out_closes_what_is_below_and_nobody_elses() {
    let hub = TestHub::new().await;
    let (id, key) = hub.session("alice").await;
    let alice = Credentials { id, key, callnum: None };
    let (admin, _) = hub.session("kojiadmin").await;
    let sub = said(&hub.send("subsession", vec![], Some(alice.clone())).await.unwrap());
    assert_eq!(code(hub.call("logout", vec![]).await), (1002, "Not logged in".into()));
    assert_eq!(code(hub.send("logout", vec![admin.into()], Some(alice.clone())).await).0, 1000);
    hub.send("logout", vec![], Some(alice)).await.unwrap();
    assert_eq!(code(hub.send("echo", vec![], Some(sub)).await).0, 1002);
}

#[tokio::test]
async fn a_disabled_user_and_a_revoked_permission_count_at_once() {
    let hub = TestHub::new().await;
    hub.call_as("alice", "echo", vec![]).await.unwrap();
    hub.call_as("kojiadmin", "disableUser", vec!["alice".into()]).await.unwrap();
    assert_eq!(
        code(hub.call_as("alice", "echo", vec![]).await),
        (1002, "logins by alice are not allowed".into())
    );
    hub.call_as("kojiadmin", "grantPermission", vec!["bob".into(), "admin".into()]).await.unwrap();
    hub.call_as("bob", "createUser", vec!["carol".into()]).await.unwrap();
    hub.call_as("kojiadmin", "revokePermission", vec!["bob".into(), "admin".into()]).await.unwrap();
    assert_eq!(
        code(hub.call_as("bob", "createUser", vec!["dave".into()]).await),
        (1004, "admin permission required (logged in as bob)".into())
    );
}

#[tokio::test]
async fn maintenance_keeps_all_but_admins_out() {
    let hub = TestHub::with_config("LockOut = yes").await;
    assert_eq!(code(hub.call("echo", vec![]).await), (1014, "Server disabled for maintenance".into()));
    assert_eq!(code(hub.call_as("alice", "echo", vec![]).await).0, 1014);
    hub.call_as("kojiadmin", "echo", vec![]).await.unwrap();
    let hub = TestHub::with_config("ServerOffline = yes\nOfflineMessage = back at noon").await;
    assert_eq!(code(hub.call_as("kojiadmin", "echo", vec![]).await), (1014, "back at noon".into()));
}

#[tokio::test]
async fn changes_and_refusals_are_in_the_audit_log() {
    let hub = TestHub::new().await;
    hub.call_as("kojiadmin", "createUser", vec!["carol".into()]).await.unwrap();
    code(hub.call_as("alice", "createUser", vec!["dave".into()]).await);
    let calls = [("createUser", "erin"), ("createUser", "carol")].map(|(method, name)| {
        Value::record([("methodName", Value::from(method)), ("params", Value::Array(vec![name.into()]))])
    });
    hub.call_as("kojiadmin", "multiCall", vec![Value::Array(calls.into())]).await.unwrap();
    let mut tx = hub.hub.db.begin(Mode::Read);
    let rows =
        tx.rows("SELECT user_name, method, params, fault FROM hub_audit ORDER BY id", args![]).await.unwrap();
    let rows: Vec<String> = rows
        .into_iter()
        .map(|r| r.into_values().map(|v| koji_api::types::repr::text(&v)).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        rows,
        [
            r#"kojiadmin createUser ["carol"] None"#,
            r#"alice createUser ["dave"] 1004"#,
            r#"kojiadmin createUser ["erin"] None"#,
            r#"kojiadmin createUser ["carol"] 1000"#,
        ]
    );
}
