use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Add a channel
#[derive(Debug, clap::Args)]
pub struct Arguments {
    name: String,
    /// What the channel is for
    #[arg(long)]
    description: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call = m::AddChannel { channel_name: a.name.as_str().into(), description: a.description.into() };
    let id = match cx.hub().call(call).await {
        Ok(id) => id.as_int().unwrap_or_default(),
        Err(e) => {
            return Err(CommandError::new(e.fault().map_or_else(|| e.to_string(), |f| f.message.clone())));
        }
    };
    cx.out.data(&Value::record([("id", id.into()), ("name", a.name.as_str().into())]));
    cx.out.line(format!("{} added: id {id}", a.name));
    Ok(())
}
