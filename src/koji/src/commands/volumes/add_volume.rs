use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::shown;

/// Add a volume
#[derive(Debug, clap::Args)]
pub struct Arguments {
    name: String,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let call = m::GetVolume { volume: a.name.as_str().into(), ..Default::default() };
    if cx.hub().call(call).await?.truthy() {
        return Err(CommandError::new(format!("Volume {} already exists", a.name)));
    }
    let volume = cx.hub().call(m::AddVolume { name: a.name.into(), ..Default::default() }).await?;
    cx.out.data(&volume);
    cx.out.line(format!("Added volume {} with id {}", shown(&volume, "name"), shown(&volume, "id")));
    Ok(())
}
