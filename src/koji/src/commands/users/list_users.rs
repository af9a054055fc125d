use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{items, text};

/// List users
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// NORMAL, HOST, GROUP or any
    #[arg(long, value_name = "TYPE", default_value = "NORMAL")]
    usertype: String,
    /// Only users whose names begin with this
    #[arg(long)]
    prefix: Option<String>,
    /// Only users with a permission
    #[arg(long)]
    perm: Option<String>,
    /// With --perm: those that have it by a group, too
    #[arg(long)]
    inherited_perm: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.inherited_perm && a.perm.is_none() {
        return Err(CommandError::usage("inherited_perm option must be used with perm option"));
    }
    let usertype = match a.usertype.to_uppercase().as_str() {
        "NORMAL" => Value::Int(0),
        "HOST" => Value::Int(1),
        "GROUP" => Value::Int(2),
        "ANY" | "ALL" => Value::Nil,
        _ => return Err(CommandError::new(format!("Invalid usertype: {}", a.usertype))),
    };
    if let Some(perm) = &a.perm {
        let perms = cx.hub().call(m::GetAllPerms {}).await?;
        if !items(&perms).iter().any(|p| text(p, "name") == perm) {
            return Err(CommandError::new(format!("Invalid permission: {perm}")));
        }
    }
    let call = m::ListUsers {
        userType: usertype,
        prefix: a.prefix.into(),
        perm: a.perm.into(),
        inherited_perm: a.inherited_perm,
        ..Default::default()
    };
    let mut users = cx.hub().rows(call).await?;
    while let Some(user) = users.next().await? {
        cx.out.data(&user);
        cx.out.line(text(&user, "name"));
    }
    Ok(())
}
