use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_api::types::RepoState;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::Result;
use crate::lookup::{field, items, shown, text, with};
use crate::time::asctime_of;

/// Show repositories
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "REPO-ID", required = true)]
    repos: Vec<String>,
    /// Ids of the buildroots that were made of them
    #[arg(long)]
    buildroots: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut calls = cx.hub().multicall();
    for id in &a.repos {
        calls.add(m::RepoInfo { repo_id: id.into(), strict: false });
    }
    for (id, answer) in a.repos.iter().zip(calls.run().await?) {
        let repo = answer?;
        if repo.truthy() {
            print(cx, &repo, a.buildroots).await?;
        } else {
            cx.out.warn(format!("No such repo: {id}\n"));
        }
    }
    Ok(())
}

async fn print(cx: &Cx, repo: &Value, list_buildroots: bool) -> Result {
    let state = repo.int_at("state").and_then(RepoState::from_code).map_or("unknown", RepoState::name);
    let paths = match &cx.settings.topurl {
        Some(url) => PathInfo::new(url),
        None => cx.paths(),
    };
    let (id, tag) = (repo.int_at("id").unwrap_or_default(), text(repo, "tag_name"));
    let url = paths.repo(id, tag);
    let dist = repo.truthy_at("dist");
    let json = if dist { paths.dist_repo(id, tag, None) } else { url.clone() };
    cx.out.line(format!("ID: {id}"));
    cx.out.line(format!("Tag ID: {}", shown(repo, "tag_id")));
    cx.out.line(format!("Tag name: {tag}"));
    cx.out.line(format!("State: {state}"));
    cx.out.line(format!("Created: {}", asctime_of(&field(repo, "create_ts"))));
    cx.out.line(format!("Created event: {}", shown(repo, "create_event")));
    cx.out.line(format!("URL: {url}"));
    cx.out.line(format!("Repo json: {json}/repo.json"));
    cx.out.line(format!("Dist repo?: {}", if dist { "yes" } else { "no" }));
    cx.out.line(format!("Task ID: {}", shown(repo, "task_id")));
    let call = m::ListBuildroots { repoID: id.into(), ..Default::default() };
    let buildroots = cx.hub().call(call).await?;
    let ids: Vec<i64> = items(&buildroots).iter().filter_map(|b| b.int_at("id")).collect();
    cx.out.line(format!("Number of buildroots: {}", ids.len()));
    if list_buildroots && !ids.is_empty() {
        cx.out.line("Buildroots ID:");
        for id in &ids {
            cx.out.line(format!("{:15}{id}", ""));
        }
    }
    cx.out.data(&with(repo, [("url", url.into()), ("buildroots", ids.into())]));
    Ok(())
}
