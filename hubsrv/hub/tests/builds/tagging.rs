//! Builds in tags: which are listed and in which order, who may tag, and what deleting respects.

use crate::common::*;
use koji_api::Fault;
use koji_db::args;
use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::Value;

const ADMIN: &str = "kojiadmin";

async fn admin(hub: &TestHub, method: &str, params: Vec<Value>) -> Result<Value, Fault> {
    hub.call_as(ADMIN, method, params).await
}

/// Tags `base`, and `child` that inherits it; package `p` in both, `q` in `base`.
async fn tags(hub: &TestHub) {
    for (name, parent) in [("base", Value::Nil), ("child", "base".into())] {
        admin(hub, "createTag", vec![name.into(), parent]).await.unwrap();
    }
    for package in ["p", "q"] {
        let params = vec!["base".into(), package.into(), ADMIN.into()];
        admin(hub, "packageListAdd", params).await.unwrap();
    }
}

/// Complete builds `NAME-VERSION-1`.
async fn build(hub: &TestHub, name: &str, version: &str) -> i64 {
    let params = vec![name.into(), version.into(), "1".into(), Value::Nil];
    admin(hub, "createEmptyBuild", params).await.unwrap().as_int().unwrap()
}

async fn tag(hub: &TestHub, tag: &str, nvr: &str) -> Result<Value, Fault> {
    admin(hub, "tagBuildBypass", vec![tag.into(), nvr.into()]).await
}

