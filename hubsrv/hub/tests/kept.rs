//! Answers that are kept are those that would be worked out now: two hubs that keep them, and one that does not, at one
//! database with random edits, by methods, by other transactions that are open meanwhile or undone, and by hand.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use koji_db::testing::by_hand;
use koji_db::{Mode, Tx, args};
use koji_hub::context::Origin;
use koji_hub::dispatch::{Content, Incoming, dispatch};
use koji_hub::hub::Hub;
use koji_hub::kept::Kept;
use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::Value;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const TAGS: usize = 5;
const PACKAGES: usize = 4;
const BUILDS: usize = 12;

fn tag(n: u8) -> Value {
    Value::Int(i64::try_from(usize::from(n) % TAGS).unwrap() + 1)
}

fn package(n: u8) -> Value {
    format!("p{}", usize::from(n) % PACKAGES).into()
}

fn build_id(n: u8) -> i64 {
    i64::try_from(usize::from(n) % BUILDS).unwrap() + 1
}

async fn some_data(hub: &TestHub) {
    let admin = async |method: &str, params: Vec<Value>| {
        hub.call_as("kojiadmin", method, params).await.unwrap();
    };
    for n in 0..TAGS {
        admin("createTag", vec![format!("t{n}").into()]).await;
    }
    for n in 0..PACKAGES {
        for t in ["t0", "t3"] {
            admin("packageListAdd", vec![t.into(), format!("p{n}").into(), "alice".into()]).await;
        }
    }
    for n in 0..BUILDS {
        let version = format!("{}", n / PACKAGES);
        let params = vec![format!("p{}", n % PACKAGES).into(), version.into(), "1".into(), Value::Nil];
        admin("createEmptyBuild", params).await;
    }
    let sql = "INSERT INTO rpminfo (build_id, draft, external_repo_id, name, version, release, arch, payloadhash, size, buildtime)
               SELECT build.id, false, 0, package.name, version, release, arch, 'x', 1, 1
                 FROM build JOIN package ON package.id = pkg_id, unnest(ARRAY['src', 'x86_64', 'noarch']) AS arch";
    by_hand(&hub.hub.db, sql).await.unwrap();
    by_hand(&hub.hub.db, "INSERT INTO volume (id, name) VALUES (1, 'v1')").await.unwrap();
}

/// Something that changes the data, or only might.
#[derive(Debug, Clone)]
enum Edit {
    /// A method; its arguments follow from the numbers.
    Call(u8, u8, u8),
    /// Several in one request.
    Many(Vec<(u8, u8, u8)>),
    /// What no method does, or only with files: by statements of the hub.
    Inside(u8, u8, u8),
    /// The same, not committed before the next edits are made.
    Later(u8, u8, u8),
    /// Commits what is open.
    Commit,
    Undone(u8, u8, u8),
    ByHand(u8),
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let three = || (any::<u8>(), any::<u8>(), any::<u8>());
    let edit = prop_oneof![
        8 => three().prop_map(|(a, b, c)| Edit::Call(a, b, c)),
        2 => proptest::collection::vec(three(), 1..4).prop_map(Edit::Many),
        4 => three().prop_map(|(a, b, c)| Edit::Inside(a, b, c)),
        1 => three().prop_map(|(a, b, c)| Edit::Later(a, b, c)),
        2 => Just(Edit::Commit),
        1 => three().prop_map(|(a, b, c)| Edit::Undone(a, b, c)),
        3 => any::<u8>().prop_map(Edit::ByHand),
    ];
    proptest::collection::vec(edit, 20..30)
}

