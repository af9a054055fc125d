use koji_api::methods as m;
use koji_api::types::repr::repr;
use koji_xmlrpc::{Struct, Value};

use super::select::matching;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, text};

/// Unlock tags
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TAG", required = true)]
    tags: Vec<String>,
    /// The arguments are globs
    #[arg(long)]
    glob: bool,
    /// Show what would be done
    #[arg(short = 'n', long)]
    test: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut tags = Vec::new();
    if a.glob {
        tags = matching(cx, &a.tags).await?;
    } else {
        for name in &a.tags {
            let tag = cx.hub().call(m::GetTag { tagInfo: name.into(), ..Default::default() }).await?;
            if tag.is_nil() {
                return Err(CommandError::usage(format!("No such tag: {name}")));
            }
            tags.push(tag);
        }
    }
    for tag in &tags {
        let name = text(tag, "name");
        let mut kwargs = Struct::new();
        if tag.truthy_at("locked") {
            kwargs.insert("locked".to_owned(), Value::Bool(false));
        }
        if tag.truthy_at("perm_id") {
            kwargs.insert("perm".to_owned(), Value::Nil);
        }
        if kwargs.is_empty() {
            cx.out.line(format!("Tag {name}: not locked"));
        } else if a.test {
            cx.out.line(format!("Tag {name}: skipping changes: {}", repr(&Value::Struct(kwargs))));
        } else {
            cx.hub().call(m::EditTag2 { tagInfo: field(tag, "id"), kwargs }).await?;
        }
    }
    Ok(())
}
