use koji_db::history::TABLES;
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask, column, fault, kw, names, now};

#[tokio::test]
async fn what_was_changed_and_by_whom() {
    let hub = TestHub::new().await;
    admin(&hub, "createTag", ["a".into()]).await;
    admin(&hub, "grantPermission", ["alice".into(), "tag".into()]).await;
    let granted = now(&hub).await;
    hub.call_as("alice", "editTag2", vec!["a".into(), kw([("locked", true.into())])]).await.unwrap();
    hub.call_as("alice", "createTag", vec!["b".into(), kw([("parent", "a".into())])]).await.unwrap();

    let history = |tables: &'static str, options: Value| {
        let hub = &hub;
        async move { ask(hub, "queryHistory", [vec![tables].into(), options]).await.get(tables).cloned().unwrap() }
    };
    let rows = history("tag_config", kw([("tag", "a".into())])).await;
    assert_eq!(names(&rows, "creator_name"), ["kojiadmin", "alice"]);
    assert_eq!(names(&rows, "revoker_name"), ["alice", ""]);
    assert_eq!(column(&rows, "active"), [Value::Nil, Value::Bool(true)]);
    assert_eq!(column(&rows, "revoke_event")[0], column(&rows, "create_event")[1]);
    let alices = history("tag_config", kw([("editor", "alice".into()), ("tag", "a".into())])).await;
    assert_eq!(column(&alices, "_created_by"), [Value::Bool(false), Value::Bool(true)]);
    assert_eq!(column(&alices, "_revoked_by"), [Value::Bool(true), Value::Nil]);
    let later = history("tag_config", kw([("afterEvent", granted.clone())])).await;
    assert_eq!(column(&later, "_created_after_event"), [false, true, true].map(Value::Bool));
    assert_eq!(column(&later, "_revoked_after_event"), [Value::Bool(true), Value::Nil, Value::Nil]);
    let current = history("tag_config", kw([("active", false.into())])).await;
    assert_eq!(names(&current, "tag.name"), ["a"]);
    // both ends of a link
    for tag in ["a", "b"] {
        let links = history("tag_inheritance", kw([("tag", tag.into())])).await;
        assert_eq!(
            (names(&links, "tag.name"), names(&links, "parent.name")),
            (vec!["b".into()], vec!["a".into()])
        );
    }
    let by_time = history("tag_config", kw([("before", "2000-01-01".into())])).await;
    assert_eq!(by_time, Value::Array(vec![]));
    let count = kw([("queryOpts", Value::record([("countOnly", true.into())]))]);
    assert_eq!(history("tag_config", count).await, Value::Int(3));
}

/// Every table with every filter: each of the statements runs.
#[tokio::test]
async fn every_table_and_filter() {
    let hub = TestHub::new().await;
    let all = ask(&hub, "queryHistory", []).await;
    assert_eq!(all.as_struct().unwrap().len(), TABLES.len());
    admin(&hub, "createTag", ["a".into()]).await;
    admin(&hub, "packageListAdd", ["a".into(), "p".into(), "bob".into()]).await;
    admin(&hub, "groupListAdd", ["a".into(), "g".into()]).await;
    admin(&hub, "createBuildTarget", ["t".into(), "a".into(), "a".into()]).await;
    admin(&hub, "createExternalRepo", ["e".into(), "http://x".into()]).await;
    let tables = |option: &'static str, value: Value| {
        let hub = &hub;
        async move {
            let found = ask(hub, "queryHistory", [kw([(option, value)])]).await;
            let rows = |v: &Value| v.as_array().map_or(0, <[Value]>::len);
            let mut all: Vec<(String, usize)> =
                found.as_struct().unwrap().iter().map(|(k, v)| (k.clone(), rows(v))).collect();
            all.sort();
            all
        }
    };
    let expect = |rows: &[(&str, usize)]| rows.iter().map(|(t, n)| ((*t).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(
        tables("package", "p".into()).await,
        expect(&[
            ("group_package_listing", 0),
            ("tag_listing", 0),
            ("tag_package_owners", 1),
            ("tag_packages", 1)
        ])
    );
    assert_eq!(
        tables("user", "bob".into()).await,
        expect(&[("cg_users", 0), ("tag_package_owners", 1), ("user_groups", 0), ("user_perms", 0)])
    );
    assert_eq!(tables("permission", "admin".into()).await, expect(&[("tag_config", 0), ("user_perms", 1)]));
    assert_eq!(
        tables("group", "g".into()).await,
        expect(&[("group_config", 1), ("group_package_listing", 0), ("group_req_listing", 0)])
    );
    assert_eq!(tables("build_target", "t".into()).await, expect(&[("build_target_config", 1)]));
    assert_eq!(
        tables("external_repo", "e".into()).await,
        expect(&[("external_repo_config", 1), ("external_repo_data", 0), ("tag_external_repos", 0)])
    );
    assert_eq!(tables("host", "nosuch".into()).await, expect(&[("host_channels", 0), ("host_config", 0)]));
    assert_eq!(tables("channel", "default".into()).await, expect(&[("host_channels", 0)]));
    assert_eq!(tables("xkey", "k".into()).await, expect(&[("tag_extra", 0)]));
    let unknown = fault(&hub, "alice", "queryHistory", [vec!["events"].into()]).await;
    assert_eq!(unknown.message, "No such history table: events");
}
