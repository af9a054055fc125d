use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::field;

/// Grant a permission to users
#[derive(Debug, clap::Args)]
pub struct Arguments {
    permission: String,
    #[arg(value_name = "USER", required = true)]
    users: Vec<String>,
    /// Make the permission if there is none of that name
    #[arg(long)]
    new: bool,
    /// What the new permission is for
    #[arg(long)]
    description: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut names = Vec::new();
    for name in &a.users {
        let user = cx.hub().call(m::GetUser { userInfo: name.into(), ..Default::default() }).await?;
        if user.is_nil() {
            return Err(CommandError::usage(format!("No such user: {name}")));
        }
        names.push(field(&user, "name"));
    }
    if a.description.is_some() && !a.new {
        return Err(CommandError::usage("Option new must be specified with option description."));
    }
    for userinfo in names {
        let call = m::GrantPermission {
            userinfo,
            permission: a.permission.as_str().into(),
            create: a.new,
            description: a.description.clone().into(),
        };
        cx.hub().call(call).await?;
    }
    Ok(())
}
