use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask, column, fault, kw, names, now};

#[tokio::test]
async fn repositories_of_tags_in_their_order() {
    let hub = TestHub::new().await;
    admin(&hub, "createTag", ["base".into()]).await;
    admin(&hub, "createTag", ["sub".into(), kw([("parent", "base".into())])]).await;
    for name in ["a", "b", "c"] {
        let made =
            admin(&hub, "createExternalRepo", [name.into(), format!("http://x/{name}/$arch").into()]).await;
        assert_eq!(made.str_at("url"), Some(format!("http://x/{name}/$arch/").as_str()));
    }
    let add = |tag: &'static str, repo: &'static str, priority: i64| {
        let hub = &hub;
        let arches = kw([("arches", "x86_64,aarch64".into())]);
        async move {
            hub.call_as(
                "kojiadmin",
                "addExternalRepoToTag",
                vec![tag.into(), repo.into(), priority.into(), arches],
            )
            .await
            .map_err(|f| f.message)
        }
    };
    add("base", "a", 5).await.unwrap();
    add("base", "b", 1).await.unwrap();
    add("sub", "c", 50).await.unwrap();
    add("sub", "a", 60).await.unwrap();
    assert_eq!(
        add("sub", "b", 60).await.unwrap_err(),
        "tag sub already associated with an external repo at priority 60"
    );
    assert_eq!(add("sub", "a", 70).await.unwrap_err(), "tag sub already associated with external repo a");
    let list = ask(&hub, "getExternalRepoList", ["sub".into()]).await;
    assert_eq!(names(&list, "external_repo_name"), ["c", "a", "b"]);
    assert_eq!(names(&list, "arches")[0], "x86_64 aarch64");
    let before = now(&hub).await;

    let edit = |options: Value| {
        let hub = &hub;
        async move { admin(hub, "editTagExternalRepo", ["sub".into(), "a".into(), options]).await }
    };
    assert_eq!(edit(kw([("priority", 60.into())])).await, Value::Bool(false));
    assert_eq!(edit(kw([("priority", 7.into()), ("merge_mode", "simple".into())])).await, Value::Bool(true));
    let list = ask(&hub, "getExternalRepoList", ["sub".into()]).await;
    assert_eq!(names(&list, "external_repo_name"), ["a", "c", "b"]);
    assert_eq!(names(&list, "merge_mode"), ["simple", "koji", "koji"]);

    admin(&hub, "editExternalRepo", ["b".into(), kw([("url", "http://y".into()), ("name", "bb".into())])])
        .await;
    assert_eq!(ask(&hub, "getExternalRepo", ["bb".into()]).await.str_at("url"), Some("http://y/"));
    admin(&hub, "deleteExternalRepo", ["a".into()]).await;
    let list = ask(&hub, "getTagExternalRepos", []).await;
    assert_eq!(column(&list, "priority"), [Value::Int(1), Value::Int(50)]);
    let then = ask(&hub, "getExternalRepoList", ["sub".into(), kw([("event", before)])]).await;
    assert_eq!(names(&then, "url"), ["http://x/c/$arch/", "http://x/a/$arch/", "http://x/b/$arch/"]);
    let gone = fault(&hub, "kojiadmin", "removeExternalRepoFromTag", ["sub".into(), "bb".into()]).await;
    assert_eq!(gone.message, "external repo bb not associated with tag sub");
}

#[tokio::test]
async fn external_rpms_are_recorded_once() {
    let hub = TestHub::new().await;
    admin(&hub, "createExternalRepo", ["ext".into(), "http://x".into()]).await;
    let rpm = |hash: &str| {
        Value::record([
            ("name", "n".into()),
            ("version", "1".into()),
            ("release", "2".into()),
            ("epoch", Value::Nil),
            ("arch", "x86_64".into()),
            ("payloadhash", hash.into()),
            ("size", 9.into()),
            ("buildtime", 3.into()),
        ])
    };
    admin(&hub, "addExternalRPM", [rpm("aa"), "ext".into()]).await;
    let again = fault(&hub, "kojiadmin", "addExternalRPM", [rpm("aa"), "ext".into()]).await;
    assert_eq!(again.message, "external rpm already exists: n-1-2.x86_64@ext");
    let lax = || kw([("strict", false.into())]);
    admin(&hub, "addExternalRPM", [rpm("aa"), "ext".into(), lax()]).await;
    let changed = fault(&hub, "kojiadmin", "addExternalRPM", [rpm("bb"), "ext".into(), lax()]).await;
    assert_eq!(changed.message, "hash changed for external rpm: n-1-2.x86_64@ext (aa -> bb)");
}
