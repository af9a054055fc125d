use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{items, text};

/// Add a build host to a channel
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_names = ["HOSTNAME", "CHANNEL"])]
    names: Vec<String>,
    #[arg(long, hide = true)]
    list: bool,
    /// Make the channel if there is none of that name
    #[arg(long)]
    new: bool,
    /// Even where the channel is disabled
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.list {
        let channels = cx.hub().call(m::ListChannels::default()).await?;
        for channel in items(&channels) {
            cx.out.line(text(channel, "name"));
        }
        return Ok(());
    }
    let [host, channel] = a.names.as_slice() else {
        return Err(CommandError::usage("Please specify a hostname and a channel"));
    };
    if !a.new {
        let info = cx.hub().call(m::GetChannel { channelInfo: channel.into(), ..Default::default() }).await?;
        if info.is_nil() {
            return Err(CommandError::new(format!("No such channel: {channel}")));
        }
    }
    let info = cx.hub().call(m::GetHost { hostInfo: host.into(), ..Default::default() }).await?;
    if info.is_nil() {
        return Err(CommandError::new(format!("No such host: {host}")));
    }
    let call = m::AddHostToChannel {
        hostname: host.into(),
        channel_name: channel.into(),
        create: a.new,
        force: a.force,
    };
    cx.hub().call(call).await?;
    Ok(())
}
