use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask, fault, kw, names};

const POLICY: &str =
    "[policy]\nsidetag =\n    tag base && compare number_of_tags < 2 :: allow\n    all :: deny no more\n";

#[tokio::test]
async fn side_tags_of_a_user() {
    let hub = TestHub::with_config(POLICY).await;
    let extra = Value::record([
        ("sidetag_debuginfo_allowed", 1.into()),
        ("sidetag_rpm_macros_allowed", "dist foo*".into()),
    ]);
    admin(&hub, "createTag", ["base".into(), kw([("arches", "x86_64".into()), ("extra", extra)])]).await;
    let create = || hub.call_as("alice", "createSideTag", vec!["base".into()]);
    let made = create().await.unwrap();
    let name = made.str_at("name").unwrap().to_owned();
    assert_eq!(name, format!("base-side-{}", made.int_at("id").unwrap()));
    let target = ask(&hub, "getBuildTarget", [name.as_str().into()]).await;
    assert_eq!((target.get("build_tag"), target.get("dest_tag")), (made.get("id"), made.get("id")));
    create().await.unwrap();
    assert_eq!(create().await.unwrap_err().message, "policy violation (sidetag): no more");
    let listed =
        ask(&hub, "listSideTags", [kw([("user", "alice".into()), ("basetag", "base".into())])]).await;
    assert_eq!(
        (names(&listed, "user_id"), names(&listed, "user_name")[0].as_str()),
        (vec!["2".into(); 2], "alice")
    );

    let side = || Value::from(name.as_str());
    let edit = |user: &'static str, options: Value| hub.call_as(user, "editSideTag", vec![side(), options]);
    let macros = |name: &str| kw([("rpm_macros", Value::record([(name, ".x".into())]))]);
    edit("alice", macros("dist")).await.unwrap();
    edit("alice", kw([("debuginfo", true.into())])).await.unwrap();
    assert_eq!(
        edit("alice", macros("bar")).await.unwrap_err().message,
        "RPM macro bar editing is not allowed via parent tag"
    );
    assert_eq!(edit("alice", macros("1x")).await.unwrap_err().message, "Invalid macro name '1x'");
    assert_eq!(edit("bob", macros("dist")).await.unwrap_err().message, "This is not your sidetag");
    let extra = kw([("extra", Value::record([("a", 1.into())]))]);
    assert_eq!(
        edit("alice", extra).await.unwrap_err().message,
        "Extra can be modified only with sidetag_admin or admin permissions."
    );
    edit("alice", kw([("remove_rpm_macros", vec!["dist"].into())])).await.unwrap();
    let tag = ask(&hub, "getTag", [side()]).await;
    let mut keys: Vec<&str> =
        tag.get("extra").unwrap().as_struct().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["sidetag", "sidetag_user", "sidetag_user_id", "with_debuginfo"]);

    assert_eq!(fault(&hub, "bob", "removeSideTag", [side()]).await.message, "This is not your sidetag");
    hub.call_as("alice", "removeSideTag", vec![side()]).await.unwrap();
    assert_eq!(ask(&hub, "getBuildTarget", [side()]).await, Value::Nil);
    assert_eq!(fault(&hub, "alice", "removeSideTag", ["base".into()]).await.message, "Not a sidetag: base");
}
