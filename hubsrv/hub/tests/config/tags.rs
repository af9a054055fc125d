use koji_api::FaultKind;
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask, fault, kw, names, now};

#[tokio::test]
async fn a_tag_from_cradle_to_grave_and_back() {
    let hub = TestHub::new().await;
    let options = kw([
        ("arches", "x86_64   aarch64".into()),
        ("extra", Value::record([("rpm.macro.dist", ".el9".into()), ("l", vec![1_i64].into())])),
    ]);
    let id = admin(&hub, "createTag", ["base".into(), options]).await;
    let made = now(&hub).await;
    let tag = ask(&hub, "getTag", ["base".into()]).await;
    assert_eq!(tag.get("id"), Some(&id));
    assert_eq!(tag.str_at("arches"), Some("x86_64 aarch64"));
    assert_eq!(tag.get("extra").unwrap().get("l"), Some(&vec![1_i64].into()));

    admin(&hub, "editTag2", ["base".into(), kw([("arches", "i686".into()), ("name", "base2".into())])]).await;
    let old = ask(&hub, "getTag", [id.clone(), kw([("event", made.clone())])]).await;
    // names are not versioned, arches are
    assert_eq!((old.str_at("name"), old.str_at("arches")), (Some("base2"), Some("x86_64 aarch64")));
    assert_eq!(old.get("query_event"), Some(&made));

    admin(&hub, "deleteTag", ["base2".into()]).await;
    let deleted = now(&hub).await;
    assert_eq!(ask(&hub, "getTag", [id.clone()]).await, Value::Nil);
    let last = ask(&hub, "getTag", [id.clone(), kw([("event", "auto".into())])]).await;
    assert_eq!((last.str_at("arches"), last.get("revoke_event")), (Some("i686"), Some(&deleted)));
    let gone = fault(&hub, "kojiadmin", "deleteTag", ["base2".into()]).await;
    assert_eq!((gone.kind, gone.message.as_str()), (FaultKind::Generic, "No such tagInfo: 'base2'"));

    // the name keeps its id
    assert_eq!(admin(&hub, "createTag", ["base2".into()]).await, id);
    assert_eq!(
        ask(&hub, "getTag", ["base2".into()]).await.get("extra"),
        Some(&Value::Struct(Default::default()))
    );
}

