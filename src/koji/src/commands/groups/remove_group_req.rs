use koji_api::methods as m;

use super::{REQUIREMENTS, own_entries};
use crate::context::Cx;
use crate::error::Result;

/// Remove requirements of a group
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    group: String,
    #[arg(value_name = "REQUIRED-GROUP", required = true)]
    required: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let tag = own_entries(cx, &a.tag, &a.group, &REQUIREMENTS, &a.required).await?;
    let mut calls = cx.hub().multicall();
    for required in a.required {
        calls.add(m::GroupReqListRemove {
            taginfo: tag.clone(),
            grpinfo: a.group.as_str().into(),
            reqinfo: required.into(),
            ..Default::default()
        });
    }
    let answers = calls.run().await?;
    cx.unheeded(answers);
    Ok(())
}
