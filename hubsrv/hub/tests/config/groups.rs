use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask, fault, kw, names, now};

async fn packages(hub: &TestHub, tag: &str) -> Vec<(String, Vec<String>)> {
    let groups = ask(hub, "getTagGroups", [tag.into()]).await;
    let row =
        |g: &Value| (g.str_at("name").unwrap().to_owned(), names(g.get("packagelist").unwrap(), "package"));
    groups.as_array().unwrap().iter().map(row).collect()
}

fn group(name: &str, packages: &[&str]) -> (String, Vec<String>) {
    (name.to_owned(), packages.iter().map(|p| (*p).to_owned()).collect())
}

#[tokio::test]
async fn groups_merge_through_inheritance() {
    let hub = TestHub::new().await;
    admin(&hub, "createTag", ["base".into()]).await;
    admin(&hub, "createTag", ["sub".into(), kw([("parent", "base".into())])]).await;
    for name in ["build", "srpm-build"] {
        admin(&hub, "groupListAdd", ["base".into(), name.into()]).await;
    }
    for package in ["bash", "gcc"] {
        admin(&hub, "groupPackageListAdd", ["base".into(), "build".into(), package.into()]).await;
    }
    admin(&hub, "groupReqListAdd", ["base".into(), "build".into(), "srpm-build".into()]).await;
    admin(&hub, "groupPackageListAdd", ["sub".into(), "build".into(), "make".into()]).await;
    let before = now(&hub).await;
    assert_eq!(
        packages(&hub, "sub").await,
        [group("build", &["make", "bash", "gcc"]), group("srpm-build", &[])]
    );

    admin(&hub, "groupPackageListBlock", ["sub".into(), "build".into(), "gcc".into()]).await;
    admin(&hub, "groupListBlock", ["sub".into(), "srpm-build".into()]).await;
    assert_eq!(packages(&hub, "sub").await, [group("build", &["make", "bash"])]);
    assert_eq!(packages(&hub, "base").await.len(), 2);
    // the requirement of a blocked group is gone too
    let all = ask(&hub, "getTagGroups", ["sub".into(), kw([("incl_blocked", true.into())])]).await;
    let build = all.as_array().unwrap().iter().find(|g| g.str_at("name") == Some("build")).unwrap();
    assert_eq!(build.get("grouplist"), Some(&Value::Array(vec![])));
    assert_eq!(names(build.get("packagelist").unwrap(), "package"), ["make", "gcc", "bash"]);
    let then = ask(&hub, "getTagGroups", ["sub".into(), kw([("event", before)])]).await;
    assert_eq!(names(&then, "name"), ["build", "srpm-build"]);

    let blocked =
        fault(&hub, "kojiadmin", "groupPackageListAdd", ["sub".into(), "build".into(), "gcc".into()]).await;
    assert_eq!(blocked.message, "package gcc blocked in group build, tag sub");
    admin(&hub, "groupPackageListUnblock", ["sub".into(), "build".into(), "gcc".into()]).await;
    let not =
        fault(&hub, "kojiadmin", "groupPackageListUnblock", ["sub".into(), "build".into(), "gcc".into()])
            .await;
    assert_eq!(not.message, "package gcc is NOT blocked in group 1, tag 2");
    admin(&hub, "groupListUnblock", ["sub".into(), "srpm-build".into()]).await;
    assert_eq!(packages(&hub, "sub").await.len(), 2);
}

#[tokio::test]
async fn options_default_to_what_is_inherited() {
    let hub = TestHub::new().await;
    admin(&hub, "createTag", ["base".into()]).await;
    admin(&hub, "createTag", ["sub".into(), kw([("parent", "base".into())])]).await;
    let options = kw([("display_name", "Build".into()), ("uservisible", false.into()), ("bogus", 1.into())]);
    admin(&hub, "groupListAdd", ["base".into(), "build".into(), options]).await;
    admin(&hub, "groupListAdd", ["sub".into(), "build".into(), kw([("description", "d".into())])]).await;
    let own = ask(&hub, "getTagGroups", ["sub".into(), kw([("inherit", false.into())])]).await;
    let own = &own.as_array().unwrap()[0];
    assert_eq!((own.str_at("display_name"), own.str_at("description")), (Some("Build"), Some("d")));
    assert_eq!((own.truthy_at("uservisible"), own.truthy_at("exported")), (false, true));
    let before = now(&hub).await;
    admin(&hub, "groupListAdd", ["sub".into(), "build".into(), kw([("description", "d".into())])]).await;
    assert_eq!(now(&hub).await, before);
    admin(&hub, "groupListRemove", ["sub".into(), "build".into()]).await;
    let gone = fault(&hub, "kojiadmin", "groupListRemove", ["sub".into(), "build".into()]).await;
    assert_eq!(gone.message, "No group: build found for tag: sub");
}