#[tokio::test]
async fn extra_is_set_blocked_and_removed() {
    let hub = TestHub::new().await;
    let extra = |pairs: Vec<(&str, Value)>| {
        Value::Struct(pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    };
    let parent_extra = extra(vec![("a", 1.into()), ("b", 2.into()), ("c", 3.into())]);
    admin(&hub, "createTag", ["top".into(), kw([("extra", parent_extra), ("arches", "x86_64".into())])])
        .await;
    admin(&hub, "createTag", ["sub".into(), kw([("parent", "top".into())])]).await;
    admin(&hub, "editTag2", ["sub".into(), kw([("arches", Value::Nil)])]).await;
    let change = kw([("extra", extra(vec![("b", Value::Nil)])), ("block_extra", vec!["c"].into())]);
    admin(&hub, "editTag2", ["sub".into(), change]).await;

    let own = ask(&hub, "getTag", ["sub".into(), kw([("blocked", true.into())])]).await;
    let pair = |blocked: bool| Value::from(vec![Value::Bool(blocked), Value::Nil]);
    assert_eq!(own.get("extra"), Some(&extra(vec![("b", pair(false)), ("c", pair(true))])));
    let config = ask(&hub, "getBuildConfig", ["sub".into()]).await;
    assert_eq!(config.get("extra"), Some(&extra(vec![("a", 1.into()), ("b", Value::Nil)])));
    assert_eq!(config.str_at("arches"), Some("x86_64"));

    let before = now(&hub).await;
    admin(&hub, "editTag2", ["sub".into(), kw([("remove_extra", vec!["b"].into())])]).await;
    let config = ask(&hub, "getBuildConfig", ["sub".into()]).await;
    assert_eq!(config.get("extra"), Some(&extra(vec![("a", 1.into()), ("b", 2.into())])));
    let then = ask(&hub, "getBuildConfig", ["sub".into(), kw([("event", before)])]).await;
    assert_eq!(then.get("extra").unwrap().get("b"), Some(&Value::Nil));

    let both = kw([("extra", extra(vec![("z", 1.into())])), ("remove_extra", vec!["z"].into())]);
    let text = fault(&hub, "kojiadmin", "editTag2", ["sub".into(), both]).await.message;
    assert_eq!(text, "Can not both add/update and remove tag-extra: 'z'");
    let missing = kw([("remove_extra", vec!["x", "y"].into())]);
    let text = fault(&hub, "kojiadmin", "editTag2", ["sub".into(), missing]).await.message;
    assert_eq!(text, "Tag: sub doesn't have extra: x, y");
}

#[tokio::test]
async fn nothing_changed_is_no_event() {
    let hub = TestHub::new().await;
    admin(&hub, "createTag", ["t".into(), kw([("arches", "x86_64".into())])]).await;
    let before = now(&hub).await;
    admin(&hub, "editTag2", ["t".into(), kw([("arches", "x86_64".into()), ("locked", false.into())])]).await;
    assert_eq!(now(&hub).await, before);
    admin(&hub, "editTag2", ["t".into(), kw([("locked", true.into())])]).await;
    assert_ne!(now(&hub).await, before);
}

#[tokio::test]
async fn locks_and_permissions_of_tags() {
    let hub = TestHub::new().await;
    admin(&hub, "createTag", ["locked".into(), kw([("locked", true.into())])]).await;
    admin(&hub, "createTag", ["perm".into(), kw([("perm", "sign".into())])]).await;
    let access = |tag: &'static str, user: i64| {
        let hub = &hub;
        async move { ask(hub, "checkTagAccess", [tag.into(), user.into()]).await }
    };
    let answer = |allowed: bool, force: bool, why: &str| -> Value {
        vec![Value::from(allowed), force.into(), why.into()].into()
    };
    assert_eq!(access("locked", 2).await, answer(false, false, "tag is locked"));
    // being an admin is no permission, but lets force
    assert_eq!(access("perm", 1).await, answer(false, true, "tag requires sign permission"));
    admin(&hub, "grantPermission", ["alice".into(), "sign".into()]).await;
    assert_eq!(access("perm", 2).await, answer(true, false, ""));
}

#[tokio::test]
async fn lists_of_tags() {
    let hub = TestHub::new().await;
    for name in ["f45", "f45-build", "epel"] {
        admin(&hub, "createTag", [name.into()]).await;
    }
    admin(&hub, "packageListAdd", ["f45".into(), "bash".into(), "alice".into()]).await;
    let by_glob = ask(&hub, "listTags", [kw([("pattern", "F45*".into())])]).await;
    assert_eq!(names(&by_glob, "name"), ["f45", "f45-build"]);
    let by_package = ask(&hub, "listTags", [kw([("package", "bash".into())])]).await;
    assert_eq!(names(&by_package, "name"), ["f45"]);
    assert_eq!(names(&by_package, "owner_name"), ["alice"]);
    let cut = kw([("queryOpts", Value::record([("order", "-name".into()), ("limit", 2.into())]))]);
    assert_eq!(names(&ask(&hub, "listTags", [cut]).await, "name"), ["f45-build", "f45"]);
}

#[tokio::test]
async fn names_are_not_reserved_by_strangers() {
    let hub = TestHub::new().await;
    let create = || kw([("create", true.into())]);
    assert!(hub.call("getTagID", vec!["x".into(), create()]).await.is_err());
    let refused = fault(&hub, "alice", "getTagID", ["x".into(), create()]).await;
    assert_eq!(refused.message, "tag permission required (logged in as alice)");
    assert!(admin(&hub, "getTagID", ["x".into(), create()]).await.as_int().is_some());
    assert!(hub.call("getPackage", vec!["x".into(), create()]).await.is_err());
}
