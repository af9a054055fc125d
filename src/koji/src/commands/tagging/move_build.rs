use koji_api::methods as m;

use crate::commands::launch::{After, WaitOptions, follow_all};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{build_label, field, items};

/// Move builds from one tag to another
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_names = ["TAG1", "TAG2", "NVR|PACKAGE"])]
    names: Vec<String>,
    /// Override policies, where the hub allows it
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    wait: WaitOptions,
    /// Names are those of packages: all builds of them are moved
    #[arg(long)]
    all: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let [from, to, things @ ..] = a.names.as_slice() else { return Err(too_few(a.all)) };
    if things.is_empty() {
        return Err(too_few(a.all));
    }
    let tasks = if a.all {
        move_packages(cx, from, to, things, a.force).await?
    } else {
        move_builds(cx, from, to, things, a.force).await?
    };
    follow_all(cx, &tasks, After::announced(cx, &a.wait)).await
}

fn too_few(all: bool) -> CommandError {
    let things = if all { "package names" } else { "builds (name-version-release)" };
    CommandError::usage(format!("Two tags and one or more {things} are wanted"))
}

async fn move_packages(cx: &Cx, from: &str, to: &str, names: &[String], force: bool) -> Result<Vec<i64>> {
    let mut tasks = Vec::new();
    for name in names {
        let call = m::GetPackage { info: name.into(), ..Default::default() };
        if !cx.hub().call(call).await?.truthy() {
            cx.out.line(format!("No such package: {name}, skipping."));
            continue;
        }
        let call = m::MoveAllBuilds { tag1: from.into(), tag2: to.into(), package: name.into(), force };
        tasks.extend(items(&cx.hub().call(call).await?).iter().filter_map(koji_xmlrpc::Value::as_int));
    }
    Ok(tasks)
}

async fn move_builds(cx: &Cx, from: &str, to: &str, names: &[String], force: bool) -> Result<Vec<i64>> {
    let mut builds = Vec::new();
    for name in names {
        let build = cx.hub().call(m::GetBuild { buildInfo: name.into(), ..Default::default() }).await?;
        if !build.truthy() {
            cx.out.line(format!("No such build: {name}, skipping."));
        } else if !builds.contains(&build) {
            builds.push(build);
        }
    }
    let mut tasks = Vec::new();
    for build in &builds {
        let call = m::MoveBuild { tag1: from.into(), tag2: to.into(), build: field(build, "id"), force };
        let task = cx.hub().call(call).await?;
        let task = task.as_int().ok_or_else(|| CommandError::new("the hub answered no task id"))?;
        cx.out.line(format!("Created task {task}, moving {}", build_label(build)));
        tasks.push(task);
    }
    Ok(tasks)
}
