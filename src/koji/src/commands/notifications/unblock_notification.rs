use koji_api::methods as m;

use super::ids;
use crate::context::Cx;
use crate::error::Result;

/// Remove blocks of notifications
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "ID")]
    ids: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    for id in ids(&a.ids, "notification block")? {
        cx.hub().call(m::DeleteNotificationBlock { id: id.into() }).await?;
        if !cx.options.quiet {
            cx.out.line(format!("Notification block {id} successfully removed."));
        }
    }
    Ok(())
}
