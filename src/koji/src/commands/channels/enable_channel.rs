use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Let channels be used
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "CHANNEL")]
    channels: Vec<String>,
    /// Why
    #[arg(long)]
    comment: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.channels.is_empty() {
        return Err(CommandError::usage("At least one channel must be specified"));
    }
    super::require_all(cx, &a.channels).await?;
    let mut calls = cx.hub().multicall();
    for channel in &a.channels {
        calls.add(m::EnableChannel { channelname: channel.into(), comment: a.comment.clone().into() });
    }
    let answers = calls.run().await?;
    cx.unheeded(answers);
    Ok(())
}