/// The N-V-Rs that `listTagged` answers.
async fn listed<const N: usize>(hub: &TestHub, tag: &str, options: [(&str, Value); N]) -> Vec<String> {
    let rows = hub.call("listTagged", vec![tag.into(), kw(options)]).await.unwrap();
    rows.as_array().unwrap().iter().map(|r| r.str_at("nvr").unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_nearest_and_latest_tagged_comes_first() {
    let hub = TestHub::new().await;
    tags(&hub).await;
    for (name, version) in [("p", "1"), ("p", "2"), ("p", "3"), ("q", "1")] {
        build(&hub, name, version).await;
    }
    tag(&hub, "base", "p-3-1").await.unwrap();
    tag(&hub, "base", "p-2-1").await.unwrap();
    tag(&hub, "base", "q-1-1").await.unwrap();
    tag(&hub, "child", "p-1-1").await.unwrap();

    let (yes, inherit) = (Value::Bool(true), ("inherit", Value::Bool(true)));
    assert_eq!(listed(&hub, "child", []).await, ["p-1-1"]);
    assert_eq!(listed(&hub, "child", [inherit.clone()]).await, ["p-1-1", "q-1-1", "p-2-1", "p-3-1"]);
    // the latest is what was tagged last in the nearest tag, not the highest version
    assert_eq!(listed(&hub, "child", [inherit.clone(), ("latest", yes.clone())]).await, ["p-1-1", "q-1-1"]);
    assert_eq!(
        listed(&hub, "child", [inherit.clone(), ("latest", Value::Int(2))]).await,
        ["p-1-1", "q-1-1", "p-2-1"]
    );
    assert_eq!(listed(&hub, "base", [("latest", yes.clone())]).await, ["q-1-1", "p-2-1"]);
    // tagged again, it is the latest
    assert_eq!(tag(&hub, "base", "p-3-1").await.unwrap_err().message, "build p-3-1 already tagged (base)");
    admin(&hub, "tagBuildBypass", vec!["base".into(), "p-3-1".into(), kw([("force", yes.clone())])])
        .await
        .unwrap();
    assert_eq!(listed(&hub, "base", [("latest", yes.clone())]).await, ["p-3-1", "q-1-1"]);
    assert_eq!(listed(&hub, "base", [("package", "q".into())]).await, ["q-1-1"]);
    assert_eq!(listed(&hub, "base", [("prefix", "Q".into())]).await, ["q-1-1"]);
    assert_eq!(listed(&hub, "base", [("owner", "alice".into())]).await, Vec::<String>::new());

    // a package that is blocked nearby hides what is inherited, with and without inheritance
    admin(&hub, "packageListBlock", vec!["child".into(), "p".into()]).await.unwrap();
    assert_eq!(listed(&hub, "child", [inherit.clone()]).await, ["q-1-1"]);
    assert_eq!(listed(&hub, "child", []).await, Vec::<String>::new());
    assert_eq!(listed(&hub, "base", []).await.len(), 3);

    // as it was
    let event = hub.call("getLastEvent", vec![]).await.unwrap().int_at("id").unwrap();
    admin(&hub, "untagBuildBypass", vec!["base".into(), "q-1-1".into()]).await.unwrap();
    assert_eq!(listed(&hub, "child", [inherit.clone()]).await, Vec::<String>::new());
    assert_eq!(listed(&hub, "child", [inherit, ("event", event.into())]).await, ["q-1-1"]);
    let untagged = hub.call("untaggedBuilds", vec![]).await.unwrap();
    let names: Vec<_> = untagged.as_array().unwrap().iter().map(|r| r.str_at("name").unwrap()).collect();
    assert_eq!(names, ["q"]);
}

#[tokio::test]
async fn many_builds_keep_their_order() {
    let hub = TestHub::new().await;
    tags(&hub).await;
    let mut wanted = Vec::new();
    for version in 1..=5 {
        build(&hub, "p", &version.to_string()).await;
        wanted.push(format!("p-{version}-1"));
    }
    admin(&hub, "massTag", vec!["base".into(), wanted.clone().into()]).await.unwrap();
    wanted.reverse();
    assert_eq!(listed(&hub, "base", []).await, wanted);
    // a snapshot has the same, and stays in step
    admin(&hub, "snapshotTag", vec!["base".into(), "snap".into(), kw([("latest_only", false.into())])])
        .await
        .unwrap();
    assert_eq!(listed(&hub, "snap", []).await, wanted);
    let params = vec!["base".into(), "p-1-1".into(), kw([("force", true.into())])];
    admin(&hub, "tagBuildBypass", params).await.unwrap();
    admin(&hub, "untagBuildBypass", vec!["base".into(), "p-3-1".into()]).await.unwrap();
    let options = kw([("latest_only", false.into()), ("remove", true.into())]);
    admin(&hub, "snapshotTagModify", vec!["base".into(), "snap".into(), options]).await.unwrap();
    assert_eq!(listed(&hub, "snap", []).await, ["p-1-1", "p-5-1", "p-4-1", "p-2-1"]);
}

#[tokio::test]
async fn tagging_asks_lists_locks_and_permissions() {
    let hub = TestHub::new().await;
    tags(&hub).await;
    let id = build(&hub, "p", "1").await;
    build(&hub, "other", "1").await;
    let wish = |user: &'static str, tag: &'static str, nvr: &'static str| {
        hub.call_as(user, "tagBuild", vec![tag.into(), nvr.into()])
    };
    let made = wish("alice", "base", "p-1-1").await.unwrap();
    let info = hub.call("getTaskInfo", vec![made, true.into()]).await.unwrap();
    let base = hub.call("getTagID", vec!["base".into()]).await.unwrap();
    assert_eq!(info.str_at("method"), Some("tagBuild"));
    assert_eq!(info.int_at("priority"), Some(10));
    assert_eq!(info.get("request").unwrap(), &Value::Array(vec![base, id.into(), false.into(), Value::Nil]));
    assert_eq!(
        wish("alice", "base", "other-1-1").await.unwrap_err().message,
        "Package other not in list for base"
    );
    assert_eq!(wish("alice", "nosuch", "p-1-1").await.unwrap_err().message, "No such tagInfo: 'nosuch'");

    admin(&hub, "editTag2", vec!["child".into(), kw([("locked", true.into())])]).await.unwrap();
    assert_eq!(wish("alice", "child", "p-1-1").await.unwrap_err().message, "tag is locked");
    assert_eq!(tag(&hub, "child", "p-1-1").await.unwrap_err().message, "tag is locked");
    let force = || kw([("force", true.into())]);
    let forced = hub.call_as("alice", "tagBuild", vec!["child".into(), "p-1-1".into(), force()]).await;
    assert_eq!(forced.unwrap_err().message, "tag is locked");
    admin(&hub, "tagBuild", vec!["child".into(), "p-1-1".into(), force()]).await.unwrap();
    let options = kw([("locked", false.into()), ("perm", "admin".into())]);
    admin(&hub, "editTag2", vec!["child".into(), options]).await.unwrap();
    assert_eq!(wish("alice", "child", "p-1-1").await.unwrap_err().message, "tag requires admin permission");

    // a build that is not complete is never tagged
    let host = host(&hub).await;
    let work = task(&hub, host).await;
    hub.call_as(BUILDER, "host.initBuild", vec![fakebuilt(work)]).await.unwrap();
    let fault = tag(&hub, "base", "fakebuilt-3.0-1.el9").await.unwrap_err();
    assert_eq!(fault.message, "build fakebuilt-3.0-1.el9 not complete: state BUILDING");

    // the host tags in the owner's name
    hub.call_as(BUILDER, "host.tagBuild", vec![work.into(), "base".into(), "p-1-1".into()]).await.unwrap();
    assert_eq!(count(&hub, "SELECT creator_id FROM tag_listing").await, 1);
    let fault = hub
        .call_as(BUILDER, "host.tagBuild", vec![work.into(), "base".into(), "other-1-1".into()])
        .await
        .unwrap_err();
    assert_eq!(fault.message, "Package other not in list for base");
}

#[tokio::test]
async fn what_is_tagged_or_in_use_is_not_deleted() {
    let hub = TestHub::new().await;
    tags(&hub).await;
    build(&hub, "p", "1").await;
    tag(&hub, "base", "p-1-1").await.unwrap();
    let delete = || admin(&hub, "deleteBuild", vec!["p-1-1".into()]);
    assert!(
        delete()
            .await
            .unwrap_err()
            .message
            .starts_with("Cannot delete build, tagged: [{'name': 'base', 'tag_id': ")
    );
    let lenient = vec!["p-1-1".into(), kw([("strict", false.into())])];
    assert_eq!(admin(&hub, "deleteBuild", lenient).await.unwrap(), Value::Bool(false));
    admin(&hub, "untagBuildBypass", vec!["base".into(), "p-1-1".into()]).await.unwrap();
    let place = hub.topdir().join("packages/p/1/1/data");
    std::fs::create_dir_all(&place).unwrap();
    assert_eq!(delete().await.unwrap(), Value::Bool(true));
    assert!(!place.exists());
    assert_eq!(delete().await.unwrap(), Value::Nil);
    assert_eq!(
        tag(&hub, "base", "p-1-1").await.unwrap_err().message,
        "build p-1-1 not complete: state DELETED"
    );
    // its N-V-R stays taken
    let params = vec!["p".into(), "1".into(), "1".into(), Value::Nil];
    assert!(admin(&hub, "createEmptyBuild", params).await.unwrap_err().message.contains("state=DELETED"));
}

#[tokio::test]
async fn tagging_and_deleting_at_once_leave_no_tagged_deleted_build() {
    let hub = TestHub::new().await;
    tags(&hub).await;
    for version in 1..=8 {
        let id = build(&hub, "p", &version.to_string()).await;
        let tagged = admin(&hub, "tagBuildBypass", vec!["base".into(), id.into()]);
        let deleted = admin(&hub, "deleteBuild", vec![id.into()]);
        let (tagged, deleted) = tokio::join!(tagged, deleted);
        assert!(tagged.is_ok() != deleted.is_ok(), "{tagged:?} {deleted:?}");
    }
    let both =
        "SELECT count(*) FROM tag_listing JOIN build ON build.id = build_id WHERE active AND state = 2";
    assert_eq!(count(&hub, both).await, 0);
}

#[tokio::test]
async fn drafts_are_promoted_once() {
    let hub = TestHub::new().await;
    let draft = async |version: &'static str| {
        let params = vec!["d".into(), version.into(), "1".into(), Value::Nil, kw([("draft", true.into())])];
        let id = admin(&hub, "createEmptyBuild", params).await.unwrap().as_int().unwrap();
        let place = hub.topdir().join(format!("packages/d/{version}/1,draft_{id}/x86_64"));
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("a"), "a").unwrap();
        id
    };
    let (one, two) = (draft("1").await, draft("1").await);
    let refused = hub.call_as("bob", "promoteBuild", vec![one.into()]).await.unwrap_err();
    assert!(refused.message.starts_with("policy violation (draft_promotion)"), "{refused}");
    let promoted = admin(&hub, "promoteBuild", vec![one.into()]).await.unwrap();
    assert_eq!((promoted.str_at("nvr"), promoted.str_at("promoter_name")), (Some("d-1-1"), Some(ADMIN)));
    assert!(hub.topdir().join("packages/d/1/1/x86_64/a").is_file());
    assert!(hub.topdir().join(format!("packages/d/1/1,draft_{one}")).is_symlink());
    let taken = admin(&hub, "promoteBuild", vec![two.into()]).await.unwrap_err();
    assert_eq!(
        taken.message,
        format!("Cannot promote build d-1-1,draft_{two}. Reason: Target build exists: d-1-1(#{one})")
    );
    // broken off after the files were moved, and done again
    let three = draft("2").await;
    let parent = hub.topdir().join("packages/d/2");
    std::fs::rename(parent.join(format!("1,draft_{three}")), parent.join("1")).unwrap();
    std::os::unix::fs::symlink("1", parent.join(format!("1,draft_{three}"))).unwrap();
    admin(&hub, "promoteBuild", vec![three.into()]).await.unwrap();
    assert!(parent.join("1/x86_64/a").is_file());
}

#[tokio::test]
async fn one_of_many_gets_the_build() {
    let hub = TestHub::new().await;
    let host = host(&hub).await;
    let mut tasks = Vec::new();
    for _ in 0..10 {
        tasks.push(task(&hub, host).await);
    }
    // the same N-V-R from all at once: one gets it
    let all = tasks.iter().map(|t| hub.call_as(BUILDER, "host.initBuild", vec![fakebuilt(*t)]));
    let answers = futures::future::join_all(all).await;
    assert_eq!(answers.iter().filter(|a| a.is_ok()).count(), 1, "{answers:?}");
    for refused in answers.into_iter().filter_map(Result::err) {
        assert!(refused.message.starts_with("Build already in progress (task "), "{refused}");
    }
    assert_eq!(sql(&hub, "SELECT count(*) FROM build WHERE release = $1", args!["1.el9"]).await, 1);
}
