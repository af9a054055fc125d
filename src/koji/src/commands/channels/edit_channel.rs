use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use koji_xmlrpc::{Struct, Value};

/// Change a channel
#[derive(Debug, clap::Args)]
pub struct Arguments {
    channel: String,
    /// Its new name
    #[arg(long)]
    name: Option<String>,
    /// What the channel is for
    #[arg(long)]
    description: Option<String>,
    /// A remark
    #[arg(long)]
    comment: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call = m::GetChannel { channelInfo: a.channel.as_str().into(), ..Default::default() };
    if cx.hub().call(call).await?.is_nil() {
        return Err(CommandError::new(format!("No such channel: {}", a.channel)));
    }
    let values = [("name", a.name), ("description", a.description), ("comment", a.comment)];
    let given = values.into_iter().filter_map(|(key, value)| Some((key.to_owned(), Value::from(value?))));
    let kw: Struct = given.collect();
    let changed = match cx.hub().call(m::EditChannel { channelInfo: a.channel.into(), kw }).await {
        Ok(answer) => answer.truthy(),
        Err(e) => {
            let Some(fault) = e.fault() else { return Err(e.into()) };
            cx.out.warn(&fault.message);
            false
        }
    };
    if changed { Ok(()) } else { Err(CommandError::new("No changes made, please correct the command line")) }
}
