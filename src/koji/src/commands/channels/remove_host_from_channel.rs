use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};

/// Remove a build host from a channel
#[derive(Debug, clap::Args)]
pub struct Arguments {
    hostname: String,
    channel: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call = m::GetHost { hostInfo: a.hostname.as_str().into(), ..Default::default() };
    let host = cx.hub().call(call).await?;
    if host.is_nil() {
        return Err(CommandError::new(format!("No such host: {}", a.hostname)));
    }
    let channels =
        cx.hub().call(m::ListChannels { hostID: field(&host, "id"), ..Default::default() }).await?;
    if !items(&channels).iter().any(|c| text(c, "name") == a.channel) {
        let message = format!("Host {} is not a member of channel {}", a.hostname, a.channel);
        return Err(CommandError::new(message));
    }
    let call = m::RemoveHostFromChannel { hostname: a.hostname.into(), channel_name: a.channel.into() };
    cx.hub().call(call).await?;
    Ok(())
}
