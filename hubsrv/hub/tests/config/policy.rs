use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask};

/// A policy for each test, which answers yes or nothing.
const POLICIES: &str = "[policy]
loop = policy loop :: allow
sign = has_perm si* :: yes
group = user_in_group release* :: yes
who = user a* && ! user bob :: yes
new = is_new_package :: yes
pkg = package ba* :: yes
tagged = tag f45* :: {
        fromtag f44 :: yes both
        bool scratch !! yes tag
    }
builds = buildtag *-build && buildtag_inherits_from f45 :: yes
self = buildtag_inherits_from f45-build :: yes
side = is_sidetag && is_sidetag_owner tag :: yes
other = operation tag move && method build :: yes
source = source git://*/y* :: yes
draft = is_draft :: yes
volume = volume DEF* :: yes
cg = cg_match_all nosuch :: yes
types = buildtype maven :: yes
child = is_child_task :: yes
sidetag = all :: allow
";

async fn eval(hub: &TestHub, policy: &str, data: Vec<(&str, Value)>) -> Result<Option<String>, String> {
    let data = Value::Struct(data.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
    match hub.call("evalPolicy", vec![policy.into(), data]).await {
        Ok(Value::Str(action)) => Ok(Some(action)),
        Ok(Value::Nil) => Ok(None),
        Ok(other) => panic!("{other:?}"),
        Err(fault) => Err(fault.message),
    }
}

#[tokio::test]
async fn the_hubs_tests() {
    let hub = TestHub::with_config(POLICIES).await;
    for tag in ["f45", "f44"] {
        admin(&hub, "createTag", [tag.into()]).await;
    }
    admin(&hub, "createTag", ["f45-build".into(), crate::kw([("parent", "f45".into())])]).await;
    admin(&hub, "createBuildTarget", ["f45".into(), "f45-build".into(), "f45".into()]).await;
    admin(&hub, "grantPermission", ["alice".into(), "sign".into()]).await;
    admin(&hub, "newGroup", ["releasers".into()]).await;
    admin(&hub, "addGroupMember", ["releasers".into(), "bob".into()]).await;
    admin(&hub, "packageListAdd", ["f45".into(), "bash".into(), "bob".into()]).await;
    let side = hub.call_as("alice", "createSideTag", vec!["f45".into()]).await.unwrap();
    let side = side.get("id").unwrap();

    let alice = || ("user_id", Value::Int(2));
    let bob = || ("user_id", Value::from("bob"));
    let yes: Vec<(&str, Vec<(&str, Value)>)> = vec![
        ("sign", vec![alice()]),
        ("group", vec![bob()]),
        ("who", vec![alice()]),
        ("new", vec![("package", "nosuch".into())]),
        ("pkg", vec![("package", "bash".into())]),
        ("builds", vec![("target", "f45".into())]),
        ("builds", vec![("build_tag", "f45-build".into())]),
        ("side", vec![("tag", side.clone()), alice()]),
        ("other", vec![("operation", "move".into()), ("method", "build".into())]),
        ("source", vec![("source", "git://x/yz".into())]),
        ("draft", vec![("draft", true.into())]),
        ("volume", vec![("volume", "DEFAULT".into())]),
        ("types", vec![("btypes", vec!["rpm", "maven"].into())]),
        ("child", vec![("parent", 5.into())]),
    ];
    for (policy, data) in yes {
        assert_eq!(eval(&hub, policy, data).await, Ok(Some("yes".into())), "{policy}");
    }
    let no: Vec<(&str, Vec<(&str, Value)>)> = vec![
        ("sign", vec![bob()]),
        ("sign", vec![]),
        ("group", vec![alice()]),
        ("who", vec![bob()]),
        ("new", vec![("package", "bash".into())]),
        ("builds", vec![("target", "nosuch".into())]),
        ("self", vec![("target", "f45".into())]),
        ("side", vec![("tag", side.clone()), bob()]),
        ("side", vec![("tag", "f45".into()), alice()]),
        ("other", vec![("operation", "untag".into()), ("method", "build".into())]),
        ("source", vec![]),
        ("draft", vec![]),
        ("volume", vec![]),
        ("cg", vec![]),
        ("types", vec![]),
        ("child", vec![("parent", Value::Nil)]),
    ];
    for (policy, data) in no {
        assert_eq!(eval(&hub, policy, data).await, Ok(None), "{policy}");
    }
    let both = vec![("tag", "f45".into()), ("fromtag", "f44".into())];
    assert_eq!(eval(&hub, "tagged", both).await, Ok(Some("yes both".into())));
    assert_eq!(eval(&hub, "tagged", vec![("tag", "f45".into())]).await, Ok(Some("yes tag".into())));
    assert_eq!(eval(&hub, "tagged", vec![("tag", Value::Nil)]).await, Ok(None));
    assert_eq!(eval(&hub, "pkg", vec![]).await, Err("policy requires package data".into()));
    assert_eq!(eval(&hub, "nosuch", vec![]).await, Err("no such policy: nosuch".into()));
    assert!(eval(&hub, "loop", vec![]).await.unwrap_err().starts_with("encountered policy loop"));
}

#[tokio::test]
async fn force_is_for_admins_and_is_told() {
    let hub =
        TestHub::with_config("VerbosePolicy = yes\n[policy]\npackage_list =\n    all :: deny not today\n")
            .await;
    admin(&hub, "createTag", ["t".into()]).await;
    admin(&hub, "grantPermission", ["alice".into(), "tag".into()]).await;
    let add = |user: &'static str, force: bool| {
        let params = vec!["t".into(), "p".into(), "bob".into(), crate::kw([("force", force.into())])];
        hub.call_as(user, "packageListAdd", params)
    };
    for (user, force) in [("kojiadmin", false), ("alice", true)] {
        let text = add(user, force).await.unwrap_err().message;
        assert_eq!(
            text, "policy violation (package_list): not today [rule: all :: deny not today]",
            "{user}"
        );
    }
    add("kojiadmin", true).await.unwrap();
    assert_eq!(ask(&hub, "checkTagPackage", ["t".into(), "p".into()]).await, Value::Bool(true));
}

#[tokio::test]
async fn a_policy_that_does_not_parse_stops_the_hub() {
    let config = koji_config::HubConfig::from_text("[policy]\ntag =\n    bogus_test x :: allow\n").unwrap();
    let error = koji_hub::policy::load(&config).unwrap_err().to_string();
    assert!(error.contains("bogus_test") && error.contains("hub.conf:3"), "{error}");
}
