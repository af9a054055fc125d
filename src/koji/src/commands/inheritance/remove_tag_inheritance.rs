use koji_xmlrpc::{Struct, Value};

use super::link::Link;
use crate::context::Cx;
use crate::error::Result;

/// Remove a link between a tag and a parent
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    /// Needed where the tag has several parents
    parent: Option<String>,
    /// Needed where the tag has the parent twice
    priority: Option<i64>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let link = Link::find(cx, &a.tag, a.parent.as_deref(), a.priority).await?;
    link.change(cx, Struct::from_iter([("delete link".to_owned(), Value::Bool(true))])).await
}
