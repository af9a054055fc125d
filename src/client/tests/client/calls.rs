//! Calls, call numbers, retries, renewal, multicalls.

use std::time::{Duration, Instant};

use crate::server::*;
use koji_api::FaultKind;
use koji_api::methods::{GetAPIVersion, GetTag, ListTags, ListUsers};
use koji_client::{ClientError, Credentials, Session, SessionInfo};
use koji_xmlrpc::{Value, write_response};

/// Answers to the n-th request, from 0; the last one stands for all that follow.
fn script(actions: Vec<Action>) -> impl FnMut(&Request) -> Action + Send {
    let mut n = 0;
    move |_| {
        n += 1;
        actions[(n - 1).min(actions.len() - 1)].clone()
    }
}

#[tokio::test]
async fn anonymous_calls_have_no_session() {
    let server = Server::start(|_| reply(1)).await;
    let session = server.session();
    assert_eq!(session.call_as::<i64>(GetAPIVersion {}).await.unwrap(), 1);
    let request = server.seen().remove(0);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/kojihub"));
    assert_eq!((request.header("user-agent"), request.header("content-type")), ("koji/1", "text/xml"));
    assert!(request.query.is_empty() && !request.headers.contains_key("koji-session-id"));
}

/// Keeps what it hears, or answers with what it was given.
#[derive(Default)]
struct Listener {
    answer: Option<Vec<u8>>,
    heard: std::sync::Mutex<Vec<(String, Vec<u8>)>>,
}

impl koji_client::Tape for Listener {
    fn answer(&self, _: &[u8]) -> Option<koji_client::Result<bytes::Bytes>> {
        self.answer.clone().map(|a| Ok(a.into()))
    }

    fn note(&self, method: &str, _: &[u8], answer: &[u8]) {
        self.heard.lock().unwrap().push((method.to_owned(), answer.to_vec()));
    }
}

