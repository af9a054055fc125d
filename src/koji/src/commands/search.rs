use clap::ValueEnum;
use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;
use crate::lookup::text;

/// Search by name
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_enum, value_name = "TYPE")]
    kind: Kind,
    /// Pattern with * and ?
    pattern: String,
    /// The pattern is a regular expression
    #[arg(short, long)]
    regex: bool,
    /// The pattern is the name itself
    #[arg(long)]
    exact: bool,
    /// More words, which are not looked at
    #[arg(hide = true)]
    rest: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    Package,
    Build,
    Tag,
    Target,
    User,
    Host,
    Rpm,
    Maven,
    Win,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let how = match (a.regex, a.exact) {
        (true, _) => "regexp",
        (false, true) => "exact",
        (false, false) => "glob",
    };
    let kind = a.kind.to_possible_value().map(|v| v.get_name().to_owned());
    let call = m::Search {
        terms: a.pattern.into(),
        r#type: kind.into(),
        matchType: how.into(),
        ..Default::default()
    };
    let mut rows = cx.hub().rows(call).await?;
    while let Some(found) = rows.next().await? {
        cx.out.data(&found);
        cx.out.line(text(&found, "name"));
    }
    Ok(())
}
