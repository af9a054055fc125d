//! A session of koji-client as a hub: the calls that are made, and answers as upstream's hub gives them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use koji_client::{ClientOptions, Session};
use koji_why::{Budget, Class, Error, Place, State, explain};
use koji_xmlrpc::{STARSTAR, Value, parse_call, write_fault, write_response};

const LOG: &str = "Executing(%build): /bin/sh -e x\n+ make\nmain.c:3:5: error: 'x' undeclared\n\
                   make: *** [Makefile:2: main] Error 1\nerror: Bad exit status from /var/tmp/rpm-tmp.x (%build)\n\
                   Child return code was: 1\n";
const FAULT: &str = "error building package (arch x86_64), mock exited with status 1; see build.log or root.log for more \
                     information";

type Reply = Result<Value, (i64, String)>;

fn task(id: i64, parent: Option<i64>, method: &str, state: i64) -> Value {
    Value::record([
        ("id", id.into()),
        ("parent", parent.map_or(Value::Nil, Value::from)),
        ("method", method.into()),
        ("arch", "x86_64".into()),
        ("label", Value::Nil),
        ("state", state.into()),
        ("host_id", 1.into()),
        ("completion_ts", Value::Double(1_700_000_000.0 + id as f64)),
        ("awaited", Value::Nil),
        ("weight", Value::Double(1.5)),
    ])
}

/// Parameters by position, without keywords.
fn first(params: &[Value]) -> Option<i64> {
    params.first().and_then(Value::as_int)
}

fn keyword(params: &[Value], name: &str) -> Option<Value> {
    let keywords = params.last().filter(|p| p.get(STARSTAR).is_some())?;
    keywords.get(name).cloned()
}

fn answer(method: &str, params: &[Value]) -> Reply {
    let id = first(params).or_else(|| keyword(params, "taskID").and_then(|v| v.as_int()));
    Ok(match (method, id) {
        ("getTaskInfo", Some(10)) => task(10, None, "build", 5),
        ("getTaskInfo", Some(20)) => task(20, None, "build", 2),
        ("getTaskInfo", Some(30)) => task(30, None, "build", 1),
        ("getTaskInfo", Some(40)) => task(40, None, "build", 3),
        ("getTaskInfo", _) => Value::Nil,
        ("getTaskDescendents", Some(10)) => Value::record([
            (
                "10",
                Value::from(vec![
                    task(11, Some(10), "buildSRPMFromSCM", 2),
                    task(12, Some(10), "buildArch", 5),
                ]),
            ),
            ("11", Value::Array(Vec::new())),
            ("12", Value::Array(Vec::new())),
        ]),
        ("getTaskDescendents", Some(id)) => {
            Value::record([(id.to_string().as_str(), Value::Array(Vec::new()))])
        }
        ("getTaskResult", Some(40)) => return Err((1000, "Task 40 is canceled".into())),
        ("getTaskResult", _) => return Err((1005, FAULT.into())),
        ("listTaskOutput", Some(40)) => Value::Array(Vec::new()),
        ("listTaskOutput", Some(12)) => {
            // sizes are text
            let stat = |size: usize| {
                Value::record([("st_size", size.to_string().into()), ("st_mtime", Value::Double(1.0))])
            };
            let file = |size| Value::record([("DEFAULT", stat(size))]);
            Value::record([
                ("build.log", file(LOG.len())),
                ("root.log", file(0)),
                ("hw_info.log", file(7)),
                ("x-1-1.src.rpm", file(9)),
            ])
        }
        ("downloadTaskOutput", _) => {
            let named = |name: &str, at: usize| keyword(params, name).or_else(|| params.get(at).cloned());
            let number = |v: Option<Value>| v.and_then(|v| v.as_int()).unwrap_or(0) as usize;
            let file = named("fileName", 1).and_then(|v| v.as_str().map(str::to_owned)).unwrap();
            assert!(file == "build.log" || file == "root.log", "{file} is read");
            let (offset, size) = (number(named("offset", 2)), number(named("size", 3)));
            let text = if file == "build.log" { LOG.as_bytes() } else { b"" };
            Value::Base64(text[offset.min(text.len())..(offset + size).min(text.len())].to_vec())
        }
        ("getHost", _) => Value::record([("id", 1.into()), ("name", "builder1.example.com".into())]),
        _ => return Err((1000, format!("Invalid method: {method}"))),
    })
}