#[tokio::test]
async fn a_tape_hears_calls_and_answers_them() {
    let server = Server::start(|_| reply(5)).await;
    let listener = std::sync::Arc::new(Listener::default());
    let session = Session::taped(server.session().options().clone(), listener.clone()).unwrap();
    assert_eq!(session.anonymous().call_as::<i64>(GetAPIVersion {}).await.unwrap(), 5);
    let answer = koji_xmlrpc::write_response(&Value::Int(5));
    assert_eq!(*listener.heard.lock().unwrap(), [("getAPIVersion".to_owned(), answer)]);
    // one that answers asks no hub
    let tape = Listener { answer: Some(koji_xmlrpc::write_fault(1000, "so it was")), ..Default::default() };
    let session = Session::taped(server.session().options().clone(), std::sync::Arc::new(tape)).unwrap();
    let error = session.call(GetAPIVersion {}).await.unwrap_err();
    assert!(error.to_string().contains("so it was"), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn sessions_number_their_calls() {
    let server = Server::start(script(vec![login_reply("k"), reply(Value::Nil)])).await;
    let session = server.logged_in().await;
    let together = (0..5).map(|i| {
        let session = session.clone();
        async move { session.call(GetTag { tagInfo: i.into(), ..Default::default() }).await.unwrap() }
    });
    futures::future::join_all(together).await;
    let seen = server.seen();
    let (args, kwargs) = seen[0].args();
    assert_eq!((seen[0].call().as_str(), args), ("login", vec!["kojiadmin".into(), "secret".into()]));
    assert_eq!(kwargs.get("opts"), Some(&Value::Nil));
    let numbers: Vec<i64> = seen[1..].iter().map(Request::callnum).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    assert!(
        seen[1..].iter().all(|r| r.header("koji-session-id") == "7" && r.header("koji-session-key") == "k")
    );
    assert!(seen.iter().all(|r| r.query.is_empty()));
}

#[tokio::test]
async fn old_hubs_get_the_session_in_the_url() {
    let old = Value::record([("session-id", Value::Int(7)), ("session-key", "k&y".into())]);
    let server = Server::start(script(vec![reply(old), reply(1)])).await;
    let session = server.logged_in().await;
    session.call(GetAPIVersion {}).await.unwrap();
    let request = &server.seen()[1];
    assert_eq!(
        (request.query("session-id"), request.query("session-key"), request.query("callnum")),
        ("7", "k&y", "0")
    );
}

#[tokio::test]
async fn faults_are_not_repeated() {
    let server = Server::start(script(vec![login_reply("k"), fault(1003, "locked")])).await;
    let error = server.logged_in().await.call(GetAPIVersion {}).await.unwrap_err();
    assert_eq!(error.to_string(), "TagError: locked");
    assert_eq!(error.fault_kind(), Some(FaultKind::Tag));
    assert_eq!(server.calls(), ["login", "getAPIVersion"]);
}

#[tokio::test]
async fn logged_in_calls_are_repeated_with_the_same_number() {
    for failure in [Action::Drop, status(502, "bad gateway"), status(200, "garbage"), status(404, "")] {
        let server = Server::start(script(vec![
            login_reply("k"),
            failure.clone(),
            failure.clone(),
            failure.clone(),
            reply(1),
        ]))
        .await;
        let session = server.logged_in().await;
        assert_eq!(session.call(GetAPIVersion {}).await.unwrap(), Value::Int(1), "{failure:?}");
        let numbers: Vec<i64> = server.seen()[1..].iter().map(Request::callnum).collect();
        assert_eq!(numbers, [0, 0, 0, 0]);
        session.call(GetAPIVersion {}).await.unwrap();
        assert_eq!(server.seen().last().unwrap().header("koji-session-key"), "k");
    }
}

#[tokio::test]
async fn repetition_ends() {
    let server = Server::start(script(vec![login_reply("k"), status(503, "<html>busy</html>")])).await;
    let error = server.logged_in().await.call(GetAPIVersion {}).await.unwrap_err();
    assert_eq!(error.to_string(), format!("{}/kojihub answered HTTP status 503", server.url));
    assert_eq!(server.seen().len(), 1 + 1 + 3);
    let before = server.seen().len();
    server.session().call(GetAPIVersion {}).await.unwrap_err();
    assert_eq!(server.seen().len(), before + 1, "anonymous calls are made once");
    let anon = Session::new(koji_client::ClientOptions { anon_retry: true, ..server.options() }).unwrap();
    anon.call(GetAPIVersion {}).await.unwrap_err();
    assert_eq!(server.seen().len(), before + 1 + 4);
    anon.without_retry().call(GetAPIVersion {}).await.unwrap_err();
    assert_eq!(server.seen().len(), before + 1 + 4 + 1);
}

/// One dropped connection, as a keep-alive that ran out, is nobody's business.
#[tokio::test]
async fn dropped_connections_are_replaced_at_once() {
    let server = Server::start(script(vec![Action::Drop, reply(1)])).await;
    assert_eq!(server.session().call(GetAPIVersion {}).await.unwrap(), Value::Int(1));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn requests_the_server_refuses_are_not_repeated() {
    for (code, text) in [(400, "Invalid request: Request too long\n"), (405, ""), (413, "")] {
        let server = Server::start(script(vec![login_reply("k"), status(code, text)])).await;
        let error = server.logged_in().await.call(GetAPIVersion {}).await.unwrap_err();
        assert!(error.to_string().ends_with(text.trim()), "{error}");
        assert_eq!(server.seen().len(), 2);
    }
    let moved = Action::Reply {
        status: 301,
        headers: vec![("Location", "https://other/kojihub".into())],
        body: vec![],
    };
    let server = Server::start(script(vec![login_reply("k"), moved])).await;
    let error = server.logged_in().await.call(GetAPIVersion {}).await.unwrap_err();
    assert!(error.to_string().ends_with("301: it has moved to https://other/kojihub"), "{error}");
}

#[tokio::test]
async fn nobody_listens() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let session =
        Session::new(koji_client::ClientOptions::new(format!("http://127.0.0.1:{port}/kojihub"))).unwrap();
    let error = session.call(GetAPIVersion {}).await.unwrap_err();
    assert!(matches!(error, ClientError::Connect { .. }), "{error:?}");
    assert!(error.to_string().contains("Connection refused"), "{error}");
    for server in ["", "kojihub", "ftp://h/x", "http://"] {
        assert!(matches!(
            Session::new(koji_client::ClientOptions::new(server)),
            Err(ClientError::Options(_))
        ));
    }
}

#[tokio::test]
async fn offline_hubs_are_waited_for_when_asked() {
    let outage = || fault(1014, "database outage");
    let answers = || [vec![outage(); 8], vec![reply(1)]].concat();
    let server = Server::start(script(answers())).await;
    let error = server.session().call(GetAPIVersion {}).await.unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::ServerOffline));
    let server = Server::start(script(answers())).await;
    let patient = koji_client::ClientOptions {
        offline_retry: true,
        offline_retry_interval: Some(Duration::from_millis(2)),
        ..server.options()
    };
    // more often than max_retries
    assert_eq!(Session::new(patient).unwrap().call(GetAPIVersion {}).await.unwrap(), Value::Int(1));
    assert_eq!(server.seen().len(), 9);
}

