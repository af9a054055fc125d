use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::{package_id, tag_id};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::field;

/// Change what a notification is about
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "ID")]
    id: String,
    /// About this package, * for all
    #[arg(long)]
    package: Option<String>,
    /// About this tag, * for all
    #[arg(long)]
    tag: Option<String>,
    /// Only about builds that succeed
    #[arg(long, overrides_with = "no_success_only")]
    success_only: bool,
    /// About all builds
    #[arg(long, overrides_with = "success_only")]
    no_success_only: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let id: i64 =
        a.id.trim().parse().map_err(|_| CommandError::usage("Notification ID has to be numeric"))?;
    let chosen = a.success_only || a.no_success_only;
    if a.package.is_none() && a.tag.is_none() && !chosen {
        return Err(CommandError::usage("Command need at least one option"));
    }
    let old = cx.hub().call(m::GetBuildNotification { id: id.into(), ..Default::default() }).await?;
    if old.is_nil() {
        return Err(CommandError::new(format!("No such notification: {id}")));
    }
    let call = m::UpdateNotification {
        id: id.into(),
        package_id: match a.package.as_deref() {
            Some("*") => Value::Nil,
            None => field(&old, "package_id"),
            name => package_id(cx, name).await?,
        },
        tag_id: match a.tag.as_deref() {
            Some("*") => Value::Nil,
            None => field(&old, "tag_id"),
            name => tag_id(cx, name).await?,
        },
        success_only: if chosen { a.success_only.into() } else { field(&old, "success_only") },
    };
    cx.hub().call(call).await?;
    Ok(())
}