fn method(what: u8, a: u8, b: u8) -> (&'static str, Vec<Value>) {
    let flag = |bit: u8| Value::Bool(b & bit != 0);
    match what % 14 {
        0..=2 => ("tagBuildBypass", vec![tag(a), build_id(b).into(), true.into()]),
        3 => ("untagBuildBypass", vec![tag(a), build_id(b).into(), Value::Nil, true.into()]),
        4 => ("packageListBlock", vec![tag(a), package(b), kw([("force", true.into())])]),
        5 => ("packageListUnblock", vec![tag(a), package(b), kw([("force", true.into())])]),
        6 => ("packageListRemove", vec![tag(a), package(b), true.into()]),
        7 => ("packageListAdd", vec![tag(a), package(b), "bob".into(), kw([("force", true.into())])]),
        8 => ("packageListSetOwner", vec![tag(a), package(b), "alice".into(), true.into()]),
        9 | 10 => {
            let link = Value::record([
                ("parent_id", tag(b)),
                ("priority", Value::Int((b % 7).into())),
                ("maxdepth", if b & 32 == 0 { Value::Nil } else { Value::Int(1) }),
                ("intransitive", flag(64)),
                ("noconfig", flag(128)),
                ("pkg_filter", if b & 16 == 0 { "".into() } else { "p[01]".into() }),
            ]);
            ("setInheritanceData", vec![tag(a), Value::Array(vec![link])])
        }
        11 => {
            let link = Value::record([("parent_id", tag(b)), ("delete link", true.into())]);
            ("setInheritanceData", vec![tag(a), Value::Array(vec![link])])
        }
        12 => ("editTag2", vec![tag(a), kw([("name", format!("t{}-{b}", a as usize % TAGS).into())])]),
        _ => ("editUser", vec![2.into(), format!("alice{b}").into()]),
    }
}

/// Those that change rows without a version are the reason why it is not enough to look at events.
async fn inside(tx: &mut Tx, what: u8, a: u8, b: u8) -> koji_db::Result<()> {
    let build = build_id(a);
    let rpm = build * 3 - i64::from(b % 3);
    match what % 12 {
        0 => koji_db::builds::set_volume(tx, build, (b % 2).into()).await,
        1 => koji_db::builds::set_owner(tx, build, 1 + i64::from(b % 3)).await,
        2 => koji_db::signatures::add(tx, rpm, &format!("key{}", b % 2), "x").await.map(drop),
        3 => tx.execute("DELETE FROM rpmsigs WHERE rpm_id = $1", args![rpm]).await.map(drop),
        4 => {
            tx.execute("UPDATE rpminfo SET size = $2 WHERE id = $1", args![rpm, i64::from(b)]).await.map(drop)
        }
        5 => {
            // a draft that is promoted: the key of its rpms follows
            let sql = "UPDATE build SET draft = NOT draft, promoter = NULL, promotion_time = NULL, \
                       release = CASE WHEN draft THEN '1' ELSE '1,draft_' || id END WHERE id = $1";
            tx.execute(sql, args![build]).await.map(drop)
        }
        6 => {
            let sql = "UPDATE build SET state = CASE state WHEN 1 THEN 2 ELSE 1 END WHERE id = $1";
            tx.execute(sql, args![build]).await.map(drop)
        }
        7 => tx
            .execute("UPDATE build SET epoch = $2 WHERE id = $1", args![build, i64::from(b)])
            .await
            .map(drop),
        8 => tx.execute("UPDATE users SET name = name || '.' WHERE id = 2", args![]).await.map(drop),
        9 => {
            let sql = "INSERT INTO task (state, channel_id, owner, method, arch, request) \
                       VALUES (0, 1, 1, 'sleep', 'noarch', '<params><param><value><int>5</int></value></param></params>')";
            tx.execute(sql, args![]).await.map(drop)
        }
        10 => {
            let sql = "UPDATE task SET state = $2 WHERE id = $1";
            tx.execute(sql, args![i64::from(a % 3), i64::from(b % 5)]).await.map(drop)
        }
        _ => {
            let sql = "UPDATE host_config SET comment = comment || '.' WHERE active";
            tx.execute(sql, args![]).await.map(drop)
        }
    }
}

const BY_HAND: &[&str] = &[
    "UPDATE build SET extra = '{\"a\": 1}' WHERE id = 1",
    "UPDATE build SET extra = NULL WHERE id = 1",
    "UPDATE package SET name = name || 'x' WHERE id = 2",
    "UPDATE volume SET name = name || 'x' WHERE id = 1",
    "UPDATE tag_listing SET active = NULL, revoke_event = get_event(), revoker_id = 1 WHERE active AND build_id % 2 = 0",
    "DELETE FROM tag_listing WHERE build_id = 3",
    "INSERT INTO tag_listing (tag_id, build_id, creator_id) SELECT 2, 5, 1 ON CONFLICT DO NOTHING",
    "BEGIN; SAVEPOINT a; UPDATE build SET epoch = 7 WHERE id = 2; RELEASE a; COMMIT",
    "BEGIN; UPDATE build SET epoch = 9 WHERE id = 2; ROLLBACK",
    "ANALYZE build",
    "SELECT 1",
];

