//! Commands on what the scheduler did.

pub mod scheduler_info;
pub mod scheduler_logs;

use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::items;

/// Which rows of the hub are wanted: its `clauses`, `fields` and `opts`.
struct Query {
    clauses: Vec<Value>,
    fields: Vec<&'static str>,
    limit: Option<i64>,
}

impl Query {
    /// Newest first where there is a limit: so that the last ones are meant.
    fn opts(&self) -> Value {
        let Some(limit) = self.limit else { return Value::Nil };
        let opts = [("order".to_owned(), "-id".into()), ("limit".to_owned(), limit.into())];
        Struct::from_iter(opts).into()
    }

    /// The answer, oldest first.
    fn in_order<'a>(&self, answer: &'a Value) -> Vec<&'a Value> {
        let mut rows: Vec<&Value> = items(answer).iter().collect();
        if self.limit.is_some() {
            rows.reverse();
        }
        rows
    }
}

/// The id of a host given by name or id.
async fn host_id(cx: &Cx, name: &str) -> Result<Value> {
    if let Ok(id) = name.trim().parse() {
        return Ok(Value::Int(id));
    }
    let call = koji_api::methods::GetHost { hostInfo: name.into(), ..Default::default() };
    match cx.hub().call(call).await?.int_at("id") {
        Some(id) => Ok(id.into()),
        None => Err(CommandError::new(format!("No such host: {name}"))),
    }
}

/// Prints titles with a line below them, unless told to be quiet.
fn header(cx: &Cx, titles: String) {
    if !cx.options.quiet {
        let rule = "-".repeat(titles.chars().count());
        cx.out.line(titles);
        cx.out.line(rule);
    }
}
