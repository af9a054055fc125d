use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;

/// Remove side tags
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "SIDETAG", required = true)]
    sidetags: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut calls = cx.hub().multicall();
    for sidetag in a.sidetags {
        calls.add(m::RemoveSideTag { sidetag: sidetag.into() });
    }
    for answer in calls.run().await? {
        answer?;
    }
    Ok(())
}
