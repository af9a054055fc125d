//! B1, B2, C3, D1: hostile values in every parameter of every method. Each call is answered or gets a fault that is no
//! accident of the database; nothing outside the places for files appears.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use koji_api::Decl;
use koji_hub::methods::served;
use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::{Struct, Value};

use super::state;

/// Calls at a time.
const AT_ONCE: usize = 6;
/// The longest that any single call may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Strings of all kinds that have ever broken a parser, a path or a query.
fn strings() -> Vec<Value> {
    let texts = [
        "'",
        "\\",
        "E'\\\\'",
        "%(x)s",
        "$1",
        "{0}",
        ";-- DROP TABLE users",
        "x86_64') OR 1=1--",
        "a\0b",
        "\u{1}\u{8}\u{1b}]52;c;aGk=\u{7}",
        "\u{fffe}\u{ffff}\u{feff}",
        "\u{202e}\u{2066}gpj.exe",
        "(a+)+$",
        "(((((((((((((((((((((((((((((((((((((((((",
        "[[:alpha:]",
        "*?[!]%_",
        "",
        " ",
        ".",
        "..",
        "../../../../etc/passwd",
        "/etc/passwd",
        "a/../../b",
        "-rf",
        "--upload-pack=touch x",
        "n-v-r/../x-1-1",
        "<script>alert(1)</script>",
        "&amp;<!DOCTYPE x>",
        "=cmd|' /C calc'!A0",
        "9223372036854775807",
        "nan",
        "\n",
        "None",
    ];
    texts.iter().map(|t| Value::from(*t)).collect()
}

/// Everything that is no string.
fn others() -> Vec<Value> {
    let mut deep = Value::from("x");
    for _ in 0..60 {
        deep = Value::Array(vec![deep]);
    }
    let mut deep_struct = Value::Int(1);
    for _ in 0..60 {
        deep_struct = Value::record([("name", deep_struct)]);
    }
    vec![
        Value::Nil,
        true.into(),
        0.into(),
        Value::Int(-1),
        Value::Int(i64::from(i32::MAX) + 1),
        Value::Int(i64::MAX),
        Value::Int(i64::MIN),
        Value::Double(f64::NAN),
        Value::Double(f64::INFINITY),
        Value::Double(-1e300),
        Value::Base64(vec![0, 255, 0]),
        Value::Array(vec![]),
        Value::Array(vec![Value::Nil, Value::Int(-1), "'".into()]),
        Value::Array(vec!["x86_64') OR 1=1--".into(), "a\0".into()]),
        Value::Struct(Struct::new()),
        Value::record([("id", Value::Int(i64::MAX)), ("name", "a\0".into())]),
        Value::record([("", Value::Nil), ("'; --", Value::Int(1)), ("a\0", Value::Nil)]),
        deep,
        deep_struct,
    ]
}

/// Values for `queryOpts`: columns that are none, numbers that are too big, wrong types.
fn query_opts() -> Vec<Value> {
    let one = |key: &str, value: Value| Value::record([(key, value)]);
    let huge = Value::Int(i64::MAX);
    vec![
        one("order", "id; DROP TABLE users".into()),
        one("order", "-'".into()),
        one("order", "pg_sleep(9)".into()),
        one("order", Value::Array(vec!["id".into()])),
        one("order", Value::Int(1)),
        one("group", "id') --".into()),
        one("limit", Value::Int(-1)),
        one("limit", huge.clone()),
        one("limit", "1; --".into()),
        one("limit", Value::Double(1.5)),
        one("offset", Value::Int(-1)),
        one("offset", huge),
        one("offset", Value::Array(vec![Value::Array(vec![])])),
        one("countOnly", "x".into()),
        one("nosuch", Value::Nil),
        Value::record([("countOnly", true.into()), ("order", "'".into()), ("limit", Value::Int(-5))]),
    ]
}

