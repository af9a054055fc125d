use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::request_repo::Patience;
use super::{Wanted, print_data, print_repo, tag_or_target};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, text};

/// Wait for a repository of a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TAG")]
    name: String,
    /// Wait until this build is in the repository (repeatable)
    #[arg(long = "build", value_name = "NVR")]
    builds: Vec<String>,
    /// TAG is a build target: take its build tag
    #[arg(long)]
    target: bool,
    /// Request the repository (needs a login)
    #[arg(long, overrides_with = "no_request")]
    request: bool,
    /// Only wait for what others make
    #[arg(long)]
    no_request: bool,
    #[command(flatten)]
    patience: Patience,
}

impl Arguments {
    /// The request of the first repository of a target's build tag, and the wait for it.
    pub fn for_target(name: &str, quiet: bool) -> Arguments {
        let patience = Patience { timeout: 120, verbose: false, quiet };
        let name = name.to_owned();
        Arguments { name, builds: Vec::new(), target: true, request: true, no_request: false, patience }
    }
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    for nvr in &a.builds {
        koji_rpm::Nvr::parse(nvr).map_err(|e| CommandError::new(format!("{nvr} is no build: {e}")))?;
    }
    if a.request {
        cx.login().await?;
    } else if !a.no_request {
        cx.out.warn("The --request option is recommended for faster results");
    }
    let tag = tag_or_target(cx, &a.name, a.target).await?;
    if !a.target {
        warn_unless_build_tag(cx, &tag).await?;
    }
    let auto = tag.get("extra").is_some_and(|e| e.truthy_at("repo.auto"));
    if !a.request && !auto {
        cx.out.warn("This tag is not configured for automatic regeneration");
    }
    let mut min_event = None;
    if a.builds.is_empty() {
        let call = m::TagLastChangeEvent { tag: field(&tag, "id"), ..Default::default() };
        min_event = cx.hub().call(call).await?.as_int();
    }
    let wanted = Wanted {
        tag,
        min_event,
        at_event: None,
        opts: Value::Nil,
        builds: a.builds,
        timeout: a.patience.duration(),
        verbose: a.patience.verbose,
    };
    let quiet = a.patience.quiet || cx.options.quiet;
    let repo = wanted
        .wait(cx, a.request)
        .await
        .map_err(|e| if quiet { CommandError::status(e.status) } else { e })?;
    if quiet {
        print_data(cx, &repo, &Value::Nil);
    } else {
        print_repo(cx, &repo, &Value::Nil);
    }
    Ok(())
}

async fn warn_unless_build_tag(cx: &Cx, tag: &Value) -> Result {
    let id = || field(tag, "id");
    let targets = cx.hub().call(m::GetBuildTargets { buildTagID: id(), ..Default::default() }).await?;
    if !items(&targets).is_empty() {
        return Ok(());
    }
    cx.out.warn(format!("{} is not a build tag for any target", text(tag, "name")));
    let targets = cx.hub().call(m::GetBuildTargets { destTagID: id(), ..Default::default() }).await?;
    let mut names: Vec<&str> = items(&targets).iter().map(|t| text(t, "build_tag_name")).collect();
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() {
        cx.out.warn(format!("Suggested tags: {}", names.join(", ")));
    }
    Ok(())
}
