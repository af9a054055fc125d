//! Commands on channels.

pub mod add_channel;
pub mod add_host_to_channel;
pub mod disable_channel;
pub mod edit_channel;
pub mod enable_channel;
pub mod list_channels;
pub mod remove_host_from_channel;

use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// All of them are known to the hub.
async fn require_all(cx: &Cx, channels: &[String]) -> Result {
    let mut calls = cx.hub().multicall();
    for channel in channels {
        calls.add(m::GetChannel { channelInfo: channel.into(), ..Default::default() });
    }
    let mut missing = false;
    for (channel, answer) in channels.iter().zip(calls.run().await?) {
        if !answer?.truthy() {
            cx.out.line(format!("No such channel: {channel}"));
            missing = true;
        }
    }
    if missing {
        return Err(CommandError::new("No changes made. Please correct the command line."));
    }
    Ok(())
}