fn questions(turn: usize) -> Vec<(&'static str, Vec<Value>)> {
    // two tags in turn, so that answers are asked for again before and after changes
    let n = if turn % 4 == 3 { 3 } else { 0 };
    let inherit = ("inherit", true.into());
    let t = tag(n);
    vec![
        (
            "listTagged",
            vec![t.clone(), kw([inherit.clone(), ("latest", true.into()), ("extra", true.into())])],
        ),
        ("listTagged", vec![t.clone()]),
        ("listTaggedRPMS", vec![t.clone(), kw([inherit.clone(), ("rpmsigs", true.into())])]),
        (
            "listPackages",
            vec![kw([("tagID", t.clone()), ("inherited", true.into()), ("with_dups", true.into())])],
        ),
        ("getLatestBuilds", vec![t.clone()]),
        ("getFullInheritance", vec![t.clone()]),
        ("getTag", vec![t.clone()]),
        ("getBuildConfig", vec![t.clone()]),
        ("getBuild", vec![Value::Int(build_id(n))]),
        ("getBuild", vec!["p1-0-1".into()]),
        ("listBuilds", vec![kw([("packageID", Value::Int(2)), ("createdAfter", "yesterday".into())])]),
        ("listRPMs", vec![Value::Int(2)]),
        ("getTaskInfo", vec![Value::Int(1), true.into()]),
        ("listTasks", vec![kw([("opts", Value::record([("decode", true.into())]))])]),
        ("search", vec!["p?-*".into(), "build".into(), "glob".into()]),
        ("listHosts", vec![]),
        (
            "multiCall",
            vec![Value::Array(vec![
                call("getBuild", vec![Value::Int(3)]),
                call("getTag", vec![t.clone(), kw([("strict", true.into())])]),
                call("getTaskInfo", vec![Value::Int(2)]),
            ])],
        ),
        // a state of the past
        ("listTagged", vec![t, Value::Int(40), kw([inherit])]),
    ]
}

fn call(name: &str, params: Vec<Value>) -> Value {
    Value::record([("methodName", name.into()), ("params", Value::Array(params))])
}

async fn ask(hub: &Arc<Hub>, method: &str, params: &[Value], hits: &AtomicUsize) -> Result<Value, String> {
    let origin = Origin { request_id: "test".into(), ip: "127.0.0.1".into(), ..Origin::default() };
    // the same for the same question, as from one client
    let document = koji_xmlrpc::write_call(method, params).into();
    let call = Incoming {
        document,
        method: Some(method.into()),
        params: params.to_vec(),
        credentials: None,
        origin,
    };
    let answer = dispatch(hub, call).await.map_err(|f| f.message)?;
    if matches!(answer.content, Content::Kept(_)) {
        hits.fetch_add(1, Ordering::Relaxed);
    }
    answer.into_value(hub).await.map_err(|f| f.message)
}

/// How often an answer was sent again, and how often it had to be worked out.
async fn run(edits: Vec<Edit>) -> (usize, usize) {
    let hub = TestHub::alone().await;
    some_data(&hub).await;
    let keeping = [hub.beside(Kept::new(1 << 20)), hub.beside(Kept::new(1 << 20))];
    let plain = hub.beside(Kept::new(0));
    let (hits, none) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut asked = 0;
    let mut open: Option<Tx> = None;
    for (turn, edit) in edits.into_iter().enumerate() {
        let shown = format!("{turn}: {edit:?}");
        // what an open transaction has locked must not be waited for
        if open.is_some()
            && matches!(edit, Edit::Later(..) | Edit::Inside(..) | Edit::Undone(..) | Edit::ByHand(_))
        {
            open.take().unwrap().commit().await.unwrap();
        }
        match edit {
            Edit::Call(what, a, b) => {
                let (method, params) = method(what, a, b);
                let _ = hub.call_as("kojiadmin", method, params).await;
            }
            Edit::Many(list) => many(&hub, list).await,
            Edit::Inside(what, a, b) => {
                let mut tx = hub.hub.db.begin(Mode::Write);
                tx.set_user(Some(1));
                match inside(&mut tx, what, a, b).await {
                    Ok(()) => tx.commit().await.unwrap(),
                    Err(_) => tx.rollback().await.unwrap(),
                }
            }
            Edit::Later(what, a, b) => {
                let mut tx = hub.hub.db.begin(Mode::Write);
                // nothing that the calls of the next edits lock
                match inside(&mut tx, [2, 3, 4][usize::from(what % 3)], a, b).await {
                    Ok(()) => open = Some(tx),
                    Err(_) => tx.rollback().await.unwrap(),
                }
            }
            Edit::Commit => {
                if let Some(tx) = open.take() {
                    tx.commit().await.unwrap();
                }
            }
            Edit::Undone(what, a, b) => {
                let mut tx = hub.hub.db.begin(Mode::Write);
                let _ = inside(&mut tx, what, a, b).await;
                tx.rollback().await.unwrap();
            }
            Edit::ByHand(n) => {
                let _ = by_hand(&hub.hub.db, BY_HAND[usize::from(n) % BY_HAND.len()]).await;
            }
        }
        for (method, params) in questions(turn) {
            let right = ask(&plain, method, &params, &none).await;
            for (nth, hub) in keeping.iter().enumerate() {
                let got = ask(hub, method, &params, &hits).await;
                assert_eq!(got, right, "{method} {params:?} of hub {nth} after {shown}");
                asked += 1;
            }
        }
    }
    assert_eq!(none.into_inner(), 0);
    let hits = hits.into_inner();
    (hits, asked - hits)
}

