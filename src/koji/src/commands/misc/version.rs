use koji_client::ClientError;
use koji_xmlrpc::Value;

use crate::commands::surplus::Surplus;
use crate::context::Cx;
use crate::error::Result;

/// Show the versions of client and hub
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    _surplus: Surplus,
}

pub async fn run(cx: &mut Cx, _: Arguments) -> Result {
    let client = env!("CARGO_PKG_VERSION");
    cx.out.line(format!("Client: {client}"));
    let hub = cx.hub().hub_version().await;
    let known = hub.as_ref().ok().map(ToString::to_string);
    match hub {
        Ok(version) => cx.out.line(format!("Hub:    {version}")),
        Err(e @ ClientError::Fault(_)) => cx.out.line(format!("Hub:    unknown ({e})")),
        Err(e) => return Err(e.into()),
    }
    cx.out.data(&Value::record([("client", Value::from(client)), ("hub", known.into())]));
    Ok(())
}
