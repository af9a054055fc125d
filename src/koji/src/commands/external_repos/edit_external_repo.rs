use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Change an external repository, or how a tag uses it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    name: String,
    /// Its new URL
    #[arg(long)]
    url: Option<String>,
    /// Its new name
    #[arg(long = "name", value_name = "NAME")]
    rename: Option<String>,
    /// Change how this tag uses it
    #[arg(short, long)]
    tag: Option<String>,
    /// With --tag: the priority
    #[arg(short, long)]
    priority: Option<i64>,
    /// With --tag: how it is merged: koji, simple or bare
    #[arg(short, long)]
    mode: Option<String>,
    /// With --tag: only for these arches
    #[arg(short, long, value_name = "ARCH1,ARCH2,...")]
    arches: Option<String>,
}

pub async fn run(cx: &mut Cx, mut a: Arguments) -> Result {
    // what is empty says nothing; but it, too, needs --tag
    let needs_tag =
        [("priority", a.priority.is_some()), ("mode", a.mode.is_some()), ("arches", a.arches.is_some())];
    for option in [&mut a.url, &mut a.rename, &mut a.tag, &mut a.mode] {
        option.take_if(|text| text.is_empty());
    }
    if a.tag.is_some() {
        if a.priority.is_none() && a.mode.is_none() && a.arches.is_none() {
            return Err(CommandError::usage("At least, one of priority and merge mode should be specified"));
        }
    } else if let Some((option, _)) = needs_tag.iter().find(|(_, given)| *given) {
        return Err(CommandError::usage(format!(
            "If {option} is specified, --tag must be specified as well"
        )));
    }
    let repo = a.url.is_some() || a.rename.is_some();
    if !repo && a.tag.is_none() {
        return Err(CommandError::usage("No changes specified"));
    }
    if repo {
        let call =
            m::EditExternalRepo { info: a.name.as_str().into(), name: a.rename.into(), url: a.url.into() };
        cx.hub().call(call).await?;
    }
    if let Some(tag) = a.tag {
        let call = m::EditTagExternalRepo {
            tag_info: tag.into(),
            repo_info: a.name.into(),
            priority: a.priority.into(),
            merge_mode: a.mode.into(),
            arches: a.arches.into(),
        };
        cx.hub().call(call).await?;
    }
    Ok(())
}
