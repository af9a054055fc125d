use koji_api::methods as m;

use super::{After, QuietWaitOptions, created, priority};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Build packages that need each other, one level after the other
///
/// Levels are separated by `:` arguments; the builds of a level wait until those of the one before are in the repo of the
/// build tag. A source is a repository's URL, or the NVR of a build that is only waited for.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    target: String,
    #[arg(value_name = "URL|NVR|:", required = true)]
    sources: Vec<String>,
    #[command(flatten)]
    wait: QuietWaitOptions,
    /// Run at a lower priority
    #[arg(long)]
    background: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let target =
        cx.hub().call(m::GetBuildTarget { info: a.target.as_str().into(), ..Default::default() }).await?;
    if target.is_nil() {
        return Err(CommandError::usage(format!("No such build target: {}", a.target)));
    }
    let id = |key: &str| target.get(key).cloned().unwrap_or_default();
    let name = |key: &str| target.str_at(key).unwrap_or_default().to_owned();
    let dest =
        cx.hub().call(m::GetTag { tagInfo: id("dest_tag"), strict: true, ..Default::default() }).await?;
    if dest.truthy_at("locked") {
        return Err(CommandError::usage(format!("Destination tag {} is locked", name("dest_tag_name"))));
    }
    let ancestors =
        cx.hub().call(m::GetFullInheritance { tag: id("build_tag"), ..Default::default() }).await?;
    let inherited = id("dest_tag") == id("build_tag")
        || ancestors
            .as_array()
            .unwrap_or_default()
            .iter()
            .any(|a| a.get("parent_id") == Some(&id("dest_tag")));
    if !inherited {
        return Err(CommandError::new(format!(
            "Packages in destination tag {} are not inherited by build tag {}\n\
             Target {} is not usable for a chain-build",
            name("dest_tag_name"),
            name("build_tag_name"),
            name("name")
        )));
    }
    let levels = levels(&a.sources)?;
    let call = m::ChainBuild {
        srcs: levels.into(),
        target: a.target.as_str().into(),
        priority: priority(a.background),
        ..Default::default()
    };
    let task = cx.hub().call(call).await?;
    created(cx, &task, After::quiet(cx, &a.wait)).await
}

fn levels(sources: &[String]) -> Result<Vec<Vec<String>>> {
    let mut levels: Vec<Vec<String>> = vec![Vec::new()];
    for source in sources {
        let is_nvr = !source.contains('/') && !source.ends_with(".rpm") && source.split('-').count() >= 3;
        if source == ":" {
            levels.push(Vec::new());
        } else if source.contains("://") || is_nvr {
            if let Some(level) = levels.last_mut() {
                level.push(source.clone());
            }
        } else {
            return Err(CommandError::new(format!("\"{source}\" is not a SCM URL or package N-V-R")));
        }
    }
    levels.retain(|l| !l.is_empty());
    if levels.len() < 2 {
        return Err(CommandError::usage(
            "You must specify at least one dependency between builds with : (colon)\n\
             If there are no dependencies, use the build command instead",
        ));
    }
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use super::levels;

    #[test]
    fn colons_make_levels() {
        let l = |s: &str| levels(&s.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(l("git://h/a#1 : : b-1-1 git://h/c#1").unwrap().len(), 2);
        assert_eq!(l("git://h/a#1 git://h/b#1").unwrap_err().status, 2);
        assert_eq!(l("./x.src.rpm : a-1-1").unwrap_err().status, 1);
    }
}
