//! Commands on the mails that users get about builds, and on the blocks of such mails.

pub mod add_notification;
pub mod block_notification;
pub mod edit_notification;
pub mod list_notifications;
pub mod remove_notification;
pub mod unblock_notification;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, tag};

/// Whose notifications are changed: the user's own, an admin's choice with `--user`.
async fn user_id(cx: &Cx, user: Option<&str>) -> Result<Value> {
    let Some(name) = user else {
        let me = cx.hub().call(m::GetLoggedInUser {}).await?;
        if me.is_nil() {
            return Err(CommandError::usage("Please login with authentication or specify --user"));
        }
        return Ok(field(&me, "id"));
    };
    if !cx.hub().call(m::HasPerm { perm: "admin".into(), ..Default::default() }).await?.truthy() {
        return Err(CommandError::usage("--user requires admin permission"));
    }
    let user =
        cx.hub().call(m::GetUser { userInfo: name.into(), strict: true, ..Default::default() }).await?;
    Ok(field(&user, "id"))
}

/// The id of a package; nil for none.
async fn package_id(cx: &Cx, package: Option<&str>) -> Result<Value> {
    let Some(name) = package else { return Ok(Value::Nil) };
    let id = cx.hub().call(m::GetPackageID { name: name.into(), ..Default::default() }).await?;
    if id.is_nil() { Err(CommandError::usage(format!("No such package: {name}"))) } else { Ok(id) }
}

/// The id of a tag; nil for none.
async fn tag_id(cx: &Cx, name: Option<&str>) -> Result<Value> {
    match name {
        Some(name) => Ok(field(&tag(cx, name).await?, "id")),
        None => Ok(Value::Nil),
    }
}

/// Ids of notifications from the command line.
fn ids(words: &[String], what: &str) -> Result<Vec<i64>> {
    if words.is_empty() {
        return Err(CommandError::usage(format!("At least one {what} id has to be specified")));
    }
    let ids: std::result::Result<Vec<i64>, _> = words.iter().map(|w| w.trim().parse()).collect();
    ids.map_err(|_| CommandError::usage(format!("All {what} ids has to be integers")))
}

#[cfg(test)]
mod tests {
    use super::ids;

    #[test]
    fn numbers() {
        assert_eq!(ids(&["1".to_owned(), "22".to_owned()], "notification").unwrap(), [1, 22]);
        assert_eq!(ids(&["x".to_owned()], "notification").unwrap_err().status, 2);
        assert_eq!(ids(&[], "notification").unwrap_err().status, 2);
    }
}
