use crate::context::Cx;
use crate::error::{CommandError, Result};
use koji_client::ClientError;

/// Change the key that the hub notes for a signature of an rpm
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NVRA|ID")]
    rpm: String,
    #[arg(value_name = "OLD-KEY")]
    old: String,
    #[arg(value_name = "NEW-KEY")]
    new: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    // hubs have this call since 1.36
    let params = [a.rpm.into(), a.old.into(), a.new.into()];
    match cx.hub().call_raw("renameRPMSig", &params).await {
        Ok(_) => Ok(()),
        Err(ClientError::Fault(fault)) => Err(CommandError::new(fault.python_text())),
        Err(e) => Err(e.into()),
    }
}