fn dispatch(method: &str, params: &[Value], seen: &Mutex<BTreeSet<String>>) -> Reply {
    seen.lock().unwrap().insert(method.to_owned());
    if method != "multiCall" {
        return answer(method, params);
    }
    let calls = params[0].as_array().unwrap();
    let each = |call: &Value| {
        let params = call.get("params").and_then(Value::as_array).unwrap_or_default();
        match dispatch(call.str_at("methodName").unwrap(), params, seen) {
            Ok(value) => Value::Array(vec![value]),
            Err((code, text)) => Value::record([("faultCode", code.into()), ("faultString", text.into())]),
        }
    };
    Ok(Value::Array(calls.iter().map(each).collect()))
}

fn serve(mut stream: TcpStream, seen: &Mutex<BTreeSet<String>>) {
    let (mut request, mut buffer) = (Vec::new(), [0; 8192]);
    loop {
        let head = request.windows(4).position(|w| w == b"\r\n\r\n");
        if let Some(head) = head {
            let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
            let length =
                text.lines().find_map(|l| l.strip_prefix("content-length: ")?.parse::<usize>().ok()).unwrap();
            if request.len() >= head + 4 + length {
                let call = parse_call(&request[head + 4..head + 4 + length]).unwrap();
                let body = match dispatch(&call.method.unwrap(), &call.params, seen) {
                    Ok(value) => write_response(&value),
                    Err((code, text)) => write_fault(code, &text),
                };
                let head =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                stream.write_all(&[head.as_bytes(), &body].concat()).ok();
                return;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(n) => request.extend_from_slice(&buffer[..n]),
        }
    }
}

fn hub() -> (Session, Arc<Mutex<BTreeSet<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/kojihub", listener.local_addr().unwrap());
    let seen: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let methods = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let methods = Arc::clone(&methods);
            std::thread::spawn(move || serve(stream, &methods));
        }
    });
    (Session::new(ClientOptions { max_retries: 0, ..ClientOptions::new(url) }).unwrap(), seen)
}

#[tokio::test]
async fn a_failed_build_at_an_upstream_hub() {
    let (session, seen) = hub();
    let card = explain(&session, 10, Budget::default()).await.unwrap();
    assert_eq!((card.task.id, card.culprit.id, card.culprit.state), (10, 12, State::Failed));
    assert_eq!(card.host.as_deref(), Some("builder1.example.com"));
    assert_eq!(
        card.log.as_ref().map(|l| (l.name.as_str(), l.volume.as_str())),
        Some(("build.log", "DEFAULT"))
    );
    let verdict = card.verdict.unwrap();
    assert_eq!((card.class, verdict.cause.place), (Class::Compile, Place::Line(3)));
    assert_eq!(verdict.subject.as_deref(), Some("main.c:3:5"));
    assert_eq!(card.fault, Some(format!("BuildError: {FAULT}")));
    // nothing that an upstream hub does not know
    let seen: Vec<String> = seen.lock().unwrap().iter().cloned().collect();
    let known = [
        "downloadTaskOutput",
        "getHost",
        "getTaskDescendents",
        "getTaskInfo",
        "getTaskResult",
        "listTaskOutput",
        "multiCall",
    ];
    assert_eq!(seen, known);
}

#[tokio::test]
async fn tasks_that_did_not_fail() {
    let (session, _) = hub();
    let budget = Budget::default();
    assert!(matches!(explain(&session, 99, budget).await, Err(Error::NoTask(99))));
    assert!(matches!(explain(&session, 20, budget).await, Err(Error::Succeeded(20))));
    assert!(matches!(explain(&session, 30, budget).await, Err(Error::Unfinished(30))));
}

#[tokio::test]
async fn a_cancelled_task_without_logs() {
    let (session, _) = hub();
    let card = explain(&session, 40, Budget::default()).await.unwrap();
    assert_eq!((card.class, card.log, card.culprit.id), (Class::Cancelled, None, 40));
    assert_eq!(card.fault.as_deref(), Some("GenericError: Task 40 is canceled"));
}
