use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;

/// Take away the block of a group
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    group: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    cx.hub().call(m::GroupListUnblock { taginfo: a.tag.into(), grpinfo: a.group.into() }).await?;
    Ok(())
}
