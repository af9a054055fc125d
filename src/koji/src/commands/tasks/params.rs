//! What a task was asked to do, in lines that say what each parameter is.

use koji_api::methods as m;
use koji_api::types::repr::{repr, text};
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::lookup::{build_label, field, shown};
use crate::time::asctime_of;
use crate::watch::task_label;

/// The lines of a task's request. A request of an unknown shape gives one line that says so.
pub async fn lines(cx: &Cx, method: &str, task: i64) -> Vec<String> {
    let request = cx.hub().call(m::GetTaskRequest { taskId: task.into() }).await.unwrap_or_default();
    let lines = match request.as_array() {
        Some(params) => Request { cx, params }.lines(method).await,
        None => None,
    };
    lines.unwrap_or_else(|| vec!["Unable to parse task parameters".into()])
}

struct Request<'a> {
    cx: &'a Cx,
    params: &'a [Value],
}

impl Request<'_> {
    /// `None` when the parameters are not those of the method.
    async fn lines(&self, method: &str) -> Option<Vec<String>> {
        match method {
            "buildArch" => self.build_arch().await,
            "tagBuild" => {
                let build = self.build(1).await?;
                let tag = format!("Destination Tag: {}", self.tag_name(0).await?);
                Some(vec![tag, format!("Build: {}", build_label(&build))])
            }
            "newRepo" => Some(vec![format!("Tag: {}", self.tag_name(0).await?)]),
            "tagNotification" => self.tag_notification().await,
            _ => fixed(method, self.params),
        }
    }

    async fn build_arch(&self) -> Option<Vec<String>> {
        let tag = self.params.get(1)?;
        let top = self.cx.settings.topdir.to_string_lossy();
        let name = match self.tag_name(1).await {
            Some(name) => name,
            None => format!("{} (deleted)", text(tag)),
        };
        let mut lines = vec![
            format!("SRPM: {top}/work/{}", text(self.params.first()?)),
            format!("Build Tag: {name}"),
            format!("Build Arch: {}", text(self.params.get(2)?)),
            format!("SRPM Kept: {}", repr(self.params.get(3)?)),
        ];
        options(&mut lines, self.params.get(4), "");
        Some(lines)
    }

    async fn tag_notification(&self) -> Option<Vec<String>> {
        let yes = |n: usize| Some(if self.params.get(n)?.truthy() { "yes" } else { "no" });
        let mut lines = vec![
            format!("Recipients: {}", joined(self.params.first()?)?),
            format!("Successful?: {}", yes(1)?),
            format!("Tagged Into: {}", self.tag_name(2).await?),
        ];
        if self.params.get(3)?.truthy() {
            lines.push(format!("Moved From: {}", self.tag_name(3).await?));
        }
        lines.push(format!("Build: {}", build_label(&self.build(4).await?)));
        let call = m::GetUser { userInfo: self.params.get(5)?.clone(), ..Default::default() };
        let user = self.cx.hub().call(call).await.ok()?;
        lines.push(format!("Tagged By: {}", user.str_at("name")?));
        lines.push(format!("Ignore Success?: {}", yes(6)?));
        if self.params.get(7)?.truthy() {
            lines.push(format!("Failure Message: {}", text(self.params.get(7)?)));
        }
        Some(lines)
    }

    async fn tag_name(&self, at: usize) -> Option<String> {
        let call = m::GetTag { tagInfo: self.params.get(at)?.clone(), ..Default::default() };
        let tag = self.cx.hub().call(call).await.ok()?;
        tag.str_at("name").map(str::to_owned)
    }

    async fn build(&self, at: usize) -> Option<Value> {
        let call = m::GetBuild { buildInfo: self.params.get(at)?.clone(), ..Default::default() };
        self.cx.hub().call(call).await.ok().filter(|b| !b.is_nil())
    }
}

