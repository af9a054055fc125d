use super::prelude::*;

methods! {
    /// Subscribes a user to mail about builds of a package or tag; nil is any.
    CreateNotification "createNotification" Login (user_id, package_id, tag_id, success_only);
    /// Spares a user mail about builds of a package or tag; nil is any.
    CreateNotificationBlock "createNotificationBlock" Login (user_id, package_id = Value::Nil, tag_id = Value::Nil);
    /// Ends a subscription.
    DeleteNotification "deleteNotification" Login (id);
    /// Ends a block.
    DeleteNotificationBlock "deleteNotificationBlock" Login (id);
    /// A subscription; nil when there is none.
    GetBuildNotification "getBuildNotification" Anyone (id, strict: bool = false);
    /// A block; nil when there is none.
    GetBuildNotificationBlock "getBuildNotificationBlock" Anyone (id, strict: bool = false);
    /// A user's blocks; the caller's without an argument.
    GetBuildNotificationBlocks "getBuildNotificationBlocks" Anyone (userID = Value::Nil);
    /// A user's subscriptions; the caller's without an argument.
    GetBuildNotifications "getBuildNotifications" Anyone (userID = Value::Nil);
    /// Changes a subscription.
    UpdateNotification "updateNotification" Login (id, package_id, tag_id, success_only);
}
