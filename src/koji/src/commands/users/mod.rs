//! Commands on users and their permissions.

pub mod add_user;
pub mod disable_user;
pub mod edit_permission;
pub mod edit_user;
pub mod enable_user;
pub mod grant_cg_access;
pub mod grant_permission;
pub mod list_permissions;
pub mod list_users;
pub mod revoke_cg_access;
pub mod revoke_permission;
pub mod userinfo;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::field;

/// The name of a user that the hub knows.
async fn name_of(cx: &Cx, user: &str) -> Result<Value> {
    let info = cx.hub().call(m::GetUser { userInfo: user.into(), ..Default::default() }).await?;
    if info.is_nil() {
        Err(CommandError::usage(format!("No such user: {user}")))
    } else {
        Ok(field(&info, "name"))
    }
}
