//! The declared permission of a method, checked before it runs.

use koji_api::Fault;
use koji_api::methods::{Access, Decl};

use crate::context::Cx;

/// Methods that refuse callers without a session by a fault of their own.
const SAID_OTHERWISE: &[&str] = &[
    "createNotification",
    "createNotificationBlock",
    "deleteNotification",
    "deleteNotificationBlock",
    "updateNotification",
];

/// Whether the caller may call the method at all.
pub fn check_access(cx: &Cx, decl: &Decl) -> Result<(), Fault> {
    match decl.access {
        Access::Anyone | Access::Inside => Ok(()),
        Access::Login if SAID_OTHERWISE.contains(&decl.name) && cx.session.is_none() => {
            Err(Fault::generic("Not logged-in"))
        }
        Access::Login => cx.session().map(drop),
        Access::Perm(perm) => cx.assert_perm(perm),
        Access::Host => cx.host_id().map(drop),
    }
}
