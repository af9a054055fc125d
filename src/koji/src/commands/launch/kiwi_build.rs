use koji_xmlrpc::join_kwargs;

use super::{After, Opts, canonical_arches, created};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Make an image of a Kiwi description
///
/// Needs a hub with the kiwi plugin.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TARGET URL PATH")]
    args: Vec<String>,
    /// Make the image without importing it
    #[arg(long)]
    scratch: bool,
    /// Version of the image, instead of that in the description
    #[arg(long)]
    version: Option<String>,
    /// Release of the image
    #[arg(long)]
    release: Option<String>,
    /// Repository to install from instead of that of the build tag (repeatable)
    #[arg(long)]
    repo: Vec<String>,
    /// Release version of the image's repositories
    #[arg(long)]
    repo_releasever: Option<String>,
    /// Show no progress (accepted; nothing is uploaded)
    #[arg(long)]
    noprogress: bool,
    /// Profile of the description
    #[arg(long)]
    kiwi_profile: Option<String>,
    /// Type of the image, instead of that in the description
    #[arg(long = "type")]
    kind: Option<String>,
    /// Attribute of the type, instead of that in the description (repeatable)
    #[arg(long)]
    type_attr: Vec<String>,
    /// Format of the name of the result
    #[arg(long)]
    result_bundle_name_format: Option<String>,
    /// Run `make prep` in the repository first
    #[arg(long)]
    make_prep: bool,
    /// Install from the repository of the build tag, too; always so without --repo
    #[arg(long = "buildroot-repo")]
    use_buildroot_repo: bool,
    /// Arches that may fail
    #[arg(long = "can-fail", value_name = "ARCH1,ARCH2,...", default_value = "")]
    optional_arches: String,
    /// Only for this arch (repeatable)
    #[arg(long = "arch", value_name = "ARCH")]
    arches: Vec<String>,
    /// Do not wait for the task
    #[arg(long, overrides_with = "wait")]
    nowait: bool,
    /// Wait for the task, even when running in the background (as without it)
    #[arg(long, overrides_with = "nowait")]
    wait: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let [target, url, path] = a.args.as_slice() else {
        return Err(CommandError::usage("Incorrect number of arguments"));
    };
    let mut opts = Opts::default();
    opts.set("arches", canonical_arches(a.arches.iter().map(String::as_str)));
    opts.set("target", target.as_str());
    opts.set("desc_url", url.as_str());
    opts.set("desc_path", path.as_str());
    opts.flag("scratch", a.scratch);
    if !a.optional_arches.is_empty() {
        opts.set("optional_arches", canonical_arches(a.optional_arches.split(',')));
    }
    opts.text("profile", given(&a.kiwi_profile));
    opts.text("version", given(&a.version));
    opts.text("release", given(&a.release));
    opts.flag("make_prep", a.make_prep);
    opts.text("type", given(&a.kind));
    opts.list("type_attr", &a.type_attr);
    opts.text("result_bundle_name_format", given(&a.result_bundle_name_format));
    opts.list("repos", &a.repo);
    opts.text("repo_releasever", given(&a.repo_releasever));
    if old(&cx.hub().hub_version().await?.to_string()) {
        cx.out.warn("hub version is < 1.35, buildroot repo is always used in addition to specified repos");
    } else if a.use_buildroot_repo {
        opts.flag("use_buildroot_repo", true);
    } else if a.repo.is_empty() {
        cx.out.warn("no repos given, using buildroot repo");
        opts.flag("use_buildroot_repo", true);
    }
    let task = cx.hub().call_raw("kiwiBuild", &join_kwargs(Vec::new(), opts.0)).await?;
    let quiet = cx.options.quiet;
    created(cx, &task, After { announced: !quiet, watched: !a.nowait, quiet }).await
}

/// An empty text counts as none.
fn given(text: &Option<String>) -> Option<&String> {
    text.as_ref().filter(|t| !t.is_empty())
}

/// Before the option for the repository of the build tag came, in 1.35.
fn old(version: &str) -> bool {
    let mut numbers = version.split('.').map(|n| n.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < (1, 35)
}

#[cfg(test)]
mod tests {
    use super::old;

    #[test]
    fn versions() {
        assert!(old("1.34.9") && old("1.4") && old("0.9"));
        assert!(!old("1.35.0") && !old("1.100") && !old("2.0"));
    }
}
