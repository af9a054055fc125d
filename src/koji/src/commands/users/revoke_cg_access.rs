use koji_api::methods as m;

use super::name_of;
use crate::context::Cx;
use crate::error::Result;

/// Let a user no longer import for a content generator
#[derive(Debug, clap::Args)]
pub struct Arguments {
    user: String,
    #[arg(value_name = "CONTENT-GENERATOR")]
    cg: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let user = name_of(cx, &a.user).await?;
    cx.hub().call(m::RevokeCGAccess { user, cg: a.cg.into() }).await?;
    Ok(())
}
