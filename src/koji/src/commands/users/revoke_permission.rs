use koji_api::methods as m;

use super::name_of;
use crate::context::Cx;
use crate::error::Result;

/// Take a permission away from users
#[derive(Debug, clap::Args)]
pub struct Arguments {
    permission: String,
    #[arg(value_name = "USER", required = true)]
    users: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut names = Vec::new();
    for user in &a.users {
        names.push(name_of(cx, user).await?);
    }
    for userinfo in names {
        let call = m::RevokePermission { userinfo, permission: a.permission.as_str().into() };
        cx.hub().call(call).await?;
    }
    Ok(())
}
