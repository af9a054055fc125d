use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::EventOptions;
use crate::lookup::{items, shown};

/// List external repositories
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Only repositories at this URL
    #[arg(long)]
    url: Option<String>,
    /// Only the one of this name
    #[arg(long)]
    name: Option<String>,
    /// Only the one of this id
    #[arg(long)]
    id: Option<i64>,
    /// Those of a tag
    #[arg(long)]
    tag: Option<String>,
    /// Show which tags use them
    #[arg(long)]
    used: bool,
    /// With --tag: inherited ones, too
    #[arg(long)]
    inherit: bool,
    #[command(flatten)]
    event: EventOptions,
    /// No header
    #[arg(long)]
    quiet: bool,
}

/// What a line shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Repo,
    OfTag,
    OfTags,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let event: Value = a.event.announced(cx, false).await?.into();
    let wanted = match (a.id.filter(|id| *id != 0), a.name.as_deref().filter(|n| !n.is_empty())) {
        (Some(id), _) => Value::Int(id),
        (None, Some(name)) => name.into(),
        (None, None) => Value::Nil,
    };
    let (repos, layout) = if let Some(tag) = &a.tag {
        if a.inherit && !wanted.is_nil() {
            return Err(CommandError::usage("Can't select by repo when using --inherit"));
        }
        let tag_info = Value::from(tag);
        if a.inherit {
            (cx.hub().call(m::GetExternalRepoList { tag_info, event }).await?, Layout::OfTags)
        } else {
            let call = m::GetTagExternalRepos { tag_info, repo_info: wanted, event };
            (cx.hub().call(call).await?, Layout::OfTag)
        }
    } else if a.used {
        let call = m::GetTagExternalRepos { repo_info: wanted, event, ..Default::default() };
        (cx.hub().call(call).await?, Layout::OfTags)
    } else {
        let url = a.url.clone().into();
        let call = m::ListExternalRepos { info: wanted, url, event, ..Default::default() };
        (cx.hub().call(call).await?, Layout::Repo)
    };
    cx.out.data_list(&repos);
    if !a.quiet && !cx.options.quiet {
        for line in header(layout) {
            cx.out.line(line);
        }
    }
    for repo in items(&repos) {
        cx.out.line(row(layout, |key| shown(repo, key)));
    }
    Ok(())
}

fn header(layout: Layout) -> [String; 2] {
    let titles = |key: &str| {
        match key {
            "tag_name" => "Tag",
            "priority" => "Pri",
            "merge_mode" => "Mode",
            "url" => "URL",
            _ => "External repo name",
        }
        .to_owned()
    };
    let rule = |key: &str| {
        "-".repeat(match key {
            "tag_name" => 20,
            "priority" => 3,
            "merge_mode" => 10,
            "url" => 40,
            _ => 25,
        })
    };
    [row(layout, titles), row(layout, rule)]
}

fn row(layout: Layout, at: impl Fn(&str) -> String) -> String {
    match layout {
        Layout::Repo => format!("{:<25} {}", at("name"), at("url")),
        Layout::OfTag => format!(
            "{:<3} {:<25} {:<10} {}",
            at("priority"),
            at("external_repo_name"),
            at("merge_mode"),
            at("url")
        ),
        Layout::OfTags => format!(
            "{:<20} {:<3} {:<10} {}",
            at("tag_name"),
            at("priority"),
            at("merge_mode"),
            at("external_repo_name")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let [titles, rule] = header(Layout::OfTags);
        assert_eq!(titles, "Tag                  Pri Mode       External repo name");
        assert_eq!(rule, "-------------------- --- ---------- -------------------------");
    }
}
