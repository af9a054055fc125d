use koji_api::methods as m;
use koji_api::types::UserStatus;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Add a user
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "USERNAME")]
    names: Vec<String>,
    /// The user's Kerberos principal
    #[arg(long)]
    principal: Option<String>,
    /// The user may not log in
    #[arg(long)]
    disable: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let name = match a.names.as_slice() {
        [] => return Err(CommandError::usage("You must specify the username of the user to add")),
        [name] => name,
        _ => return Err(CommandError::usage("This command only accepts one argument (username)")),
    };
    let status = if a.disable { UserStatus::Blocked } else { UserStatus::Normal };
    let call = m::CreateUser {
        username: name.into(),
        status: status.code().into(),
        krb_principal: a.principal.into(),
    };
    let id = cx.hub().call(call).await?;
    cx.out.data(&Value::record([("id", id.clone()), ("name", name.into())]));
    cx.out.line(format!("Added user {name} ({})", id.as_int().unwrap_or_default()));
    Ok(())
}
