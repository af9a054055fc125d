use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask, fault, names};

#[tokio::test]
async fn subscriptions_belong_to_their_users() {
    let hub = TestHub::new().await;
    admin(&hub, "createTag", ["t".into()]).await;
    let create = |user: &'static str, about: [Value; 4]| {
        let hub = &hub;
        async move { hub.call_as(user, "createNotification", about.into()).await.map_err(|f| f.message) }
    };
    let about = || [2.into(), Value::Nil, "t".into(), true.into()];
    create("alice", about()).await.unwrap();
    assert_eq!(create("alice", about()).await.unwrap_err(), "notification already exists");
    assert_eq!(
        create("alice", [3.into(), Value::Nil, Value::Nil, false.into()]).await.unwrap_err(),
        "user alice cannot create notifications for user bob"
    );
    create("kojiadmin", [3.into(), Value::Nil, Value::Nil, false.into()]).await.unwrap();
    let list = ask(&hub, "getBuildNotifications", ["alice".into()]).await;
    assert_eq!(names(&list, "email"), ["alice@example.com"]);
    let stranger = fault(&hub, "bob", "deleteNotification", [1.into()]).await;
    assert_eq!(stranger.message, "user 3 cannot delete notifications for user 2");
    let update = vec![1.into(), Value::Nil, Value::Nil, false.into()];
    hub.call_as("alice", "updateNotification", update).await.unwrap();
    assert_eq!(ask(&hub, "getBuildNotification", [1.into()]).await.get("tag_id"), Some(&Value::Nil));
    hub.call_as("alice", "deleteNotification", vec![1.into()]).await.unwrap();
    let gone = fault(&hub, "alice", "deleteNotification", [1.into()]).await;
    assert_eq!(gone.message, "No notification with ID 1 found");

    hub.call_as("alice", "createNotificationBlock", vec![2.into()]).await.unwrap();
    let twice = fault(&hub, "alice", "createNotificationBlock", [2.into()]).await;
    assert_eq!(twice.message, "notification already exists");
    let stranger = fault(&hub, "bob", "deleteNotificationBlock", [1.into()]).await;
    assert_eq!(stranger.message, "user 3 cannot delete notification blocks for user 2");
    assert_eq!(hub.call("getBuildNotificationBlocks", vec![]).await.unwrap_err().message, "No user provided");
}
