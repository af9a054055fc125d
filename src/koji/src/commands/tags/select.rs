//! The tags that `lock-tag` and `unlock-tag` are about.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::Result;
use crate::lookup::{items, text};

/// All tags whose names match one of the globs; says so when there is none.
pub async fn matching(cx: &Cx, globs: &[String]) -> Result<Vec<Value>> {
    let all = cx.hub().call(m::ListTags::default()).await?;
    let matches = |tag: &&Value| globs.iter().any(|glob| koji_policy::fnmatch(text(tag, "name"), glob));
    let tags: Vec<Value> = items(&all).iter().filter(matches).cloned().collect();
    if tags.is_empty() {
        cx.out.line("No tags matched");
    }
    Ok(tags)
}
