use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;

/// Have a group require another one
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    group: String,
    #[arg(value_name = "REQUIRED-GROUP")]
    required: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call = m::GroupReqListAdd {
        taginfo: a.tag.into(),
        grpinfo: a.group.into(),
        reqinfo: a.required.into(),
        ..Default::default()
    };
    cx.hub().call(call).await?;
    Ok(())
}
