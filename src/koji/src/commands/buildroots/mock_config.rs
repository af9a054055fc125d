use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_api::types::repr::text as python_text;
use koji_buildroot::{BUILD_GROUP, ExtraMap, Packages, Plan, Site};
use koji_xmlrpc::Value;

use crate::context::{Cx, base_name};
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, shown, tag, target, text};

/// Print a configuration of mock for the buildroots of a tag
///
/// It leads to the tag's repository and is of no use when that is gone. `koji local` makes the same root without mock, and of a
/// task or buildroot even then, from the packages that the hub recorded.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Arch of the buildroot
    #[arg(short, long)]
    arch: Option<String>,
    /// Name of the buildroot
    #[arg(short, long)]
    name: Option<String>,
    /// Of a build tag
    #[arg(long)]
    tag: Option<String>,
    /// Of the build tag of a target
    #[arg(long)]
    target: Option<String>,
    /// As the last buildroot of a task
    #[arg(long, value_name = "TASK-ID")]
    task: Option<String>,
    /// Whatever repo is the latest one when mock runs
    #[arg(long)]
    latest: bool,
    /// As this buildroot
    #[arg(long, value_name = "ID")]
    buildroot: Option<String>,
    /// mock's base directory
    #[arg(long, value_name = "DIR", default_value = "/var/lib/mock")]
    mockdir: PathBuf,
    /// Directory where the hub's files are mounted; goes before --topurl
    #[arg(long, value_name = "DIR")]
    topdir: Option<String>,
    /// URL of the hub's files
    #[arg(long, value_name = "URL")]
    topurl: Option<String>,
    /// Value of the macro %distribution
    #[arg(long, default_value = "Koji Testing")]
    distribution: String,
    /// Proxy for the package manager
    #[arg(long, value_name = "URL")]
    yum_proxy: Option<String>,
    /// File to write to
    #[arg(short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Where packages come from, for which arch.
struct Origin {
    tag: String,
    arch: String,
    /// `None` for the latest one.
    repo: Option<i64>,
    name: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut name = a.name.clone();
    if let Some(first) = a.names.first() {
        if name.is_some() {
            return Err(CommandError::usage("Name already specified via option"));
        }
        name = Some(first.clone());
    }
    let origin = origin(cx, &a).await?;
    let repo = origin.repo.map_or_else(|| "latest".to_owned(), |id| id.to_string());
    let name = name.or_else(|| origin.name.clone()).unwrap_or_else(|| format!("{}-repo_{repo}", origin.tag));
    let mut event = Value::Nil;
    if let Some(id) = origin.repo {
        let info = cx.hub().call(m::RepoInfo { repo_id: id.into(), ..Default::default() }).await?;
        event = field(&info, "create_event");
    }
    let config = cx.hub().call(m::GetBuildConfig { tag: origin.tag.as_str().into(), event }).await?;
    let arches = text(&config, "arches");
    if arches.is_empty() {
        cx.out.warn(format!("Tag {} has an empty arch list", origin.tag));
    } else if !arches.contains(&origin.arch) {
        cx.out.warn(format!("{} is not in the list of tag arches", origin.arch));
    }
    let text = plan(cx, &a, &origin, &name, &repo, &config)?.mock_config();
    match &a.output {
        Some(path) => write(path, &text)?,
        None => cx.out.line(text),
    }
    // for people only: scripts get what upstream's client prints
    if std::io::stderr().is_terminal() && !cx.options.quiet {
        let of = match (&a.task, &a.buildroot) {
            (Some(task), _) => task.clone(),
            (None, Some(id)) => format!("--buildroot {id}"),
            (None, None) => format!("{} --arch {}", origin.tag, origin.arch),
        };
        cx.out.warn(format!("`koji local init {of}` makes this root without mock"));
    }
    Ok(())
}

