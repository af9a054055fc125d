use koji_api::FaultKind;
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask, column, fault, kw, names, now};

/// `base` <- `updates` <- `build`, the last link with a filter.
async fn hub(filter: &str) -> TestHub {
    let hub = TestHub::new().await;
    admin(&hub, "createTag", ["base".into()]).await;
    admin(&hub, "createTag", ["updates".into(), kw([("parent", "base".into())])]).await;
    admin(&hub, "createTag", ["build".into()]).await;
    let link = Value::record([
        ("parent_id", 2.into()),
        ("priority", 0.into()),
        ("maxdepth", Value::Nil),
        ("intransitive", false.into()),
        ("noconfig", false.into()),
        ("pkg_filter", filter.into()),
    ]);
    admin(&hub, "setInheritanceData", ["build".into(), vec![link].into()]).await;
    for package in ["bash", "bzip2", "zlib"] {
        admin(&hub, "packageListAdd", ["base".into(), package.into(), "alice".into()]).await;
    }
    hub
}

async fn list(hub: &TestHub, options: Vec<(&str, Value)>) -> Value {
    let mut kwargs = kw([("inherited", true.into())]);
    if let Value::Struct(s) = &mut kwargs {
        s.extend(options.into_iter().map(|(k, v)| (k.to_owned(), v)));
    }
    ask(hub, "listPackages", [kwargs]).await
}

async fn listed(hub: &TestHub, tag: &str) -> Vec<(String, bool, String)> {
    let rows = list(hub, vec![("tagID", tag.into())]).await;
    let row = |r: &Value| {
        let text = |k: &str| r.str_at(k).unwrap().to_owned();
        (text("package_name"), r.truthy_at("blocked"), text("tag_name"))
    };
    let mut all: Vec<_> = rows.as_array().unwrap().iter().map(row).collect();
    all.sort();
    all
}

fn row(package: &str, blocked: bool, tag: &str) -> (String, bool, String) {
    (package.into(), blocked, tag.into())
}

#[tokio::test]
async fn the_nearest_entry_decides() {
    let hub = hub("").await;
    assert_eq!(listed(&hub, "build").await.len(), 3);
    admin(&hub, "packageListBlock", ["updates".into(), "bash".into()]).await;
    let blocked = now(&hub).await;
    let seen = [row("bash", true, "updates"), row("bzip2", false, "base"), row("zlib", false, "base")];
    assert_eq!(listed(&hub, "build").await, seen);
    assert_eq!(ask(&hub, "checkTagPackage", ["build".into(), "bash".into()]).await, Value::Bool(false));
    assert_eq!(ask(&hub, "checkTagPackage", ["base".into(), "bash".into()]).await, Value::Bool(true));
    // a block below a block: unblocking has to override what is inherited
    admin(&hub, "packageListUnblock", ["build".into(), "bash".into()]).await;
    assert_eq!(listed(&hub, "build").await[0], row("bash", false, "build"));
    assert_eq!(listed(&hub, "updates").await[0], row("bash", true, "updates"));
    // the tag's own block is just taken away
    admin(&hub, "packageListUnblock", ["updates".into(), "bash".into()]).await;
    assert_eq!(listed(&hub, "updates").await[0], row("bash", false, "base"));
    let twice = fault(&hub, "kojiadmin", "packageListUnblock", ["updates".into(), "bash".into()]).await;
    assert_eq!(twice.message, "package bash NOT blocked in tag updates");
    let config =
        ask(&hub, "getPackageConfig", ["build".into(), "bash".into(), kw([("event", blocked)])]).await;
    assert_eq!((config.str_at("tag_name"), config.truthy_at("blocked")), (Some("updates"), true));
}

