use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, id_or_name, shown};

/// Make a draft build a regular one
#[derive(Debug, clap::Args)]
pub struct Arguments {
    build: String,
    /// Override policies; for admins only
    #[arg(short, long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.force && !cx.hub().call(m::HasPerm { perm: "admin".into(), ..Default::default() }).await?.truthy() {
        return Err(CommandError::usage("--force requires admin privilege"));
    }
    let draft = cx.hub().call(m::GetBuild { buildInfo: id_or_name(&a.build), ..Default::default() }).await?;
    if !draft.truthy() {
        return Err(CommandError::new(format!("No such build: {}", a.build)));
    }
    if !draft.truthy_at("draft") {
        return Err(CommandError::new(format!("Not a draft build: {}", a.build)));
    }
    let build = cx.hub().call(m::PromoteBuild { build: field(&draft, "id"), force: a.force }).await?;
    cx.out.data(&build);
    cx.out.line(format!("{} has been promoted to {}", shown(&draft, "nvr"), shown(&build, "nvr")));
    Ok(())
}