/// Methods whose parameters say everything; nothing for methods that have no words.
fn fixed(method: &str, params: &[Value]) -> Option<Vec<String>> {
    let at = |n: usize| params.get(n);
    let mut lines = Vec::new();
    let named = |titles: &[&str]| -> Option<Vec<String>> {
        titles.iter().enumerate().map(|(n, title)| Some(format!("{title}: {}", text(at(n)?)))).collect()
    };
    let after = match method {
        "buildSRPMFromCVS" => return named(&["CVS URL"]),
        "buildSRPMFromSCM" => return named(&["SCM URL"]),
        "build" => {
            lines = named(&["Source", "Build Target"])?;
            2
        }
        "maven" => {
            lines = named(&["SCM URL", "Build Target"])?;
            2
        }
        "winbuild" => {
            lines = named(&["VM", "SCM URL", "Build Target"])?;
            3
        }
        "buildMaven" | "wrapperRPM" => {
            let title = if method == "buildMaven" { "SCM URL" } else { "Spec File URL" };
            lines = named(&[title])?;
            lines.push(format!("Build Tag: {}", at(1)?.str_at("name")?));
            if method == "buildMaven" {
                2
            } else {
                if at(2)?.truthy() {
                    lines.push(format!("Build: {}", build_label(at(2)?)));
                }
                if at(3)?.truthy() {
                    lines.push(format!("Task: {} {}", shown(at(3)?, "id"), task_label(at(3)?)));
                }
                4
            }
        }
        "buildNotification" => {
            lines.push(format!("Recipients: {}", joined(at(0)?)?));
            lines.push(format!("Build: {}", build_label(at(1)?)));
            lines.push(format!("Build Target: {}", shown(at(2)?, "name")));
            lines.push(format!("Web URL: {}", text(at(3)?)));
            return Some(lines);
        }
        "prepRepo" => {
            lines.push(format!("Tag: {}", at(0)?.str_at("name")?));
            return Some(lines);
        }
        "createrepo" => return createrepo(params),
        "waitrepo" => {
            lines.push(format!("Build Target: {}", text(at(0)?)));
            if at(1)?.truthy() {
                lines.push(format!("Newer Than: {}", text(at(1)?)));
            }
            if at(2)?.truthy() {
                lines.push(format!("NVRs: {}", joined(at(2)?)?));
            }
            return Some(lines);
        }
        "chainbuild" => {
            lines.push("Build Groups:".into());
            for (n, group) in at(0)?.as_array()?.iter().enumerate() {
                lines.push(format!("  {}: {}", n + 1, joined(group)?));
            }
            lines.push(format!("Build Target: {}", text(at(1)?)));
            2
        }
        "chainmaven" => {
            lines.push("Builds:".into());
            for (package, opts) in at(0)?.as_struct()? {
                lines.push(format!("  {package}"));
                map(&mut lines, opts, "  ");
            }
            lines.push(format!("Build Target: {}", text(at(1)?)));
            2
        }
        "vmExec" => {
            lines = named(&["VM"])?;
            lines.push("Exec Params:".into());
            for info in at(1)?.as_array()? {
                match info {
                    Value::Struct(_) => map(&mut lines, info, "  "),
                    other => lines.push(format!("  {}", text(other))),
                }
            }
            2
        }
        "createLiveCD" | "createAppliance" | "createLiveMedia" => {
            titled(
                &mut lines,
                params,
                &["Name", "Version", "Release", "Arch", "Target Info", "Build Tag", "Repo", "Kickstart File"],
            );
            8
        }
        "appliance" | "livecd" | "livemedia" => {
            titled(&mut lines, params, &["Name", "Version", "Arches", "Target", "Kickstart"]);
            5
        }
        "dependantTask" => return dependent(params),
        _ => return Some(lines),
    };
    options(&mut lines, at(after), "");
    Some(lines)
}

fn titled(lines: &mut Vec<String>, params: &[Value], titles: &[&str]) {
    lines.extend(titles.iter().zip(params).map(|(title, value)| format!("{title}: {}", text(value))));
}

fn createrepo(params: &[Value]) -> Option<Vec<String>> {
    let mut lines =
        vec![format!("Repo ID: {}", params.first()?.as_int()?), format!("Arch: {}", text(params.get(1)?))];
    let old = params.get(2)?;
    if old.truthy() {
        lines.push(format!("Old Repo ID: {}", old.int_at("id")?));
        lines.push(format!("Old Repo Creation: {}", asctime_of(&field(old, "create_ts"))));
    }
    if let Some(repos) = params.get(3) {
        let names: Option<Vec<&str>> =
            repos.as_array()?.iter().map(|r| r.str_at("external_repo_name")).collect();
        lines.push(format!("External Repos: {}", names?.join(", ")));
    }
    Some(lines)
}

fn dependent(params: &[Value]) -> Option<Vec<String>> {
    let tasks: Vec<String> = params.first()?.as_array()?.iter().map(text).collect();
    let mut lines = vec![format!("Dependant Tasks: {}", tasks.join(", ")), "Subtasks:".into()];
    for subtask in params.get(1)?.as_array()? {
        let subtask = subtask.as_array()?;
        let arguments: Vec<String> = subtask.get(1)?.as_array()?.iter().map(text).collect();
        lines.push(format!("  Method: {}", text(subtask.first()?)));
        lines.push(format!("  Parameters: {}", arguments.join(", ")));
        options(&mut lines, subtask.get(2), "  ");
        lines.push(String::new());
    }
    Some(lines)
}

/// Members of the options, when there are any.
fn options(lines: &mut Vec<String>, opts: Option<&Value>, prefix: &str) {
    if let Some(opts) = opts.filter(|o| o.truthy()) {
        lines.push(format!("{prefix}Options:"));
        map(lines, opts, prefix);
    }
}

fn map(lines: &mut Vec<String>, members: &Value, prefix: &str) {
    for (key, value) in members.as_struct().into_iter().flatten().filter(|(key, _)| *key != "__starstar") {
        lines.push(format!("  {prefix}{key}: {}", text(value)));
    }
}

fn joined(list: &Value) -> Option<String> {
    let parts: Option<Vec<&str>> = list.as_array()?.iter().map(Value::as_str).collect();
    Some(parts?.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests() {
        let opts = Value::record([("scratch", Value::Bool(true)), ("__starstar", true.into())]);
        let params = [Value::from("git://h/r#c"), "tgt".into(), opts];
        assert_eq!(
            fixed("build", &params).unwrap(),
            ["Source: git://h/r#c", "Build Target: tgt", "Options:", "  scratch: True"]
        );
        let repos = Value::from(vec![Value::record([("external_repo_name", Value::from("e1"))])]);
        let params = [Value::Int(3), "x86_64".into(), Value::Nil, repos];
        assert_eq!(
            fixed("createrepo", &params).unwrap(),
            ["Repo ID: 3", "Arch: x86_64", "External Repos: e1"]
        );
        assert_eq!(fixed("build", &[]), None);
        assert_eq!(fixed("shutdown", &[]), Some(Vec::new()));
    }
}
