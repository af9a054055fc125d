use std::path::PathBuf;

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use super::{After, QuietWaitOptions, build_target, created, priority, staged};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Build a package from source
///
/// TARGET is a build target (see `koji list-targets`), not a tag. SOURCE is the URL of a repository with a spec file,
/// such as git+https://host/path#ref, or a source rpm on this machine, which is uploaded.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    target: String,
    #[arg(value_name = "SRPM|URL")]
    source: String,
    /// Do not tag the build
    #[arg(long)]
    skip_tag: bool,
    /// Build without importing: results are kept for a while and never tagged
    #[arg(long)]
    scratch: bool,
    /// Make the source rpm anew in the buildroot (scratch builds)
    #[arg(long, overrides_with = "no_rebuild_srpm")]
    rebuild_srpm: bool,
    /// Build the source rpm as it is (scratch builds)
    #[arg(long)]
    no_rebuild_srpm: bool,
    #[command(flatten)]
    wait: QuietWaitOptions,
    /// Wait for a current repo of the build tag
    #[arg(long)]
    wait_repo: bool,
    /// Wait until this build is in the repo of the build tag
    #[arg(long = "wait-build", value_name = "NVR")]
    wait_builds: Vec<String>,
    /// Build for these arches only (scratch builds)
    #[arg(long, value_name = "ARCHES")]
    arch_override: Option<String>,
    /// Fail as soon as one arch fails
    #[arg(long)]
    fail_fast: bool,
    /// Build against this repo
    #[arg(long, value_name = "ID")]
    repo_id: Option<i64>,
    /// Show no progress of the upload
    #[arg(long)]
    noprogress: bool,
    /// Run at a lower priority
    #[arg(long)]
    background: bool,
    /// JSON object to be kept with the build as extra.custom_user_metadata
    #[arg(long, value_name = "JSON")]
    custom_user_metadata: Option<String>,
    /// Make a draft build, to be promoted later
    #[arg(long)]
    draft: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let metadata = check(&a)?;
    let target = if a.target.eq_ignore_ascii_case("none") && a.repo_id.is_some() {
        Value::Nil
    } else {
        build_target(cx, &a.target, a.scratch).await?;
        Value::from(a.target.as_str())
    };
    let mut opts = Struct::new();
    if let Some(text) = &a.arch_override {
        let arches = koji_rpm::arch::parse_arches(text).map_err(|e| CommandError::usage(e.to_string()))?;
        opts.insert("arch_override".into(), arches.join(" ").into());
    }
    for (name, set) in [
        ("skip_tag", a.skip_tag || target.is_nil()),
        ("scratch", a.scratch),
        ("fail_fast", a.fail_fast),
        ("wait_repo", a.wait_repo),
        ("draft", a.draft),
    ] {
        if set {
            opts.insert(name.into(), true.into());
        }
    }
    if let Some(id) = a.repo_id {
        opts.insert("repo_id".into(), id.into());
    }
    opts.insert("wait_builds".into(), a.wait_builds.clone().into());
    if a.rebuild_srpm || a.no_rebuild_srpm {
        opts.insert("rebuild_srpm".into(), a.rebuild_srpm.into());
    }
    opts.insert("custom_user_metadata".into(), metadata);
    let src = if a.source.contains("://") { a.source.clone() } else { upload(cx, &a).await? };
    let priority = priority(a.background);
    let call = m::Build { src: src.into(), target, opts: opts.into(), priority, ..Default::default() };
    let task = cx.hub().call(call).await?;
    created(cx, &task, After::quiet(cx, &a.wait)).await
}

/// Options that exclude each other; the metadata as a value.
fn check(a: &Arguments) -> Result<Value> {
    if (a.rebuild_srpm || a.no_rebuild_srpm) && !a.scratch {
        return Err(CommandError::usage("--no-/rebuild-srpm is only allowed for --scratch builds"));
    }
    if a.arch_override.is_some() && !a.scratch {
        return Err(CommandError::usage("--arch_override is only allowed for --scratch builds"));
    }
    if a.scratch && a.draft {
        return Err(CommandError::usage("--scratch and --draft cannot be used together"));
    }
    let Some(text) = &a.custom_user_metadata else { return Ok(Value::Struct(Struct::new())) };
    let value: Value = serde_json::from_str(text)
        .map_err(|e| CommandError::usage(format!("--custom-user-metadata is not valid JSON: {e}")))?;
    match value {
        Value::Struct(_) => Ok(value),
        _ => Err(CommandError::usage("--custom-user-metadata must be a JSON object")),
    }
}

/// Uploads the source rpm; where the hub has it.
async fn upload(cx: &Cx, a: &Arguments) -> Result<String> {
    let path = PathBuf::from(&a.source);
    let quiet = a.wait.quiet || cx.options.quiet;
    if !quiet {
        cx.out.line(format!("Uploading srpm: {}", a.source));
    }
    if !path.is_file() {
        return Err(CommandError::new(format!(
            "{} is neither a URL (no ://) nor a source rpm on this machine",
            a.source
        )));
    }
    let there = staged(cx, &path, "cli-build", a.noprogress || quiet).await?;
    if !quiet {
        cx.out.line("");
    }
    Ok(there)
}
