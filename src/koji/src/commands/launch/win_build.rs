use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::{After, Opts, QuietWaitOptions, build_target, created, priority};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Build a package on a Windows machine
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TARGET URL VM")]
    args: Vec<String>,
    /// URL of the build descriptor, when it is not in the source repository
    #[arg(long, value_name = "URL")]
    winspec: Option<String>,
    /// URL of a repository with patches to apply before building
    #[arg(long, value_name = "URL")]
    patches: Option<String>,
    /// CPUs of the machine (admins)
    #[arg(long)]
    cpus: Option<i64>,
    /// Memory of the machine in megabytes (admins)
    #[arg(long)]
    mem: Option<i64>,
    /// Keep the MAC address of the machine that is cloned
    #[arg(long)]
    static_mac: bool,
    /// URL of a repository with a spec file to wrap the results into rpms
    #[arg(long, value_name = "URL")]
    specfile: Option<String>,
    /// Build without importing
    #[arg(long)]
    scratch: bool,
    /// Build against this repo
    #[arg(long, value_name = "ID")]
    repo_id: Option<i64>,
    /// Do not tag the build
    #[arg(long)]
    skip_tag: bool,
    /// Run at a lower priority
    #[arg(long)]
    background: bool,
    #[command(flatten)]
    wait: QuietWaitOptions,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let [target, url, vm] = a.args.as_slice() else {
        return Err(CommandError::usage(
            "Exactly three arguments (a build target, a SCM URL, and a VM name) are required",
        ));
    };
    let without = target.eq_ignore_ascii_case("none") && a.repo_id.is_some_and(|id| id != 0);
    if !without {
        build_target(cx, target, a.scratch).await?;
    }
    let mut opts = Opts::default();
    opts.text("winspec", a.winspec.as_ref());
    opts.text("patches", a.patches.as_ref());
    for (name, number) in [("cpus", a.cpus), ("mem", a.mem)] {
        if let Some(number) = number {
            opts.set(name, number);
        }
    }
    opts.flag("static_mac", a.static_mac);
    opts.text("specfile", a.specfile.as_ref());
    opts.flag("scratch", a.scratch);
    if let Some(id) = a.repo_id {
        opts.set("repo_id", id);
    }
    opts.flag("skip_tag", a.skip_tag || without);
    let call = m::WinBuild {
        vm: vm.into(),
        url: url.into(),
        target: if without { Value::Nil } else { target.into() },
        opts: opts.value(),
        priority: priority(a.background),
        ..Default::default()
    };
    let task = cx.hub().call(call).await?;
    created(cx, &task, After::quiet(cx, &a.wait)).await
}
