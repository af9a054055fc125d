use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{items, text, typed, with};

/// Define an external repository, or let tags use one
#[derive(Debug, clap::Args)]
pub struct Arguments {
    name: String,
    /// Its URL; $arch in it stands for the arch. Left out, the repository must exist
    url: Option<String>,
    /// Tag to use it in; TAG::PRIORITY sets the priority, too (repeatable)
    #[arg(short, long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Priority in these tags
    #[arg(short, long)]
    priority: Option<i64>,
    /// How it is merged: koji, simple or bare
    #[arg(short, long)]
    mode: Option<String>,
    /// Only for these arches
    #[arg(short, long, value_name = "ARCH1,ARCH2,...")]
    arches: Option<String>,
}

/// Distance between priorities that are picked here.
const STEP: i64 = 5;

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mode = a.mode.as_deref().filter(|mode| !mode.is_empty());
    if let Some(mode) = mode {
        if !["koji", "simple", "bare"].contains(&mode) {
            return Err(CommandError::usage(format!("Invalid mode: {mode}")));
        }
        if a.tags.is_empty() {
            return Err(CommandError::usage("The --mode option can only be used with --tag"));
        }
    }
    let repo = match &a.url {
        Some(url) => {
            let repo = cx
                .hub()
                .call(m::CreateExternalRepo { name: a.name.as_str().into(), url: url.into() })
                .await?;
            cx.out.data(&repo);
            cx.out.line(format!("Created external repo {}", repo.int_at("id").unwrap_or_default()));
            repo
        }
        None => {
            let call =
                m::GetExternalRepo { info: a.name.as_str().into(), strict: true, ..Default::default() };
            let repo = cx.hub().call(call).await?;
            if a.tags.is_empty() {
                return Err(CommandError::usage("A url is required to create an external repo entry"));
            }
            repo
        }
    };
    let name = text(&repo, "name");
    for option in &a.tags {
        let (tag, priority) = tag_priority(option)?;
        let priority = match priority.or(a.priority) {
            Some(priority) => priority,
            None => next_priority(cx, tag).await?,
        };
        let link =
            [("tag_name", tag.into()), ("priority", priority.into()), ("external_repo_name", name.into())];
        let mut call = m::AddExternalRepoToTag {
            tag_info: tag.into(),
            repo_info: name.into(),
            priority: priority.into(),
            arches: a.arches.as_deref().filter(|arches| !arches.is_empty()).into(),
            ..Default::default()
        };
        if let Some(mode) = mode {
            call.merge_mode = mode.into();
        }
        cx.hub().call(call).await?;
        cx.out.data(&with(&repo, link));
        cx.out.line(format!("Added external repo {name} to tag {tag} (priority {priority})"));
    }
    Ok(())
}

/// `TAG` or `TAG::PRIORITY`; no priority (`auto`, -1) is to be picked.
fn tag_priority(option: &str) -> Result<(&str, Option<i64>)> {
    let Some((tag, priority)) = option.rsplit_once("::") else { return Ok((option, None)) };
    match typed(priority) {
        Value::Int(-1) => Ok((tag, None)),
        Value::Int(number) => Ok((tag, Some(number))),
        _ if priority == "auto" => Ok((tag, None)),
        _ => Err(CommandError::new(format!("Invalid priority: {priority}"))),
    }
}

/// At a multiple of five, at least three after the last one of the tag, so that others fit in between.
async fn next_priority(cx: &Cx, tag: &str) -> Result<i64> {
    let repos = cx.hub().call(m::GetTagExternalRepos { tag_info: tag.into(), ..Default::default() }).await?;
    let last = items(&repos).iter().filter_map(|r| r.int_at("priority")).max();
    Ok(last.map_or(STEP, |p| (p + STEP + 2).div_euclid(STEP) * STEP))
}
