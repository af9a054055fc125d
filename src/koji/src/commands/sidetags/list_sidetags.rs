use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};

/// List side tags
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only those made from a tag
    #[arg(long)]
    basetag: Option<String>,
    /// Only those of a user
    #[arg(long)]
    user: Option<String>,
    /// Only yours
    #[arg(long)]
    mine: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.mine && a.user.is_some() {
        return Err(CommandError::usage("Specify only one from --user --mine"));
    }
    let user: Value = if a.mine {
        cx.login().await?;
        field(&cx.hub().call(m::GetLoggedInUser {}).await?, "name")
    } else {
        a.user.into()
    };
    let tags =
        cx.hub().call(m::ListSideTags { basetag: a.basetag.into(), user, ..Default::default() }).await?;
    cx.out.data_list(&tags);
    for tag in items(&tags) {
        cx.out.line(text(tag, "name"));
    }
    Ok(())
}
