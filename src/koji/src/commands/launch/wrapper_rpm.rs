use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::{After, Opts, WaitOptions, created, maven_ini, priority};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, id_or_name, items, text};

/// Wrap the archives of a build into rpms
///
/// The spec file is a template in a source repository.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TARGET [NVR|ID URL]")]
    args: Vec<String>,
    /// Make a new build for the rpms
    #[arg(long)]
    create_build: bool,
    /// File with build parameters (repeatable)
    #[arg(long = "ini", value_name = "CONFIG")]
    inis: Vec<String>,
    /// Section of these files
    #[arg(short, long)]
    section: Option<String>,
    /// Do not tag the new build
    #[arg(long)]
    skip_tag: bool,
    /// Build without importing
    #[arg(long)]
    scratch: bool,
    #[command(flatten)]
    wait: WaitOptions,
    /// Run at a lower priority
    #[arg(long)]
    background: bool,
    /// Make a new draft build for the rpms
    #[arg(long)]
    create_draft: bool,
    /// Wait for a current repo of the build tag
    #[arg(long)]
    wait_repo: bool,
    /// Wait until this build is in the repo of the build tag (repeatable)
    #[arg(long = "wait-build", value_name = "NVR")]
    wait_builds: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let target = match (a.args.as_slice(), a.inis.is_empty()) {
        ([target], false) | ([target, _, _, ..], true) => target.clone(),
        (_, false) => return Err(CommandError::usage("Exactly one argument (a build target) is required")),
        (_, true) => {
            return Err(CommandError::usage(
                "You must provide a build target, a build ID or NVR, and a SCM URL to a specfile fragment",
            ));
        }
    };
    if a.create_draft {
        cx.out.line("Will create a draft build instead");
        if a.scratch {
            return Err(CommandError::usage("--scratch and --create-draft cannot be used together"));
        }
    }
    let (build, url) = match a.args.as_slice() {
        [_, build, url, ..] if a.inis.is_empty() => (id_or_name(build), Value::from(url)),
        _ => by_files(cx, &a, &target).await?,
    };
    let mut opts = Opts::default();
    opts.flag("draft", a.create_draft);
    opts.flag("create_build", a.create_build || a.create_draft);
    opts.flag("skip_tag", a.skip_tag);
    opts.flag("scratch", a.scratch);
    opts.flag("wait_repo", a.wait_repo);
    opts.set("wait_builds", a.wait_builds.clone());
    let call = m::WrapperRPM {
        build,
        url,
        target: target.into(),
        priority: priority(a.background),
        opts: opts.value(),
        ..Default::default()
    };
    let task = cx.hub().call(call).await?;
    created(cx, &task, After::announced(cx, &a.wait)).await
}

/// The latest build of the package that the section names, and the URL.
async fn by_files(cx: &Cx, a: &Arguments, target: &str) -> Result<(Value, Value)> {
    let (name, opts) = maven_ini::one(&a.inis, a.scratch, a.section.as_deref())?;
    let opts = Value::from(opts);
    if opts.str_at("type") != Some("wrapper") {
        return Err(CommandError::usage(format!("Section {name} does not contain a wrapper-rpm config")));
    }
    let package = items(&field(&opts, "buildrequires")).first().cloned().unwrap_or_default();
    let call = m::GetBuildTarget { info: target.into(), strict: true, ..Default::default() };
    let target = cx.hub().call(call).await?;
    let call = m::GetLatestBuilds {
        tag: field(&target, "dest_tag"),
        package: package.clone(),
        ..Default::default()
    };
    let builds = cx.hub().call(call).await?;
    match items(&builds).first() {
        Some(build) => Ok((field(build, "nvr"), field(&opts, "scmurl"))),
        None => Err(CommandError::usage(format!(
            "No build of {} in {}",
            package.as_str().unwrap_or_default(),
            text(&target, "dest_tag_name")
        ))),
    }
}