async fn origin(cx: &Cx, a: &Arguments) -> Result<Origin> {
    if let Some(id) = &a.buildroot {
        let id: i64 = id.parse().map_err(|_| CommandError::usage("Buildroot id must be an integer"))?;
        let root = cx.hub().call(m::GetBuildroot { buildrootID: id.into(), ..Default::default() }).await?;
        if root.is_nil() {
            return Err(CommandError::new(format!("No such buildroot: {id}")));
        }
        return Ok(of_buildroot(a, &root, None));
    }
    if let Some(task) = &a.task {
        let id: i64 = task.parse().map_err(|_| CommandError::usage("Task id must be an integer"))?;
        let roots = cx.hub().call(m::ListBuildroots { taskID: id.into(), ..Default::default() }).await?;
        let Some(root) = items(&roots).last() else {
            return Err(CommandError::new(format!("No buildroots for task {task} (or no such task)")));
        };
        if items(&roots).len() > 1 {
            let ids: Vec<Value> = items(&roots).iter().map(|r| field(r, "id")).collect();
            cx.out.line(format!("Multiple buildroots found: {}", python_text(&Value::Array(ids))));
        }
        return Ok(of_buildroot(a, root, Some(format!("{}-task_{id}", shown(root, "tag_name")))));
    }
    let arch = || a.arch.clone().ok_or_else(|| CommandError::new("Please specify an arch"));
    let (arch, id, tag) = if let Some(name) = &a.tag {
        let arch = arch()?;
        let tag = tag(cx, name).await?;
        (arch, field(&tag, "id"), shown(&tag, "name"))
    } else if let Some(name) = &a.target {
        let arch = arch()?;
        let target = target(cx, name).await?;
        (arch, field(&target, "build_tag"), shown(&target, "build_tag_name"))
    } else {
        return Err(CommandError::usage("Please specify one of: --tag, --target, --task, --buildroot"));
    };
    let mut repo = None;
    if !a.latest {
        let info = cx.hub().call(m::GetRepo { tag: id, ..Default::default() }).await?;
        repo = info.int_at("id");
        if repo.is_none() {
            return Err(CommandError::new(format!("Could not get a repo for tag: {tag}")));
        }
    }
    Ok(Origin { tag, arch, repo, name: None })
}

fn of_buildroot(a: &Arguments, root: &Value, name: Option<String>) -> Origin {
    Origin {
        tag: shown(root, "tag_name"),
        arch: shown(root, "arch"),
        repo: root.int_at("repo_id").filter(|_| !a.latest),
        name,
    }
}

fn plan(cx: &Cx, a: &Arguments, origin: &Origin, name: &str, repo: &str, config: &Value) -> Result<Plan> {
    let dir = |top: &str| format!("{}/repos/{}/{repo}/{}", PathInfo::new(top).top(), origin.tag, origin.arch);
    let topurl = a.topurl.as_ref().or(cx.settings.topurl.as_ref()).filter(|_| a.topdir.is_none());
    let url = match topurl {
        Some(url) => dir(url),
        None => format!("file://{}", dir(a.topdir.as_deref().unwrap_or("/mnt/koji"))),
    };
    let site = Site { distribution: a.distribution.clone(), bootstrap_image: true, ..Site::default() };
    let packages = Packages::Repo(vec![url]);
    let mut plan = Plan::for_tag(name, &origin.arch, packages, BUILD_GROUP, &site, &extra(config))
        .map_err(|e| CommandError::new(e.to_string()))?;
    plan.mock.basedir = Some(a.mockdir.clone());
    plan.proxy.clone_from(&a.yum_proxy);
    Ok(plan)
}

/// The tag's settings that this command heeds; environment and signing are the builders' own.
fn extra(config: &Value) -> ExtraMap {
    config
        .get("extra")
        .and_then(Value::as_struct)
        .into_iter()
        .flatten()
        .filter(|(key, _)| !key.starts_with("rpm.env.") && !key.starts_with("mock.plugin_conf."))
        .filter_map(|(key, value)| {
            Some((key.clone(), serde_json::from_str(&crate::json::dumps(value)).ok()?))
        })
        .collect()
}

/// Writes the file as a whole or not at all.
fn write(path: &Path, text: &str) -> Result {
    let part = path.with_file_name(format!(".{}.part", base_name(path)));
    let mut file = std::fs::File::create(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(std::fs::rename(&part, path)?)
}