/// Something that a parameter of that name might be, so that the hostile one beside it is reached.
fn plausible(name: &str) -> Value {
    match name {
        "taginfo" | "tagInfo" | "tag" | "tag_info" | "dest_tag" | "build_tag" | "basetag" | "sidetag"
        | "fromtag" | "src" => "f45".into(),
        "dst" | "destTagID" => "f45-build".into(),
        "parent" => "f45-build".into(),
        "name" | "package" | "pkginfo" | "pkg_name" | "info" | "prefix" => "hello".into(),
        "user" | "userInfo" | "userID" | "username" | "owner" | "user_id" => "alice".into(),
        "build" | "build_info" | "buildInfo" | "buildinfo" | "builds" => "hello-1-1".into(),
        "hostname" | "host" | "hostInfo" => "builder1.example.com".into(),
        "channel" | "channel_name" | "channelname" | "channelInfo" => "default".into(),
        "arch" | "arches" => "x86_64".into(),
        "grpinfo" => "build".into(),
        "target" => "f45".into(),
        "permission" | "perm" => "admin".into(),
        "event" | "queryOpts" => Value::Nil,
        "type" | "ty" | "typeInfo" => "package".into(),
        "opts" | "kwargs" | "values" | "metadata" | "data" => Value::Struct(Struct::new()),
        "tables" | "fields" | "clauses" | "tasks" | "rpms" | "rpmlist" | "topics" => Value::Array(vec![]),
        "methodName" => "listTags".into(),
        "matchType" => "glob".into(),
        "terms" => "*".into(),
        "timeout" => 0.into(),
        _ => 1.into(),
    }
}

/// The parameters of a call in which the one at `at` is hostile.
fn params(decl: &Decl, at: usize, hostile: Value) -> Vec<Value> {
    let target = &decl.params[at];
    let required = decl.params.iter().take_while(|p| p.default.is_none()).count();
    let mut list: Vec<Value> = decl.params.iter().take(required).map(|p| plausible(p.name)).collect();
    if at < required {
        list[at] = hostile;
    } else {
        list.push(kw([(target.name, hostile)]));
    }
    list
}

/// Methods that wait by design, or end what the test needs.
const NOT_HERE: &[&str] = &[
    "live.wait",
    "logout",
    "logoutChild",
    "disableUser",
    "revokePermission",
    "exclusiveSession",
    "sharedSession",
    "setPermission",
    "editUser",
];

async fn some_data(hub: &TestHub) {
    for (method, params) in [
        ("createTag", vec!["f45".into(), kw([("arches", "x86_64".into())])]),
        ("createTag", vec!["f45-build".into(), kw([("arches", "x86_64".into())])]),
        ("createBuildTarget", vec!["f45".into(), "f45-build".into(), "f45".into()]),
        ("packageListAdd", vec!["f45".into(), "hello".into(), "alice".into()]),
        ("createEmptyBuild", vec!["hello".into(), "1".into(), "1".into(), Value::Nil]),
        ("tagBuildBypass", vec!["f45".into(), "hello-1-1".into()]),
        ("groupListAdd", vec!["f45".into(), "build".into()]),
        ("addHost", vec!["builder1.example.com".into(), Value::Array(vec!["x86_64".into()])]),
    ] {
        hub.call_as("kojiadmin", method, params).await.unwrap();
    }
}

/// How many of the values each parameter gets in a normal run; `KOJI_TEST_ALL` gives every parameter all.
const PER_PARAMETER: usize = 3;

