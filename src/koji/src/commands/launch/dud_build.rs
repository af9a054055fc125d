use koji_xmlrpc::join_kwargs;

use super::{After, Opts, canonical_arches, created};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Make a driver update disk
///
/// Needs a hub with the dud plugin. Packages are names or NVRs of builds.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TARGET NAME VERSION PACKAGE")]
    args: Vec<String>,
    /// Make the image without importing it
    #[arg(long)]
    scratch: bool,
    /// URL of a repository with other files for the disk
    #[arg(long, value_name = "SCMURL")]
    scmurl: Option<String>,
    /// With all dependencies of the packages
    #[arg(long)]
    alldeps: bool,
    /// Only for this arch (repeatable)
    #[arg(long = "arch", value_name = "ARCH")]
    arches: Vec<String>,
    /// Arches that may fail
    #[arg(long = "can-fail", value_name = "ARCH1,ARCH2,...", default_value = "")]
    optional_arches: String,
    /// Do not wait for the task
    #[arg(long, overrides_with = "wait")]
    nowait: bool,
    /// Wait for the task, even when running in the background (as without it)
    #[arg(long, overrides_with = "nowait")]
    wait: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let [target, name, version, packages @ ..] = a.args.as_slice() else {
        return Err(CommandError::usage("Incorrect number of arguments"));
    };
    if packages.is_empty() {
        return Err(CommandError::usage("Incorrect number of arguments"));
    }
    let mut opts = Opts::default();
    opts.set("target", target.as_str());
    opts.set("arches", canonical_arches(a.arches.iter().map(String::as_str)));
    opts.set("dud_version", version.as_str());
    opts.set("dud_name", name.as_str());
    opts.set("pkg_list", packages.to_vec());
    opts.set("scratch", a.scratch);
    opts.set("alldeps", a.alldeps);
    opts.set("scmurl", a.scmurl.clone());
    opts.set("optional_arches", canonical_arches(a.optional_arches.split(',')));
    let task = cx.hub().call_raw("dudBuild", &join_kwargs(Vec::new(), opts.0)).await?;
    let quiet = cx.options.quiet;
    created(cx, &task, After { announced: !quiet, watched: !a.nowait, quiet }).await
}