#[tokio::test]
async fn time_limits() {
    let server = Server::start(|_| Action::Slow(Duration::from_secs(5), Box::new(reply(1)))).await;
    let start = Instant::now();
    let session = server.session().with_timeout(Duration::from_millis(100));
    let error = session.call(GetAPIVersion {}).await.unwrap_err();
    assert!(matches!(error, ClientError::Timeout { .. }), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn expired_sessions_are_renewed() {
    let mut expired = true;
    let server = Server::start(move |request| match request.call().as_str() {
        "login" if request.args().1.contains_key("renew") => {
            expired = false;
            login_reply("new")
        }
        "login" => login_reply("old"),
        "exclusiveSession" => reply(Value::Nil),
        _ if expired => fault(1007, "session expired"),
        _ => reply(1),
    })
    .await;
    let session = server.logged_in().await;
    session.exclusive_session(true).await.unwrap();
    session.call(GetAPIVersion {}).await.unwrap();
    session.call(GetAPIVersion {}).await.unwrap();
    let seen = server.seen();
    let renewal = &seen[3];
    assert_eq!((renewal.call().as_str(), renewal.header("koji-session-key")), ("login", "old"));
    assert_eq!(renewal.args().1.get("exclusive"), Some(&Value::Bool(true)));
    let after: Vec<(i64, &str)> =
        seen[4..].iter().map(|r| (r.callnum(), r.header("koji-session-key"))).collect();
    assert_eq!(after, [(0, "new"), (1, "new")]);
}

/// An upstream hub keeps the old count when it renews a session.
#[tokio::test]
async fn renewal_where_the_hub_goes_on_counting() {
    let server =
        Server::start(|request| match (request.call().as_str(), request.header("koji-session-key")) {
            ("login", "") => login_reply("old"),
            ("login", _) => login_reply("new"),
            (_, "old") => fault(1007, "session expired"),
            _ if request.callnum() < 41 => fault(1008, &format!("40 > {} (session 7)", request.callnum())),
            _ => reply(1),
        })
        .await;
    let session = server.logged_in().await;
    session.call(GetAPIVersion {}).await.unwrap();
    assert_eq!(server.seen().last().unwrap().callnum(), 41);
    session.call(GetAPIVersion {}).await.unwrap();
    assert_eq!(server.seen().last().unwrap().callnum(), 42);
}

#[tokio::test]
async fn what_cannot_be_renewed_says_so() {
    let server = Server::start(|_| fault(1007, "session expired")).await;
    let info = SessionInfo { id: 7, key: "k".into(), header_auth: true };
    let session = Session::restore(server.options(), info, None).unwrap();
    let error = session.call(GetAPIVersion {}).await.unwrap_err();
    assert_eq!(error.to_string(), "AuthExpired: session expired");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn subsessions_and_handing_on() {
    let server = Server::start(|request| match request.call().as_str() {
        "login" => login_reply("main"),
        "subsession" => reply(Value::record([
            ("session-id", Value::Int(8)),
            ("session-key", "sub".into()),
            ("header-auth", true.into()),
        ])),
        _ => reply(Value::Nil),
    })
    .await;
    let main = server.logged_in().await;
    let sub = main.subsession().await.unwrap();
    let info = sub.detach().await.unwrap();
    assert!(!sub.is_logged_in() && main.is_logged_in());
    assert!(!format!("{info:?}").contains("sub"), "keys are not shown");
    let credentials = Credentials::Password { user: "u".into(), password: "hidden".into() };
    assert!(!format!("{credentials:?}").contains("hidden"));
    let restored = Session::restore(server.options(), info, Some(credentials)).unwrap();
    restored.call(GetAPIVersion {}).await.unwrap();
    main.anonymous().call(GetAPIVersion {}).await.unwrap();
    restored.logout().await.unwrap();
    assert!(!restored.is_logged_in());
    restored.logout().await.unwrap();
    let keys: Vec<(String, String)> =
        server.seen().iter().skip(2).map(|r| (r.call(), r.header("koji-session-key").to_owned())).collect();
    let expected = [("getAPIVersion", "sub"), ("getAPIVersion", ""), ("logout", "sub")];
    assert_eq!(keys, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[tokio::test]
async fn failed_logins() {
    let server = Server::start(|_| fault(1002, "invalid username or password")).await;
    let session = server.session();
    let error = session.login_password("u", "p").await.unwrap_err();
    assert_eq!(error.to_string(), "AuthError: invalid username or password");
    assert!(!session.is_logged_in());
    // nobody has a ticket of that realm; whether Kerberos is built in or not, nothing is sent
    let principal = Some("nobody@NOWHERE.TEST".to_owned());
    let error = session.login_gssapi(principal, None).await.unwrap_err();
    assert!(error.to_string().contains("gssapi auth failed"), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn multicalls() {
    let server = Server::start(|request| {
        let (args, _) = request.args();
        let entries = args[0].as_array().unwrap().iter().map(|call| {
            match call.get("params").unwrap().as_array().unwrap() {
                [Value::Int(3), ..] => Value::record([
                    ("faultCode", Value::Int(1000)),
                    ("faultString", "No such tagInfo: 3".into()),
                    ("traceback", Value::Array(vec![])),
                ]),
                [other, ..] => Value::Array(vec![other.clone()]),
                [] => Value::Array(vec![Value::Nil]),
            }
        });
        reply(Value::Array(entries.collect()))
    })
    .await;
    let session = server.session();
    let mut calls = session.multicall().batch(2);
    for i in 1..=5 {
        calls.add(GetTag { tagInfo: i.into(), ..Default::default() });
    }
    let answers = calls.run().await.unwrap();
    assert_eq!(answers.len(), 5);
    assert_eq!(answers[4], Ok(Value::Int(5)));
    assert_eq!(answers[2].as_ref().unwrap_err().message, "No such tagInfo: 3");
    assert_eq!(server.calls(), ["multiCall"; 3]);
    assert!(session.multicall().run().await.unwrap().is_empty());
    assert_eq!(server.seen().len(), 3, "no calls, no request");
    let mut calls = session.multicall();
    calls.add(GetTag { tagInfo: 3.into(), ..Default::default() });
    assert_eq!(calls.run_as::<i64>().await.unwrap_err().to_string(), "GenericError: No such tagInfo: 3");
}

#[tokio::test]
async fn hub_version_and_features() {
    let headers = vec![("Koji-Version", "1.36.0".to_owned()), ("Koji-Features", "live, other".to_owned())];
    let ours = Action::Reply { status: 200, headers, body: koji_xmlrpc::write_response(&1) };
    let server = Server::start(script(vec![ours])).await;
    let session = server.session();
    assert!(session.has_feature("live").await.unwrap());
    assert!(!session.anonymous().has_feature("liv").await.unwrap());
    assert_eq!(session.hub_version().await.unwrap(), "1.36.0");
    assert_eq!(server.calls(), ["getAPIVersion"]);

    let server = Server::start(script(vec![fault(1000, "Invalid method: getKojiVersion")])).await;
    let old = server.session();
    assert_eq!(old.hub_version().await.unwrap(), "1.22.0");
    assert!(old.features().await.unwrap().is_empty());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn answers_of_another_shape() {
    let server = Server::start(|_| reply("text")).await;
    let error = server.session().call_as::<Vec<i64>>(GetAPIVersion {}).await.unwrap_err();
    assert!(
        error.to_string().starts_with("unexpected answer to getAPIVersion: invalid type: string"),
        "{error}"
    );
    assert!(!error.is_transient());
}

#[tokio::test]
async fn rows_come_as_they_arrive() {
    let rows = Value::from((0..50_i64).collect::<Vec<_>>());
    let document = write_response(&rows);
    // the first connection breaks before a row is there, the second in the middle
    let (first, rest) = (document.len() / 3, document.clone());
    let server = Server::start(move |request| match request.call().as_str() {
        "listTags" => Action::Truncate { headers: vec![], body: rest.clone(), send: first },
        "getTag" => fault(1000, "no such tag"),
        _ => reply(rows.clone()),
    })
    .await;
    let session = server.session();
    let mut all = session.rows(ListUsers::default()).await.unwrap();
    assert_eq!(all.next().await.unwrap(), Some(Value::Int(0)));
    assert_eq!(all.rest().await.unwrap().len(), 49);
    assert_eq!(all.next().await.unwrap(), None);

    let mut half = session.rows(ListTags::default()).await.unwrap();
    let mut got = 0;
    let error = loop {
        match half.next().await {
            Ok(row) => {
                assert_eq!(row, Some(Value::Int(got)));
                got += 1;
            }
            Err(error) => break error,
        }
    };
    assert!(got > 5, "{got}");
    let text = error.to_string();
    assert!(text.contains(&format!("only {got} rows of the list have come")), "{text}");

    let error = session.rows(GetTag { tagInfo: "x".into(), ..Default::default() }).await.err().unwrap();
    assert_eq!(error.to_string(), "GenericError: no such tag");
}

#[tokio::test]
async fn rows_are_asked_for_again_until_the_first_is_there() {
    let mut broken = 0;
    let server = Server::start(move |request| {
        broken += 1;
        match (request.call().as_str(), broken) {
            ("login", _) => login_reply("k"),
            (_, 1..4) => Action::Truncate { headers: vec![], body: write_response(&Value::Nil), send: 20 },
            _ => reply(vec![7_i64]),
        }
    })
    .await;
    let options = koji_client::ClientOptions { anon_retry: true, ..server.options() };
    let session = Session::new(options).unwrap();
    assert_eq!(session.rows(ListUsers::default()).await.unwrap().rest().await.unwrap(), [Value::Int(7)]);
    assert_eq!(server.seen().len(), 4);
    // calls of a login are numbered, and are read as a whole
    let session = server.logged_in().await;
    assert_eq!(session.rows(ListUsers::default()).await.unwrap().rest().await.unwrap(), [Value::Int(7)]);
    assert_eq!(server.seen().last().unwrap().header("koji-session-key"), "k");
}
