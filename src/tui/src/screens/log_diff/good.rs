//! The last build of the same package that went well, and the task of it that did the same.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::super::eta::package_of;
use crate::cell::{split_nvr, text};
use crate::net::Net;

/// Builds that are looked at.
const LOOKED_AT: i64 = 30;

/// The build and its task.
pub struct Good {
    pub nvr: String,
    pub task: i64,
    /// What the other one builds, where it is known.
    pub this: Option<String>,
}

/// Of a task: the task above all, which is the build's, and what is built, as `name-version-release` where it is known.
struct Built {
    top: i64,
    package: String,
    nvr: Option<String>,
}

/// Finds it for a task of a build.
pub async fn last_good(net: &Net, task: i64) -> Result<Good, String> {
    let info = info(net, task).await?;
    let built = built(net, task, &info).await?;
    let none = || format!("no build of {} went well before", built.package);
    let id = call(net, m::GetPackageID { name: built.package.as_str().into(), ..Default::default() }).await?;
    let query = Value::record([("order", Value::from("-build_id")), ("limit", LOOKED_AT.into())]);
    let id = id.as_int().ok_or_else(none)?;
    let list =
        m::ListBuilds { packageID: id.into(), state: 1.into(), queryOpts: query, ..Default::default() };
    let builds = call(net, list).await?;
    let build = choose(builds.as_array().unwrap_or_default(), &built).ok_or_else(none)?;
    let nvr = text(build, "nvr");
    let top = build.int_at("task_id").ok_or_else(none)?;
    let below = call(net, m::GetTaskDescendents { task_id: top.into(), ..Default::default() }).await?;
    let lists = below.as_struct().into_iter().flat_map(|s| s.values());
    let tasks = lists.flat_map(|l| l.as_array().unwrap_or_default());
    let same = tasks.filter(|t| t.str_at("method") == info.str_at("method"));
    let alike =
        |t: &&Value| (text(t, "label") == text(&info, "label"), text(t, "arch") == text(&info, "arch"));
    let task = same.max_by_key(alike).and_then(|t| t.int_at("id"));
    let task = task.ok_or_else(|| format!("{nvr} has no task like {}", text(&info, "method")))?;
    Ok(Good { nvr, task, this: built.nvr })
}

/// The newest before this one, of the same distribution where there is one.
fn choose<'a>(builds: &'a [Value], built: &Built) -> Option<&'a Value> {
    let distribution = |release: &str| release.rsplit_once('.').map(|(_, d)| d.to_owned());
    let release = built.nvr.as_deref().and_then(split_nvr).map(|(_, _, release)| release);
    let wanted = release.and_then(distribution);
    let of = |b: &&Value| b.int_at("task_id").filter(|task| *task != built.top);
    builds.iter().filter(|b| of(b).is_some()).max_by_key(|b| {
        let task = of(b).unwrap_or_default();
        (wanted == distribution(&text(b, "release")), task < built.top, task)
    })
}

async fn built(net: &Net, task: i64, info: &Value) -> Result<Built, String> {
    let (mut top, mut at) = (task, info.clone());
    let mut sources = Vec::new();
    // no tree of tasks is deeper
    for _ in 0..8 {
        sources.extend(source(&at));
        let Some(parent) = at.int_at("parent") else { break };
        top = parent;
        at = self::info(net, parent).await?;
    }
    // the source rpm of a task below says more than the URL of the build's
    let nvr = sources.iter().find(|s| s.ends_with(".src.rpm"));
    let nvr = nvr.and_then(|s| s.rsplit('/').next()?.strip_suffix(".src.rpm").map(str::to_owned));
    let package = sources.iter().find_map(|s| package_of(s));
    let package = package.ok_or_else(|| format!("what task {task} builds is not known"))?;
    Ok(Built { top, package, nvr })
}

/// What a task was given to build.
fn source(info: &Value) -> Option<String> {
    let is_build =
        matches!(info.str_at("method")?, "build" | "buildArch" | "buildSRPMFromSCM" | "rebuildSRPM");
    let first = info.get("request")?.as_array()?.first()?.as_str()?;
    is_build.then(|| first.to_owned())
}

async fn info(net: &Net, task: i64) -> Result<Value, String> {
    call(net, m::GetTaskInfo { task_id: task.into(), request: true, strict: true }).await
}

async fn call<M: koji_api::Method>(net: &Net, method: M) -> Result<Value, String> {
    net.reader.call(method).await.map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_before_it_of_the_same_distribution() {
        let build = |task: i64, release: &str| {
            Value::record([
                ("task_id", Value::from(task)),
                ("release", release.into()),
                ("nvr", format!("a-1-{release}").into()),
            ])
        };
        let builds = [
            build(90, "4.fc45"),
            build(70, "3.el9"),
            build(50, "2.fc45"),
            build(20, "1.fc45"),
            build(60, "3.fc45"),
        ];
        let chosen = |top: i64, release: Option<&str>| {
            let built = Built { top, package: "a".into(), nvr: release.map(|r| format!("a-1-{r}")) };
            choose(&builds, &built).and_then(|b| b.int_at("task_id"))
        };
        assert_eq!(chosen(80, Some("9.fc45")), Some(60));
        assert_eq!(chosen(80, None), Some(70));
        assert_eq!(chosen(60, Some("3.fc45")), Some(50), "never itself");
        // none before: a later one says something, too
        assert_eq!(chosen(10, Some("9.el9")), Some(70));
    }

    #[test]
    fn what_is_built() {
        let info = |method: &str, first: &str| {
            Value::record([("method", Value::from(method)), ("request", Value::Array(vec![first.into()]))])
        };
        assert_eq!(source(&info("buildArch", "w/a-1-1.src.rpm")).as_deref(), Some("w/a-1-1.src.rpm"));
        assert_eq!(source(&info("newRepo", "f45")), None);
    }
}
