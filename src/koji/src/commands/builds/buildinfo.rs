use koji_api::methods as m;
use koji_api::types::BuildState;
use koji_api::types::repr::repr;
use koji_xmlrpc::Value;

use crate::commands::archives::{archive_dir, archive_file};
use crate::commands::tagging::{build_dir, rpm_path};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, id_or_name, items, shown, text, with};
use crate::time::{asctime, asctime_of, changelog_date};
use crate::watch::task_label;

/// Show information about builds
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NVR|ID")]
    builds: Vec<String>,
    /// Show the changelog, too
    #[arg(long)]
    changelog: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.builds.is_empty() {
        return Err(CommandError::usage("Please specify a build"));
    }
    let mut missing = false;
    for name in &a.builds {
        let call = m::GetBuild { buildInfo: id_or_name(name), ..Default::default() };
        let build = cx.hub().call(call).await?;
        if build.is_nil() {
            cx.out.warn(format!("No such build: {name}\n"));
            missing = true;
            continue;
        }
        let mut record = print(cx, name, &build).await?;
        if a.changelog {
            record = with(&record, [("changelog", changelog(cx, &build).await?)]);
        }
        cx.out.data(&record);
    }
    if missing { Err(CommandError::status(1)) } else { Ok(()) }
}

/// Prints the build; all of it as data.
async fn print(cx: &Cx, name: &str, build: &Value) -> Result<Value> {
    let task = match build_task(build) {
        Some(id) => {
            cx.hub().call(m::GetTaskInfo { task_id: id.into(), request: true, ..Default::default() }).await?
        }
        None => Value::Nil,
    };
    let tags = cx.hub().call(m::ListTags { build: id_or_name(name), ..Default::default() }).await?;
    let state = build.int_at("state").and_then(BuildState::from_code);
    let nvr = format!("{}-{}-{}", text(build, "name"), text(build, "version"), text(build, "release"));
    cx.out.line(format!("BUILD: {nvr} [{}]", shown(build, "id")));
    if build.truthy_at("draft") {
        cx.out.line("Draft: YES");
    }
    cx.out.line(format!("State: {}", state.map_or("unknown", BuildState::name)));
    if state == Some(BuildState::Building) {
        cx.out.line(format!("Reserved by: {}", shown(build, "cg_name")));
    }
    cx.out.line(format!("Built by: {}", shown(build, "owner_name")));
    if !field(build, "source").is_nil() {
        cx.out.line(format!("Source: {}", shown(build, "source")));
    }
    if build.get("volume_name").is_some() {
        cx.out.line(format!("Volume: {}", shown(build, "volume_name")));
    }
    match task.int_at("id") {
        Some(id) => cx.out.line(format!("Task: {id} {}", task_label(&task))),
        None => cx.out.line("Task: none"),
    }
    cx.out.line(format!("Finished: {}", asctime_of(&field(build, "completion_ts"))));
    if let Some(ts) = field(build, "promotion_ts").as_double().filter(|t| *t != 0.0) {
        cx.out.line(format!("Promoted by: {}", shown(build, "promoter_name")));
        cx.out.line(format!("Promoted at: {}", asctime(ts)));
    }
    let record = kinds(cx, build).await?;
    let names: Vec<&str> = items(&tags).iter().map(|t| text(t, "name")).collect();
    cx.out.line(format!("Tags: {}", names.join(" ")));
    if build.truthy_at("extra") {
        cx.out.line(format!("Extra: {}", repr(&field(build, "extra"))));
    }
    let archives = archives(cx, build).await?;
    let rpms = rpms(cx, build).await?;
    Ok(with(&record, [("tags", names.into()), ("archives", archives), ("rpms", rpms)]))
}

/// The task of a build, also where content generators keep it.
fn build_task(build: &Value) -> Option<i64> {
    let task = build.int_at("task_id");
    task.or_else(|| build.get("extra")?.int_at("container_koji_task_id")).filter(|id| *id != 0)
}

/// What only Maven and Windows builds have; the build with it.
async fn kinds(cx: &Cx, build: &Value) -> Result<Value> {
    let mut record = build.clone();
    let id = || field(build, "id");
    let maven = cx.hub().call(m::GetMavenBuild { buildInfo: id(), ..Default::default() }).await?;
    if !maven.is_nil() {
        cx.out.line(format!("Maven groupId: {}", shown(&maven, "group_id")));
        cx.out.line(format!("Maven artifactId: {}", shown(&maven, "artifact_id")));
        cx.out.line(format!("Maven version: {}", shown(&maven, "version")));
        record = with(&record, [("maven", maven)]);
    }
    let win = cx.hub().call(m::GetWinBuild { buildInfo: id(), ..Default::default() }).await?;
    if !win.is_nil() {
        cx.out.line(format!("Windows build platform: {}", shown(&win, "platform")));
        record = with(&record, [("win", win)]);
    }
    Ok(record)
}

