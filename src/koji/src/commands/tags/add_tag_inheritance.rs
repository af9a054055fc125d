use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, tag, text};

/// Let a tag inherit from another one
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    parent: String,
    /// Lower numbers come first
    #[arg(long)]
    priority: Option<i64>,
    /// How many levels above the parent are inherited from
    #[arg(long)]
    maxdepth: Option<String>,
    /// Do not pass the parent on to tags that inherit from this one
    #[arg(long)]
    intransitive: bool,
    /// Inherit packages and builds only
    #[arg(long)]
    noconfig: bool,
    /// Inherit only packages whose names match this regular expression
    #[arg(long, value_name = "REGEX")]
    pkg_filter: Option<String>,
    /// Add the parent a second time
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let child = tag(cx, &a.tag).await?;
    let parent = tag(cx, &a.parent).await?;
    let links =
        cx.hub().call(m::GetInheritanceData { tag: field(&child, "id"), ..Default::default() }).await?;
    let priority = a.priority.unwrap_or(0);
    let (name, parent_name) = (text(&child, "name"), text(&parent, "name"));
    if items(&links).iter().any(|l| l.get("parent_id") == parent.get("id")) && !a.force {
        return Err(CommandError::new(format!(
            "Error: You are attempting to add {parent_name} as {name}'s parent even though it already is \
             {name}'s parent.\nPlease use --force if this is what you really want to do."
        )));
    }
    if items(&links).iter().any(|l| l.int_at("priority") == Some(priority)) {
        return Err(CommandError::new(format!(
            "Error: There is already an active inheritance with that priority on {name}, \
             please specify a different priority with --priority."
        )));
    }
    let mut data = items(&links).to_vec();
    data.push(Value::record([
        ("parent_id", field(&parent, "id")),
        ("priority", priority.into()),
        ("maxdepth", a.maxdepth.and_then(|d| d.parse::<i64>().ok()).into()),
        ("intransitive", a.intransitive.into()),
        ("noconfig", a.noconfig.into()),
        ("pkg_filter", a.pkg_filter.unwrap_or_default().into()),
    ]));
    let call = m::SetInheritanceData { tag: field(&child, "id"), data: data.into(), ..Default::default() };
    cx.hub().call(call).await?;
    Ok(())
}
