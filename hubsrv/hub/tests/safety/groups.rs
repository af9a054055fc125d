//! A3: permissions that come by a group.

use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

async fn admin(hub: &TestHub, method: &str, params: Vec<Value>) -> Value {
    hub.call_as("kojiadmin", method, params).await.unwrap_or_else(|e| panic!("{method}: {e}"))
}

#[tokio::test]
async fn a3_a_groups_permission_is_its_members_as_long_as_they_are_in_it() {
    let hub = TestHub::new().await;
    hub.session("alice").await;
    let tag = async |name: &str| {
        hub.call_as("alice", "createTag", vec![name.into()]).await.map_err(|f| f.kind.code())
    };
    admin(&hub, "newGroup", vec!["devs".into()]).await;
    admin(&hub, "grantPermission", vec!["devs".into(), "tag".into()]).await;
    assert_eq!(tag("t1").await, Err(1004));
    admin(&hub, "addGroupMember", vec!["devs".into(), "alice".into()]).await;
    assert!(tag("t2").await.is_ok());
    assert_eq!(hub.call_as("alice", "hasPerm", vec!["tag".into()]).await.unwrap(), Value::Bool(true));
    // others than its members have nothing of it, and only admins make members
    let join = hub.call_as("bob", "addGroupMember", vec!["devs".into(), "bob".into()]).await.unwrap_err();
    assert_eq!(join.kind.code(), 1004);
    assert_eq!(hub.call_as("bob", "createTag", vec!["t3".into()]).await.unwrap_err().kind.code(), 1004);
    // taken from the member, and from the group, it ends in the running session
    admin(&hub, "dropGroupMember", vec!["devs".into(), "alice".into()]).await;
    assert_eq!(tag("t4").await, Err(1004));
    admin(&hub, "addGroupMember", vec!["devs".into(), "alice".into()]).await;
    assert!(tag("t5").await.is_ok());
    admin(&hub, "revokePermission", vec!["devs".into(), "tag".into()]).await;
    assert_eq!(tag("t6").await, Err(1004));
}
