use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;

/// Let a user log in again
#[derive(Debug, clap::Args)]
pub struct Arguments {
    username: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    cx.hub().call(m::EnableUser { username: a.username.into() }).await?;
    Ok(())
}
