//! Searching by name.

use std::time::Duration;

use koji_api::Fault;
use koji_api::methods::Search;
use koji_api::types::{refs, repr};
use koji_db::QueryOpts;
use koji_db::search::{self, MatchKind, Subject};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::filters;
use crate::reply::Reply;

pub const TABLE: &[Entry] = &[kept!(Search, search)];

/// Some regular expressions never end.
const LIMIT: Duration = Duration::from_secs(20);

/// `matchType` is `glob` or `regexp`, without regard to case; anything else is an exact match.
async fn search(cx: &mut Cx, call: Search) -> Outcome<Reply> {
    if !call.terms.truthy() {
        return Err(Fault::generic("empty search terms").into());
    }
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    let kind = match call.matchType.as_str() {
        Some("glob") => MatchKind::Glob,
        Some("regexp") => MatchKind::Regexp,
        _ => MatchKind::Exact,
    };
    let subject = match call.r#type.as_str() {
        // files are not in the database any more
        Some("file") => return Ok(filters::apply_opts(Vec::new(), &opts)?),
        name => name.and_then(Subject::from_name),
    };
    let unknown = || Fault::generic(format!("No such search type: {}", repr::text(&call.r#type)));
    let subject = subject.ok_or_else(unknown)?;
    let terms = refs::to_str(&call.terms)?;
    if kind == MatchKind::Regexp {
        cx.tx.limit_statements(LIMIT).await?;
    }
    let terms = if kind == MatchKind::Glob { search::glob_pattern(terms) } else { terms.to_owned() };
    Ok(search::search(subject, kind, &terms).options(&opts)?.into())
}
