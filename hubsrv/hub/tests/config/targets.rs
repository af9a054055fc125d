use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask, fault, kw, names, now};

#[tokio::test]
async fn targets_are_made_changed_and_deleted() {
    let hub = TestHub::new().await;
    for tag in ["build", "dest", "other"] {
        admin(&hub, "createTag", [tag.into()]).await;
    }
    admin(&hub, "createBuildTarget", ["t".into(), "build".into(), "dest".into()]).await;
    admin(&hub, "createBuildTarget", ["u".into(), "build".into(), "other".into()]).await;
    let before = now(&hub).await;
    let target = ask(&hub, "getBuildTarget", ["t".into()]).await;
    assert_eq!((target.str_at("build_tag_name"), target.int_at("dest_tag")), (Some("build"), Some(2)));
    admin(&hub, "editBuildTarget", ["t".into(), "t2".into(), "build".into(), 3.into()]).await;
    let all =
        ask(&hub, "getBuildTargets", [kw([("queryOpts", Value::record([("order", "name".into())]))])]).await;
    assert_eq!(
        (names(&all, "name"), names(&all, "dest_tag_name")),
        (vec!["t2".to_owned(), "u".to_owned()], vec!["other".to_owned(), "other".to_owned()],)
    );
    let then = ask(&hub, "getBuildTarget", [1.into(), kw([("event", before)])]).await;
    assert_eq!(then.str_at("dest_tag_name"), Some("dest"));
    let into = |tag: Value| kw([("destTagID", tag)]);
    assert_eq!(
        names(&ask(&hub, "getBuildTargets", [into("dest".into())]).await, "name"),
        Vec::<String>::new()
    );
    assert_eq!(
        names(&ask(&hub, "getBuildTargets", [into("nosuch".into())]).await, "name"),
        Vec::<String>::new()
    );

    let taken =
        fault(&hub, "kojiadmin", "editBuildTarget", ["t2".into(), "u".into(), 1.into(), 2.into()]).await;
    assert_eq!(taken.message, "name \"u\" is already taken by build target 2");
    // a deleted tag takes its targets with it
    admin(&hub, "deleteTag", ["other".into()]).await;
    assert_eq!(ask(&hub, "getBuildTargets", []).await, Value::Array(vec![]));
    admin(&hub, "createBuildTarget", ["t2".into(), "build".into(), "dest".into()]).await;
    assert_eq!(ask(&hub, "getBuildTarget", ["t2".into()]).await.int_at("id"), Some(1));
    let refused = fault(&hub, "alice", "deleteBuildTarget", ["t2".into()]).await;
    assert_eq!(refused.message, "target permission required (logged in as alice)");
}
