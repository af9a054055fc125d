use koji_client::ClientError;

use crate::context::Cx;
use crate::error::Result;

/// Show the versions of client and hub
#[derive(Debug, clap::Args)]
pub struct Arguments {}

pub async fn run(cx: &mut Cx, _: Arguments) -> Result {
    cx.out.line(format!("Client: {}", env!("CARGO_PKG_VERSION")));
    match cx.hub().hub_version().await {
        Ok(version) => cx.out.line(format!("Hub:    {version}")),
        Err(e @ ClientError::Fault(_)) => cx.out.line(format!("Hub:    unknown ({e})")),
        Err(e) => return Err(e.into()),
    }
    Ok(())
}
