use super::prelude::*;

methods! {
    CreateNotification "createNotification" Login (user_id, package_id, tag_id, success_only);
    CreateNotificationBlock "createNotificationBlock" Login (user_id, package_id = Value::Nil, tag_id = Value::Nil);
    DeleteNotification "deleteNotification" Login (id);
    DeleteNotificationBlock "deleteNotificationBlock" Login (id);
    GetBuildNotification "getBuildNotification" Anyone (id, strict: bool = false);
    GetBuildNotificationBlock "getBuildNotificationBlock" Anyone (id, strict: bool = false);
    GetBuildNotificationBlocks "getBuildNotificationBlocks" Anyone (userID = Value::Nil);
    GetBuildNotifications "getBuildNotifications" Anyone (userID = Value::Nil);
    UpdateNotification "updateNotification" Login (id, package_id, tag_id, success_only);
}
