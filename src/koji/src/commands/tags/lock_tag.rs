use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use super::select::matching;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};

/// Lock tags
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TAG", required = true)]
    tags: Vec<String>,
    /// Permission that is needed to tag builds from now on [default: admin]
    #[arg(long)]
    perm: Option<String>,
    /// The arguments are globs
    #[arg(long)]
    glob: bool,
    /// Lock the tags for everybody instead
    #[arg(long)]
    master: bool,
    /// Show what would be done
    #[arg(short = 'n', long)]
    test: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let perms = cx.hub().call(m::GetAllPerms {}).await?;
    let perm = a.perm.as_deref().unwrap_or("admin");
    let perm_id = items(&perms)
        .iter()
        .find(|p| text(p, "name") == perm)
        .map(|p| field(p, "id"))
        .ok_or_else(|| CommandError::new(format!("No such permission: {perm}")))?;
    let mut tags = Vec::new();
    if a.glob {
        tags = matching(cx, &a.tags).await?;
    } else {
        for name in &a.tags {
            let call = m::GetTag { tagInfo: name.into(), strict: true, ..Default::default() };
            tags.push(cx.hub().call(call).await?);
        }
    }
    for tag in &tags {
        let name = text(tag, "name");
        let (key, value, done, would) = if a.master {
            let done = tag.truthy_at("locked");
            ("locked", Value::Bool(true), done, format!("Would have set master lock for: {name}"))
        } else {
            let would = format!("Would have set permission requirement {perm} for tag {name}");
            ("perm_id", perm_id.clone(), field(tag, "perm_id") == perm_id, would)
        };
        if done && a.master {
            cx.out.line(format!("Tag {name}: master lock already set"));
        } else if done {
            cx.out.line(format!("Tag {name}: {perm} permission already required"));
        } else if a.test {
            cx.out.line(would);
        } else {
            let kwargs = Struct::from_iter([(key.to_owned(), value)]);
            cx.hub().call(m::EditTag2 { tagInfo: field(tag, "id"), kwargs }).await?;
        }
    }
    Ok(())
}
