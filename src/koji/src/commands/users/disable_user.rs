use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;

/// Keep a user from logging in
#[derive(Debug, clap::Args)]
pub struct Arguments {
    username: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    cx.hub().call(m::DisableUser { username: a.username.into() }).await?;
    Ok(())
}