#[tokio::test]
async fn filters_and_duplicates() {
    let hub = hub("b(?!zip)").await;
    assert_eq!(listed(&hub, "build").await, [row("bash", false, "base")]);
    let i686 = kw([("extra_arches", "i686".into())]);
    admin(&hub, "packageListAdd", ["updates".into(), "zlib".into(), "bob".into(), i686]).await;
    admin(&hub, "packageListAdd", ["build".into(), "zlib".into(), "alice".into()]).await;
    let rows = list(&hub, vec![("tagID", "updates".into()), ("with_dups", true.into())]).await;
    assert_eq!(names(&rows, "tag_name"), ["updates", "base", "base", "base"]);
    let bobs = list(&hub, vec![("userID", "bob".into())]).await;
    assert_eq!(
        (names(&bobs, "package_name"), names(&bobs, "tag_name")),
        (vec!["zlib".into()], vec!["updates".into()])
    );
    let by_prefix = list(&hub, vec![("tagID", "base".into()), ("prefix", "B".into())]).await;
    assert_eq!(names(&by_prefix, "package_name"), ["bash", "bzip2"]);
}

#[tokio::test]
async fn owners_and_arches_are_versioned_apart() {
    let hub = hub("").await;
    let before = now(&hub).await;
    admin(&hub, "packageListSetOwner", ["base".into(), "bash".into(), "bob".into()]).await;
    admin(&hub, "packageListSetArches", ["base".into(), "bash".into(), "i686".into()]).await;
    let get = |event: Value| {
        let hub = &hub;
        async move { ask(hub, "getPackageConfig", ["base".into(), "bash".into(), kw([("event", event)])]).await }
    };
    let (new, old) = (get(Value::Nil).await, get(before).await);
    assert_eq!((new.str_at("owner_name"), new.str_at("extra_arches")), (Some("bob"), Some("i686")));
    assert_eq!((old.str_at("owner_name"), old.str_at("extra_arches")), (Some("alice"), None));
    let history =
        ask(&hub, "queryHistory", [vec!["tag_packages"].into(), kw([("package", "bash".into())])]).await;
    assert_eq!(column(history.get("tag_packages").unwrap(), "extra_arches").len(), 2);
}

#[tokio::test]
async fn who_may_and_what_is_refused() {
    let hub = hub("").await;
    let add = |user: &'static str, package: &'static str| {
        let hub = &hub;
        async move { hub.call_as(user, "packageListAdd", vec!["base".into(), package.into(), "bob".into()]).await }
    };
    let denied = add("alice", "secret").await.unwrap_err();
    assert_eq!(denied.kind, FaultKind::ActionNotAllowed);
    assert_eq!(
        denied.message,
        "policy violation (package_list): Only admin/tag can do this via default policy"
    );
    // a denied call leaves no package behind
    assert_eq!(ask(&hub, "getPackage", ["secret".into()]).await, Value::Nil);
    admin(&hub, "grantPermission", ["alice".into(), "tag".into()]).await;
    add("alice", "open").await.unwrap();
    let text = |f: koji_api::Fault| f.message;
    let no_owner = fault(&hub, "kojiadmin", "packageListAdd", ["base".into(), "noowner".into()]).await;
    assert_eq!(text(no_owner), "owner not specified");
    let owner =
        fault(&hub, "kojiadmin", "packageListSetOwner", ["base".into(), "nosuch".into(), "bob".into()]).await;
    assert_eq!(text(owner), "cannot update: tag base has no data for package nosuch");
    admin(&hub, "packageListBlock", ["base".into(), "zlib".into()]).await;
    let blocked = vec![("block", Value::Bool(false))];
    let options = kw([blocked.into_iter().next().unwrap()]);
    let again = fault(&hub, "kojiadmin", "packageListAdd", ["base".into(), "zlib".into(), options]).await;
    assert_eq!(text(again), "package zlib is blocked in tag base");
    let forced = kw([("block", false.into()), ("force", true.into())]);
    admin(&hub, "packageListAdd", ["base".into(), "zlib".into(), forced]).await;
    assert_eq!(ask(&hub, "checkTagPackage", ["base".into(), "zlib".into()]).await, Value::Bool(true));
    admin(&hub, "packageListRemove", ["base".into(), "zlib".into()]).await;
    assert_eq!(ask(&hub, "getPackageConfig", ["base".into(), "zlib".into()]).await, Value::Nil);
}
