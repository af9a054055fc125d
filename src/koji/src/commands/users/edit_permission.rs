use koji_api::methods as m;

use crate::commands::surplus::Surplus;
use crate::context::Cx;
use crate::error::Result;

/// Change the description of a permission
#[derive(Debug, clap::Args)]
pub struct Arguments {
    permission: String,
    description: String,
    #[command(flatten)]
    _surplus: Surplus,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call = m::EditPermission { permission: a.permission.into(), description: a.description.into() };
    cx.hub().call(call).await?;
    Ok(())
}
