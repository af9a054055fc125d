use koji_api::methods as m;

use crate::commands::surplus::Surplus;
use crate::context::Cx;
use crate::error::Result;
use crate::lookup::{items, text};

/// List volumes
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    _surplus: Surplus,
}

pub async fn run(cx: &mut Cx, _: Arguments) -> Result {
    let volumes = cx.hub().call(m::ListVolumes {}).await?;
    cx.out.data_list(&volumes);
    for volume in items(&volumes) {
        cx.out.line(text(volume, "name"));
    }
    Ok(())
}
