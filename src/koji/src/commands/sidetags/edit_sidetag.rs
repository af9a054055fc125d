use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::key_value;

/// Change a side tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    sidetag: String,
    /// Repos of the tag hold debuginfo packages
    #[arg(long, overrides_with = "no_debuginfo")]
    debuginfo: bool,
    /// Repos of the tag hold no debuginfo packages
    #[arg(long, overrides_with = "debuginfo")]
    no_debuginfo: bool,
    /// Set an RPM macro for builds in the tag (repeatable)
    #[arg(long = "rpm-macro", value_name = "KEY=VALUE")]
    rpm_macros: Vec<String>,
    /// Remove an RPM macro (repeatable)
    #[arg(long = "remove-rpm-macro", value_name = "KEY")]
    remove_rpm_macros: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let debuginfo = a.debuginfo || a.no_debuginfo;
    if !debuginfo && a.rpm_macros.is_empty() && a.remove_rpm_macros.is_empty() {
        return Err(CommandError::usage("At least one option needs to be specified"));
    }
    let macros: Struct = a.rpm_macros.iter().map(|m| key_value(m)).collect::<Result<_>>()?;
    let call = m::EditSideTag {
        sidetag: a.sidetag.into(),
        debuginfo: if debuginfo { a.debuginfo.into() } else { Value::Nil },
        rpm_macros: if macros.is_empty() { Value::Nil } else { macros.into() },
        remove_rpm_macros: if a.remove_rpm_macros.is_empty() {
            Value::Nil
        } else {
            a.remove_rpm_macros.into()
        },
        ..Default::default()
    };
    cx.hub().call(call).await?;
    Ok(())
}
