use koji_api::methods as m;
use koji_api::types::BuildrootType;
use koji_api::types::repr::repr;
use koji_xmlrpc::Value;

use crate::commands::tagging::{build_dir, nvra, rpm_path};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, shown, text, with};
use crate::time::asctime_of;

/// Show information about rpms
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NVRA|ID")]
    rpms: Vec<String>,
    /// Show the buildroots that had them installed
    #[arg(long)]
    buildroots: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.rpms.is_empty() {
        return Err(CommandError::usage("Please specify an RPM"));
    }
    let mut missing = false;
    for name in &a.rpms {
        let rpm = cx.hub().call(m::GetRPM { rpminfo: name.into(), ..Default::default() }).await?;
        if rpm.is_nil() {
            cx.out.warn(format!("No such rpm: {name}\n"));
            missing = true;
            continue;
        }
        let mut record = print(cx, &rpm).await?;
        if a.buildroots {
            record = with(&record, [("buildroots", buildroots(cx, &rpm).await?)]);
        }
        cx.out.data(&record);
    }
    if missing { Err(CommandError::status(1)) } else { Ok(()) }
}

/// Prints the rpm; all of it as data.
async fn print(cx: &Cx, rpm: &Value) -> Result<Value> {
    let mut record = rpm.clone();
    let external = rpm.truthy_at("external_repo_id");
    cx.out.line(format!("RPM: {}{} [{}]", epoch(rpm), nvra(rpm), shown(rpm, "id")));
    if rpm.truthy_at("draft") {
        cx.out.line("Draft: YES");
    }
    if external {
        let call = m::GetExternalRepo { info: field(rpm, "external_repo_id"), ..Default::default() };
        let repo = cx.hub().call(call).await?;
        cx.out.line(format!("External Repository: {} [{}]", shown(&repo, "name"), shown(&repo, "id")));
        cx.out.line(format!("External Repository url: {}", shown(&repo, "url")));
    } else {
        record = build(cx, rpm).await?;
    }
    digests(cx, rpm);
    cx.out.line(format!("Size: {}", shown(rpm, "size")));
    if !external {
        let call = m::GetRPMHeaders {
            rpmID: field(rpm, "id"),
            headers: vec!["license"].into(),
            ..Default::default()
        };
        let headers = cx.hub().call(call).await?;
        if headers.get("license").is_some() {
            cx.out.line(format!("License: {}", shown(&headers, "license")));
            record = with(&record, [("license", field(&headers, "license"))]);
        }
        cx.out.line(format!("Build ID: {}", shown(rpm, "build_id")));
    }
    let root = origin(cx, rpm).await?;
    if rpm.truthy_at("extra") {
        cx.out.line(format!("Extra: {}", repr(&field(rpm, "extra"))));
    }
    Ok(with(&record, [("buildroot", root)]))
}

/// `1:`, or nothing without an epoch.
fn epoch(rpm: &Value) -> String {
    rpm.int_at("epoch").map(|e| format!("{e}:")).unwrap_or_default()
}

/// The build, where the files are, and the source rpm; the rpm with them.
async fn build(cx: &Cx, rpm: &Value) -> Result<Value> {
    let source = if text(rpm, "arch") == "src" {
        Some(rpm.clone())
    } else {
        let call =
            m::ListRPMs { buildID: field(rpm, "build_id"), arches: "src".into(), ..Default::default() };
        items(&cx.hub().call(call).await?).first().cloned()
    };
    let call = m::GetBuild { buildInfo: field(rpm, "build_id"), ..Default::default() };
    let build = cx.hub().call(call).await?;
    let dir = build_dir(&cx.paths(), &build);
    cx.out.line(format!("Build: {} [{}]", shown(&build, "nvr"), shown(&build, "id")));
    cx.out.line(format!("RPM Path: {dir}/{}", rpm_path(rpm)));
    match source {
        Some(source) => {
            let nvr = format!(
                "{}-{}-{}",
                text(&source, "name"),
                text(&source, "version"),
                text(&source, "release")
            );
            cx.out.line(format!("SRPM: {}{nvr} [{}]", epoch(&source), shown(&source, "id")));
            cx.out.line(format!("SRPM Path: {dir}/{}", rpm_path(&source)));
        }
        None => {
            cx.out.line("SRPM: (none)");
            cx.out.line("SRPM Path: (none)");
        }
    }
    cx.out.line(format!("Built: {}", asctime_of(&field(rpm, "buildtime"))));
    let path = format!("{dir}/{}", rpm_path(rpm));
    Ok(with(rpm, [("build", field(&build, "nvr")), ("path", path.into())]))
}

/// What hubs since 1.36 tell; older ones have one digest only.
fn digests(cx: &Cx, rpm: &Value) {
    let known: Vec<&str> = ["sigmd5", "sha1header", "sha256header", "sha3_256header"]
        .into_iter()
        .filter(|key| rpm.truthy_at(key))
        .collect();
    for key in &known {
        cx.out.line(format!("{}: {}", key.to_uppercase(), shown(rpm, key)));
    }
    if known.is_empty() {
        let digest = shown(rpm, "payloadhash");
        let title = if digest.contains("::") { "Legacy digest" } else { "SIGMD5" };
        cx.out.line(format!("{title}: {digest}"));
    }
}

/// The buildroot that the rpm was built in.
async fn origin(cx: &Cx, rpm: &Value) -> Result<Value> {
    let Some(id) = rpm.int_at("buildroot_id") else {
        cx.out.line("No buildroot data available");
        return Ok(Value::Nil);
    };
    let root = cx.hub().call(m::GetBuildroot { buildrootID: id.into(), ..Default::default() }).await?;
    let at = |key: &str| shown(&root, key);
    if root.int_at("br_type").and_then(BuildrootType::from_code) == Some(BuildrootType::Standard) {
        let (tag, arch, repo) = (at("tag_name"), at("arch"), at("repo_id"));
        cx.out.line(format!("Buildroot: {id} (tag {tag}, arch {arch}, repo {repo})"));
        cx.out.line(format!("Build Host: {}", at("host_name")));
        cx.out.line(format!("Build Task: {}", at("task_id")));
    } else {
        cx.out.line(format!("Content generator: {}", at("cg_name")));
        cx.out.line(format!("Buildroot: {id}"));
        cx.out.line(format!("Build Host OS: {} ({})", at("host_os"), at("host_arch")));
    }
    Ok(root)
}

async fn buildroots(cx: &Cx, rpm: &Value) -> Result<Value> {
    let order = Value::record([("order", "buildroot.id".into())]);
    let call = m::ListBuildroots { rpmID: field(rpm, "id"), queryOpts: order, ..Default::default() };
    let answer = cx.hub().call(call).await?;
    let roots = items(&answer);
    cx.out.line(format!("Used in {} buildroots:", roots.len()));
    if !roots.is_empty() {
        cx.out.line(format!("  {:>8} {:<28} {:<8} {:<29}", "id", "build tag", "arch", "build host"));
        let rule = |n: usize| "-".repeat(n);
        cx.out.line(format!("  {} {} {} {}", rule(8), rule(28), rule(8), rule(29)));
    }
    for root in roots {
        let at = |key: &str| shown(root, key);
        let (id, tag, arch, host) = (at("id"), at("tag_name"), at("arch"), at("host_name"));
        cx.out.line(format!("  {id:>8} {tag:<28} {arch:<8} {host:<29}"));
    }
    Ok(answer)
}