async fn attack(user: Option<&str>, values: impl Fn(&str) -> Vec<Value>) {
    let hub = TestHub::new().await;
    some_data(&hub).await;
    // sessions are opened one after another
    hub.session("kojiadmin").await;
    let before = state::rows(&hub).await;
    let every = std::env::var_os("KOJI_TEST_ALL").is_some();
    let mut calls = Vec::new();
    let mut turn = 0;
    for entry in served().filter(|e| !NOT_HERE.contains(&e.decl.name)) {
        for (at, param) in entry.decl.params.iter().enumerate() {
            let values = values(param.name);
            let take = if every { values.len() } else { values.len().min(PER_PARAMETER) };
            for i in 0..take {
                // consecutive parameters get consecutive stretches of the list
                let value = values[(turn + i) % values.len()].clone();
                calls.push((entry.decl.name, params(entry.decl, at, value)));
            }
            turn += take;
        }
    }
    let bad: Vec<String> = futures::stream::iter(calls)
        .map(|(method, params)| {
            let hub = &hub;
            async move {
                let shown = format!("{method} {params:?}");
                let start = Instant::now();
                let answer = match user {
                    Some(user) => hub.call_as(user, method, params).await,
                    None => hub.call(method, params).await,
                };
                let late = start.elapsed() > PATIENCE;
                let accident = match &answer {
                    Ok(_) => false,
                    Err(f) => f.kind.code() == 1014 || f.message.contains("returned from database"),
                };
                let said = answer.err().map(|f| f.message.chars().take(300).collect::<String>());
                (late || accident).then(|| {
                    let shown: String = shown.chars().take(300).collect();
                    format!("{shown}\n    {:?} {said:?}", start.elapsed())
                })
            }
        })
        .buffer_unordered(AT_ONCE)
        .filter_map(async |bad| bad)
        .collect()
        .await;
    assert!(bad.is_empty(), "{} calls:\n{}", bad.len(), bad.join("\n"));
    if user.is_none() {
        assert_eq!(state::rows(&hub).await, before, "an anonymous call changed rows");
    }
    let top = hub.topdir().to_path_buf();
    let outside: Vec<_> = state::files(hub.dir()).into_iter().filter(|f| !f.starts_with(&top)).collect();
    assert!(outside.is_empty(), "{outside:?}");
    let odd = state::files(&top).into_iter().filter(|f| {
        let name = f.file_name().unwrap().to_str();
        name.is_none_or(|n| n.chars().any(char::is_control) || n.starts_with('-') || n.contains(".."))
    });
    assert_eq!(odd.collect::<Vec<_>>(), Vec::<std::path::PathBuf>::new());
    // the hub goes on
    assert_eq!(hub.call("getAPIVersion", vec![]).await, Ok(Value::Int(1)));
    assert!(hub.call("getTag", vec!["f45".into()]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b1_hostile_strings_from_an_admin_are_answered_or_refused() {
    attack(Some("kojiadmin"), |_| strings()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b1_hostile_types_and_numbers_from_an_admin_are_answered_or_refused() {
    attack(Some("kojiadmin"), |_| others()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b1_anonymous_callers_change_nothing_whatever_they_send() {
    attack(None, |_| strings().into_iter().chain(others()).collect()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b2_query_options_are_names_and_numbers_or_refused() {
    attack(None, |name| if name == "queryOpts" { query_opts() } else { vec![] }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b1_megabytes_are_answered_or_refused() {
    let hub = TestHub::new().await;
    some_data(&hub).await;
    let long = Value::from("x".repeat(1 << 20));
    for entry in served().filter(|e| !NOT_HERE.contains(&e.decl.name) && !e.decl.params.is_empty()) {
        let answer = hub.call_as("kojiadmin", entry.decl.name, params(entry.decl, 0, long.clone())).await;
        if let Err(f) = answer {
            assert!(
                f.kind.code() != 1014,
                "{}: {}",
                entry.decl.name,
                f.message.chars().take(200).collect::<String>()
            );
        }
    }
}

/// B1: a value cannot become SQL, because no text that is not a literal of the source reaches the driver.
#[test]
fn b1_sql_is_literal_text_but_for_names_in_quotes() {
    let db = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../db/src");
    let mut uses = Vec::new();
    for file in state::files(&db).into_iter().filter(|f| f.extension().is_some_and(|e| e == "rs")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let lines =
            text.lines().filter(|l| l.contains("AssertSqlSafe(") && !l.trim_start().starts_with("use "));
        let count = lines.count();
        if count > 0 {
            uses.push((file.strip_prefix(&db).unwrap().display().to_string(), count));
        }
    }
    let known: Vec<&str> = uses.iter().map(|(f, _)| f.as_str()).collect();
    println!("{uses:?}");
    assert_eq!(known, ["schema.rs", "testing.rs", "tx.rs"], "look at how each new one makes its text");
}
