use koji_xmlrpc::{Struct, Value};

use super::link::Link;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::text;

/// Change a link between a tag and a parent
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    /// Needed where the tag has several parents
    parent: Option<String>,
    /// Needed where the tag has the parent twice
    #[arg(value_name = "PRIORITY")]
    old_priority: Option<String>,
    /// The new priority
    #[arg(long)]
    priority: Option<String>,
    /// How many levels above the parent are inherited from; none for all
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
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let old_priority = a.old_priority.as_deref().map(priority).transpose()?;
    let link = Link::find(cx, &a.tag, a.parent.as_deref(), old_priority).await?;
    let mut changes = Struct::new();
    if let Some(priority) = a.priority.as_deref().map(self::priority).transpose()? {
        if link.all.iter().any(|l| l.int_at("priority") == Some(priority)) {
            return Err(CommandError::new(format!(
                "Error: There is already an active inheritance with that priority on {}, \
                 please specify a different priority with --priority.",
                text(&link.tag, "name")
            )));
        }
        changes.insert("priority".to_owned(), priority.into());
    }
    if let Some(depth) = &a.maxdepth {
        changes.insert("maxdepth".to_owned(), maxdepth(depth)?);
    }
    for (given, key) in [(a.intransitive, "intransitive"), (a.noconfig, "noconfig")] {
        if given {
            changes.insert(key.to_owned(), true.into());
        }
    }
    if let Some(filter) = a.pkg_filter.filter(|f| !f.is_empty()) {
        changes.insert("pkg_filter".to_owned(), filter.into());
    }
    link.change(cx, changes).await
}

fn priority(text: &str) -> Result<i64> {
    text.parse().map_err(|_| CommandError::new(format!("{text:?} is no priority: a number is wanted")))
}

/// A depth, or `none`.
fn maxdepth(option: &str) -> Result<Value> {
    if option.eq_ignore_ascii_case("none") {
        return Ok(Value::Nil);
    }
    let depth = option.parse::<u32>();
    depth.map(|d| Value::Int(d.into())).map_err(|_| CommandError::new(format!("Invalid maxdepth: {option}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depths() {
        assert_eq!(maxdepth("3").unwrap(), Value::Int(3));
        assert_eq!(maxdepth("None").unwrap(), Value::Nil);
        assert_eq!(maxdepth("-1").unwrap_err().message, "Invalid maxdepth: -1");
    }
}
