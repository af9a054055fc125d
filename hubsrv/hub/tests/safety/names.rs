//! C3: names become parts of paths. One that would leave its directory, hide, look like an option, or be another's name in other
//! bytes is refused where it is made; what is left are names that are themselves.

use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::Value;

use super::state;

/// No name of anything.
const HOSTILE: &[&str] = &[
    "",
    ".",
    "..",
    "../x",
    "x/..",
    "x/../../y",
    "/x",
    "x/",
    "x//y",
    "./x",
    "x/./y",
    "x/.y",
    ".x",
    "-x",
    "--x=y",
    "a\nb",
    "a\0b",
    "a b",
    "a\tb",
    "a\u{7f}b",
    "a\\b",
    "$(x)",
    "a;b",
    "*",
];

/// Two that look the same, and two that are the same where upper and lower case are.
const ALIKE: &[&str] =
    &["caf\u{e9}", "cafe\u{301}", "\u{ff26}oo", "\u{fb01}x", "a\u{200b}b", "a\u{202e}b", "\u{430}bc"];

/// A call with the name where one is made.
fn named(name: &str) -> Vec<(&'static str, Vec<Value>)> {
    let v = || Value::from(name);
    let build = |name: Value, version: Value, release: Value| {
        ("createEmptyBuild", vec![name, version, release, Value::Nil])
    };
    vec![
        ("createTag", vec![v()]),
        ("editTag2", vec!["f45".into(), kw([("name", v())])]),
        ("packageListAdd", vec!["f45".into(), v(), "alice".into()]),
        ("createBuildTarget", vec![v(), "f45".into(), "f45".into()]),
        ("addHost", vec![v(), Value::Array(vec!["x86_64".into()])]),
        ("addChannel", vec![v()]),
        ("createExternalRepo", vec![v(), "http://example.com/".into()]),
        ("addVolume", vec![v()]),
        ("addBType", vec![v()]),
        build(v(), "1".into(), "1".into()),
        build("hello".into(), v(), "1".into()),
        build("hello".into(), "1".into(), v()),
    ]
}

#[tokio::test]
async fn c3_names_that_are_paths_options_or_hidden_are_refused() {
    let hub = TestHub::new().await;
    hub.call_as("kojiadmin", "createTag", vec!["f45".into()]).await.unwrap();
    let before = (state::rows(&hub).await, state::files(hub.dir()));
    for name in HOSTILE.iter().chain(ALIKE) {
        for (method, params) in named(name) {
            // an empty new name is none
            if method == "editTag2" && name.is_empty() {
                continue;
            }
            // upstream takes any name there; what can be the name of one directory stays allowed
            if method == "packageListAdd" && ["a b", "a\\b", "$(x)", "a;b", "*"].contains(name) {
                continue;
            }
            let answer = hub.call_as("kojiadmin", method, params.clone()).await;
            assert!(answer.is_err(), "{method} {params:?} answered {answer:?}");
        }
    }
    assert_eq!((state::rows(&hub).await, state::files(hub.dir())), before);
}

/// Koji has packages that differ in case alone (R and r); each has its own directory.
#[tokio::test]
async fn c3_names_of_other_case_are_other_names() {
    let hub = TestHub::new().await;
    let create = async |name: &str| {
        hub.call_as("kojiadmin", "createEmptyBuild", vec![name.into(), "1".into(), "1".into(), Value::Nil])
            .await
            .unwrap()
    };
    assert_ne!(create("R").await, create("r").await);
    for (name, nvr) in [("R", "R-1-1"), ("r", "r-1-1")] {
        let build = hub.call("getBuild", vec![nvr.into()]).await.unwrap();
        assert_eq!(build.str_at("name"), Some(name));
    }
    let tag = hub.call_as("kojiadmin", "createTag", vec!["F45".into()]).await.unwrap();
    assert_ne!(hub.call_as("kojiadmin", "createTag", vec!["f45".into()]).await.unwrap(), tag);
}

/// Logs and archives may be called anything; what looks alike lies side by side, and nothing is written over.
#[tokio::test]
async fn c3_files_that_look_alike_are_two() {
    let hub = TestHub::new().await;
    let names = ["caf\u{e9}.log", "cafe\u{301}.log", "CAFE.log", "cafe.log"];
    for name in names {
        let data = Value::Base64(name.as_bytes().to_vec());
        let size = i64::try_from(name.len()).unwrap();
        let params = vec!["d".into(), name.into(), size.into(), Value::Nil, 0.into(), data];
        hub.call_as("alice", "uploadFile", params).await.unwrap();
    }
    for name in names {
        let content = std::fs::read(hub.topdir().join("work/d").join(name)).unwrap();
        assert_eq!(content, name.as_bytes());
    }
    for name in HOSTILE
        .iter()
        .filter(|n| n.contains(['/', '\0', '\n', '\t', '\u{7f}']) || n.starts_with('.') || n.is_empty())
    {
        let params = vec!["d".into(), (*name).into(), 1.into(), Value::Nil, 0.into(), Value::Base64(vec![1])];
        let answer = hub.call_as("alice", "uploadFile", params).await;
        assert!(answer.is_err(), "{name:?}");
    }
    assert_eq!(std::fs::read_dir(hub.topdir().join("work/d")).unwrap().count(), names.len() + 1);
}
