use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{items, text};

/// Let tags no longer use an external repository, or remove it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    name: String,
    /// Tags that no longer use it; the repository is removed when none is given
    #[arg(value_name = "TAG")]
    tags: Vec<String>,
    /// No tag uses it any longer
    #[arg(long)]
    alltags: bool,
    /// Remove it even where tags use it
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let repo_info = koji_xmlrpc::Value::from(a.name.as_str());
    let call = m::GetTagExternalRepos { repo_info: repo_info.clone(), ..Default::default() };
    let used = cx.hub().call(call).await?;
    let current: Vec<String> = items(&used).iter().map(|r| text(r, "tag_name").to_owned()).collect();
    let mut tags = a.tags;
    let mut delete = tags.is_empty();
    if a.alltags {
        if !tags.is_empty() {
            return Err(CommandError::usage("Do not specify tags when using --alltags"));
        }
        if current.is_empty() && !a.force {
            cx.out.warn(format!("External repo {} not associated with any tags", a.name));
            return Ok(());
        }
        delete = current.is_empty();
        tags.clone_from(&current);
    }
    if delete {
        if !current.is_empty() && !a.force {
            cx.out.warn(format!("Error: external repo {} used by tag(s): {}", a.name, current.join(", ")));
            return Err(CommandError::new("Use --force to remove anyway"));
        }
        cx.hub().call(m::DeleteExternalRepo { info: repo_info }).await?;
        return Ok(());
    }
    for tag in tags {
        if !current.contains(&tag) {
            cx.out.line(format!("External repo {} not associated with tag {tag}", a.name));
            continue;
        }
        let call = m::RemoveExternalRepoFromTag { tag_info: tag.into(), repo_info: repo_info.clone() };
        cx.hub().call(call).await?;
    }
    Ok(())
}
