use koji_api::methods as m;
use koji_client::ClientError;

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Remove signatures of an rpm, and the signed copies
///
/// For emergencies: what was once signed and used can no longer be traced afterwards.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NVRA|ID")]
    rpm: String,
    /// Only the signature made with this key
    #[arg(long)]
    sigkey: Option<String>,
    /// All signatures
    #[arg(long)]
    all: bool,
    /// More words, which are not looked at
    #[arg(hide = true)]
    rest: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let sigkey = a.sigkey.filter(|key| !key.is_empty());
    match (&sigkey, a.all) {
        (None, false) => return Err(CommandError::new("Either --sigkey or --all options must be given")),
        (Some(_), true) => return Err(CommandError::new("Conflicting options specified")),
        _ => {}
    }
    let call = m::DeleteRPMSig { rpminfo: a.rpm.as_str().into(), sigkey: sigkey.into(), all_sigs: a.all };
    match cx.hub().call(call).await {
        Ok(_) => Ok(()),
        Err(ClientError::Fault(fault)) => {
            let text = fault.python_text();
            Err(CommandError::new(if text.starts_with("No such rpm") {
                format!("No such rpm in system: {}", a.rpm)
            } else {
                format!("Signature removal failed: {text}")
            }))
        }
        Err(e) => Err(e.into()),
    }
}
