use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Add a build host
#[derive(Debug, clap::Args)]
pub struct Arguments {
    hostname: String,
    #[arg(value_name = "ARCH", required = true)]
    arches: Vec<String>,
    /// Kerberos principal of the host
    #[arg(long, value_name = "PRINCIPAL")]
    krb_principal: Option<String>,
    /// Take a user of that name that exists
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call = m::GetHost { hostInfo: a.hostname.as_str().into(), ..Default::default() };
    if !cx.hub().call(call).await?.is_nil() {
        return Err(CommandError::new(format!("{} is already in the database", a.hostname)));
    }
    let call = m::AddHost {
        hostname: a.hostname.as_str().into(),
        arches: a.arches.into(),
        krb_principal: a.krb_principal.into(),
        force: a.force,
    };
    let id = cx.hub().call(call).await?.as_int().unwrap_or_default();
    cx.out.data(&Value::record([("id", id.into()), ("name", a.hostname.as_str().into())]));
    cx.out.line(format!("{} added: id {id}", a.hostname));
    Ok(())
}
