use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;

/// Take away the block of a requirement of a group
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    group: String,
    #[arg(value_name = "REQUIRED-GROUP")]
    required: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call =
        m::GroupReqListUnblock { taginfo: a.tag.into(), grpinfo: a.group.into(), reqinfo: a.required.into() };
    cx.hub().call(call).await?;
    Ok(())
}