/// All archives.
async fn archives(cx: &Cx, build: &Value) -> Result<Value> {
    let dir = build_dir(&cx.paths(), build);
    let mut seen: Vec<Value> = Vec::new();
    for (kind, title) in
        [("maven", "Maven archives:"), ("win", "Windows archives:"), ("image", "Image archives:")]
    {
        let call = m::ListArchives { buildID: field(build, "id"), r#type: kind.into(), ..Default::default() };
        let archives = cx.hub().call(call).await?;
        if !items(&archives).is_empty() {
            cx.out.line(title);
        }
        for archive in items(&archives) {
            seen.push(field(archive, "id"));
            cx.out.line(format!("{}/{}", archive_dir(&dir, kind), archive_file(kind, archive)));
        }
    }
    let all = cx.hub().call(m::ListArchives { buildID: field(build, "id"), ..Default::default() }).await?;
    let rest: Vec<&Value> = items(&all).iter().filter(|a| !seen.contains(&field(a, "id"))).collect();
    let mut kinds: Vec<&str> = Vec::new();
    for archive in &rest {
        if !kinds.contains(&text(archive, "btype")) {
            kinds.push(text(archive, "btype"));
        }
    }
    for kind in kinds {
        cx.out.line(format!("{} Archives:", capitalize(kind)));
        for archive in rest.iter().filter(|a| text(a, "btype") == kind) {
            cx.out.line(format!("{}/{}", archive_dir(&dir, kind), text(archive, "filename")));
        }
    }
    Ok(all)
}

fn capitalize(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + &chars.as_str().to_lowercase()
}

/// All rpms, with their paths and keys.
async fn rpms(cx: &Cx, build: &Value) -> Result<Value> {
    let rpms = cx.hub().call(m::ListRPMs { buildID: field(build, "id"), ..Default::default() }).await?;
    if items(&rpms).is_empty() {
        return Ok(rpms);
    }
    let mut calls = cx.hub().multicall();
    for rpm in items(&rpms) {
        calls.add(m::QueryRPMSigs { rpm_id: field(rpm, "id"), ..Default::default() });
    }
    let dir = build_dir(&cx.paths(), build);
    cx.out.line("RPMs:");
    let mut records = Vec::new();
    for (rpm, sigs) in items(&rpms).iter().zip(calls.run().await?) {
        let sigs = sigs?;
        let mut keys: Vec<&str> =
            items(&sigs).iter().map(|s| text(s, "sigkey")).filter(|k| !k.is_empty()).collect();
        keys.sort_unstable();
        let mut line = format!("{dir}/{}", rpm_path(rpm));
        records.push(with(rpm, [("path", line.as_str().into()), ("sigkeys", keys.clone().into())]));
        if !keys.is_empty() {
            line.push_str(&format!("\tSignatures: {}", keys.join(", ")));
        }
        cx.out.line(line);
    }
    Ok(records.into())
}

async fn changelog(cx: &Cx, build: &Value) -> Result<Value> {
    let call = m::GetChangelogEntries { buildID: field(build, "id"), ..Default::default() };
    let entries = cx.hub().call(call).await?;
    if items(&entries).is_empty() {
        return Ok(entries);
    }
    cx.out.line("Changelog:");
    for entry in items(&entries) {
        let date = field(entry, "date_ts").as_double().map(changelog_date).unwrap_or_default();
        cx.out.line(format!("* {date} {}\n{}\n", text(entry, "author"), text(entry, "text")));
    }
    cx.out.line("");
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_of_builds() {
        let extra = Value::record([("container_koji_task_id", Value::Int(7))]);
        let build = Value::record([("task_id", Value::Nil), ("extra", extra)]);
        assert_eq!(build_task(&build), Some(7));
        assert_eq!(build_task(&Value::record([("task_id", Value::Int(5))])), Some(5));
        assert_eq!(build_task(&Value::record([("extra", Value::Nil)])), None);
        assert_eq!(capitalize("remote-sources"), "Remote-sources");
    }
}
