use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;
use crate::lookup::{field, require_perm, tag_or_error};

/// Remove a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    require_perm(cx, "tag").await?;
    let tag = tag_or_error(cx, &a.tag).await?;
    cx.hub().call(m::DeleteTag { tagInfo: field(&tag, "id") }).await?;
    Ok(())
}