/// Edits and questions in one request: each question sees what was edited before it.
async fn many(hub: &TestHub, list: Vec<(u8, u8, u8)>) {
    let call = |(name, params): (&str, Vec<Value>)| call(name, params);
    let last = ("listTagged", vec![tag(0), kw([("inherit", true.into())])]);
    let mut calls = vec![call(last.clone())];
    for (what, a, b) in list {
        calls.push(call(method(what, a, b)));
        calls.push(call(last.clone()));
    }
    let answers = hub.call_as("kojiadmin", "multiCall", vec![Value::Array(calls)]).await.unwrap();
    let said = answers.as_array().unwrap().last().unwrap().as_array().unwrap()[0].clone();
    assert_eq!(hub.call(last.0, last.1).await.unwrap(), said);
}

#[test]
fn kept_answers_are_what_would_be_answered_now() {
    let config = Config { cases: 2, max_shrink_iters: 10, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (hits, misses) = (AtomicUsize::new(0), AtomicUsize::new(0));
    TestRunner::new(config)
        .run(&edits(), |edits| {
            let (h, m) = runtime.block_on(run(edits));
            hits.fetch_add(h, Ordering::Relaxed);
            misses.fetch_add(m, Ordering::Relaxed);
            Ok(())
        })
        .unwrap();
    let (hits, misses) = (hits.into_inner(), misses.into_inner());
    println!("{hits} sent again, {misses} worked out");
    assert!(hits > misses / 10 && misses > hits / 10, "{hits} sent again, {misses} worked out");
}

/// The work of builders and sessions does not make the lists of tags be worked out again.
#[tokio::test]
async fn what_was_not_read_may_change() {
    let hub = TestHub::alone().await;
    some_data(&hub).await;
    let (one, two) = (hub.beside(Kept::new(1 << 20)), hub.beside(Kept::new(1 << 20)));
    let hits = AtomicUsize::new(0);
    let list = ("listTagged", vec![tag(0)]);
    for hub in [&one, &two] {
        ask(hub, list.0, &list.1, &hits).await.unwrap();
    }
    hub.call_as("kojiadmin", "addHost", vec!["b1".into(), Value::Array(vec!["x86_64".into()])])
        .await
        .unwrap();
    let channel = vec![Value::record([
        ("methodName", "addHostToChannel".into()),
        ("params", Value::Array(vec!["b1".into(), "image".into()])),
    ])];
    hub.call_as("kojiadmin", "multiCall", vec![Value::Array(channel)]).await.unwrap();
    // adding a host adds a user
    for (n, hub) in [&one, &two].into_iter().enumerate() {
        ask(hub, list.0, &list.1, &hits).await.unwrap();
        assert_eq!(hits.load(Ordering::Relaxed), 0, "{n}");
    }
    hub.call_as("kojiadmin", "editHost", vec!["b1".into(), kw([("comment", "x".into())])]).await.unwrap();
    let call =
        Value::record([("methodName", "disableHost".into()), ("params", Value::Array(vec!["b1".into()]))]);
    hub.call_as("kojiadmin", "multiCall", vec![Value::Array(vec![call])]).await.unwrap();
    hub.call_as("kojiadmin", "subsession", vec![]).await.unwrap();
    for hub in [&one, &two] {
        ask(hub, list.0, &list.1, &hits).await.unwrap();
    }
    assert_eq!(hits.load(Ordering::Relaxed), 2);
}
