//! `buildNotification`: a build was finished, failed or was canceled.

use koji_api::methods as m;
use koji_api::tasks::label;
use koji_api::types::{BuildState, TaskState};
use koji_why::Card;
use koji_xmlrpc::Value;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::mail::Mail;
use super::{failure, nvr, recipients, yes_no};
use crate::task::{TaskCx, TaskError};
use crate::tasks::{Params, TaskMethod};

pub struct BuildNotification;

impl TaskMethod for BuildNotification {
    const METHOD: &'static str = "buildNotification";
    const WEIGHT: f64 = 0.1;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let to = recipients(&params)?;
        if to.is_empty() {
            return Ok(Value::Nil);
        }
        let build = params.value("build");
        let id = build.get("id").cloned().unwrap_or_default();
        let entries = m::GetChangelogEntries {
            buildID: id.clone(),
            queryOpts: Value::record([("limit", Value::Int(3))]),
            ..Default::default()
        };
        let why = match (state(&build), build.int_at("task_id")) {
            (Some(BuildState::Failed), Some(task)) => failure::why(cx, task).await,
            _ => None,
        };
        let facts = Facts {
            tag: params.value("target").str_at("dest_tag_name").unwrap_or("None").to_owned(),
            tasks: tasks(cx, build.int_at("task_id")).await?,
            canceler: canceler(cx, &build).await?,
            changelog: cx.session.call(entries).await?,
            web: params.str("weburl").unwrap_or_default().to_owned(),
            files: build_url(cx, &build),
            why,
            build,
        };
        let taken = facts.mail().send(&cx.settings, &to).await?;
        let id = id.as_int().unwrap_or_default();
        Ok(format!("sent notification of build {id} to: {}", taken.join(", ")).into())
    }
}

/// Who canceled the build: the owner of the task that tells about it.
async fn canceler(cx: &TaskCx, build: &Value) -> Result<Option<String>, TaskError> {
    if state(build) != Some(BuildState::Canceled) {
        return Ok(None);
    }
    let Some(owner) = cx.info.int_at("owner") else { return Ok(None) };
    let user = cx.session.call(m::GetUser { userInfo: owner.into(), ..Default::default() }).await?;
    Ok(user.str_at("name").map(str::to_owned))
}

fn build_url(cx: &TaskCx, build: &Value) -> String {
    let part = |key: &str| build.str_at(key).unwrap_or_default();
    let name = build.str_at("package_name").unwrap_or_default();
    cx.urls().build(name, part("version"), part("release"), build.str_at("volume_name"))
}

fn state(build: &Value) -> Option<BuildState> {
    build.int_at("state").and_then(BuildState::from_code)
}

/// A task of the build, with what it left.
pub(super) struct Work {
    id: i64,
    method: String,
    label: String,
    pub arch: String,
    /// The subtask's label: the arch that its logs are below.
    build_arch: String,
    pub host: Option<String>,
    pub state: Option<TaskState>,
    /// The fault of one that failed.
    pub result: String,
    /// Names and volumes.
    files: Vec<(String, String)>,
}

/// The task and all below it.
async fn tasks(cx: &TaskCx, root: Option<i64>) -> Result<Vec<Work>, TaskError> {
    let (mut found, mut open) = (Vec::new(), Vec::from_iter(root));
    while let Some(id) = open.pop() {
        let info = cx
            .session
            .call(m::GetTaskInfo { task_id: id.into(), request: true, ..Default::default() })
            .await?;
        if info.is_nil() {
            continue;
        }
        found.push(work(cx, id, &info).await?);
        let children =
            cx.session.call(m::GetTaskChildren { task_id: id.into(), ..Default::default() }).await?;
        open.extend(children.as_array().unwrap_or_default().iter().rev().filter_map(|c| c.int_at("id")));
    }
    Ok(found)
}

async fn work(cx: &TaskCx, id: i64, info: &Value) -> Result<Work, TaskError> {
    let host = match info.int_at("host_id") {
        Some(host) => {
            let host = cx.session.call(m::GetHost { hostInfo: host.into(), ..Default::default() }).await?;
            host.str_at("name").map(str::to_owned)
        }
        None => None,
    };
    let state = info.int_at("state").and_then(TaskState::from_code);
    let result = if state == Some(TaskState::Failed) { fault(cx, id).await } else { String::new() };
    let output = m::ListTaskOutput { taskID: id.into(), all_volumes: true, ..Default::default() };
    let output = cx.session.call(output).await?;
    let mut files = Vec::new();
    for (name, volumes) in output.as_struct().into_iter().flatten() {
        let volumes = volumes.as_array().unwrap_or_default().iter().filter_map(Value::as_str);
        files.extend(volumes.map(|v| (name.to_string(), v.to_owned())));
    }
    files.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    let text = |key: &str| info.str_at(key).unwrap_or_default();
    let request = info.get("request").and_then(Value::as_array).unwrap_or_default();
    Ok(Work {
        id,
        method: text("method").to_owned(),
        label: label(text("method"), request, text("arch")),
        arch: text("arch").to_owned(),
        build_arch: text("label").to_owned(),
        host,
        state,
        result,
        files,
    })
}

async fn fault(cx: &TaskCx, task: i64) -> String {
    match cx.session.call(m::GetTaskResult { taskId: task.into(), ..Default::default() }).await {
        Ok(_) => String::new(),
        Err(e) => e.fault().map_or_else(|| e.to_string(), |f| f.message.trim().to_owned()),
    }
}

/// What the mail is made of.
struct Facts {
    build: Value,
    tag: String,
    tasks: Vec<Work>,
    canceler: Option<String>,
    changelog: Value,
    web: String,
    /// URL of the build's directory.
    files: String,
    /// What the logs of a failed one say.
    why: Option<Card>,
}

impl Facts {
    fn mail(&self) -> Mail {
        let text = |key: &str| self.build.str_at(key).unwrap_or_default().to_owned();
        let id = |key: &str| self.build.int_at(key).map_or_else(|| "None".to_owned(), |id| id.to_string());
        let nvr = nvr(&self.build);
        let status = state(&self.build).map_or_else(String::new, |s| s.name().to_lowercase());
        let owner = text("owner_name");
        let headers = vec![
            ("X-Koji-Tag", self.tag.clone()),
            ("X-Koji-Package", text("package_name")),
            ("X-Koji-Builder", owner.clone()),
            ("X-Koji-Status", status.clone()),
            ("X-Koji-Draft", yes_no(self.build.truthy_at("draft"))),
        ];
        let subject = format!("Package: {nvr} Tag: {} Status: {status} Built by: {owner}", self.tag);
        let mut mail = Mail { subject, headers, lines: Vec::new() };
        mail.line(format!("Package: {nvr}"));
        mail.line(format!("Tag: {}", self.tag));
        mail.line(format!("Status: {status}"));
        mail.lines.extend(self.canceler.iter().map(|name| format!("Canceled by: {name}")));
        mail.line(format!("Built by: {owner}"));
        mail.line(format!("ID: {}", id("id")));
        mail.line(format!("Started: {}", moment(&self.build, "creation_ts")));
        mail.line(format!("Finished: {}", moment(&self.build, "completion_ts")));
        self.changelog(&mut mail);
        if state(&self.build) == Some(BuildState::Failed) {
            let build = self.build.int_at("id").unwrap_or_default();
            mail.lines.extend(failure::lines(&nvr, build, &self.tasks, self.why.as_ref()));
        }
        self.output(&mut mail);
        mail.line("");
        mail.line(format!("Task Info: {}/taskinfo?taskID={}", self.web, id("task_id")));
        mail.line(format!("Build Info: {}/buildinfo?buildID={}", self.web, id("id")));
        mail
    }

    fn changelog(&self, mail: &mut Mail) {
        let entries = self.changelog.as_array().unwrap_or_default();
        if entries.is_empty() {
            return;
        }
        mail.line("");
        mail.line("Changelog:");
        for entry in entries {
            let day = format_description!("[weekday repr:short] [month repr:short] [day] [year]");
            let date =
                entry.get("date_ts").and_then(Value::as_double).and_then(|ts| at(ts)?.format(day).ok());
            let author = entry.str_at("author").unwrap_or_default();
            mail.line(format!("* {} {author}", date.unwrap_or_default()));
            mail.lines.extend(entry.str_at("text").unwrap_or_default().lines().map(str::to_owned));
            mail.line("");
        }
    }

    /// The tasks and their files: the failed ones first.
    fn output(&self, mail: &mut Mail) {
        let is_source = |name: &str| name.ends_with(".src.rpm");
        let files = self.tasks.iter().flat_map(|t| &t.files);
        let mut sources: Vec<&str> = files.map(|(name, _)| name.as_str()).filter(|n| is_source(n)).collect();
        sources.sort_unstable();
        sources.dedup();
        if !sources.is_empty() {
            mail.line("");
            mail.line("SRPMS:");
            mail.lines.extend(sources.iter().map(|name| format!("  {name}")));
        }
        for (state, title) in
            [(TaskState::Failed, "Failed"), (TaskState::Canceled, "Canceled"), (TaskState::Closed, "Closed")]
        {
            let mut some = self.tasks.iter().filter(|t| t.state == Some(state)).peekable();
            if some.peek().is_some() {
                mail.line("");
                mail.line(format!("{title} tasks:"));
                mail.line("-".repeat(title.len() + 7));
            }
            for task in some {
                mail.line("");
                mail.line(match &task.host {
                    Some(host) => format!("Task {} on {host}", task.id),
                    None => format!("Task {}", task.id),
                });
                mail.line(format!("Task Type: {}", task.label));
                self.files_of(task, mail);
            }
        }
    }

    fn files_of(&self, task: &Work, mail: &mut Mail) {
        let (logs, others): (Vec<_>, Vec<_>) =
            task.files.iter().partition(|(name, _)| name.ends_with(".log"));
        let (rpms, misc): (Vec<_>, Vec<_>) = others.into_iter().partition(|(name, _)| name.ends_with(".rpm"));
        let getfile = |(name, volume): &(String, String)| {
            format!(" {}/getfile?taskID={}&name={name}&volume={volume}", self.web, task.id)
        };
        // the rpms and logs of these have moved into the build
        let moved = state(&self.build) == Some(BuildState::Complete)
            && task.state == Some(TaskState::Closed)
            && task.method == "buildArch";
        let log = |file: &(String, String)| match moved {
            true => format!(" {}/data/logs/{}/{}", self.files, task.build_arch, file.0),
            false => getfile(file),
        };
        let rpm = |file: &(String, String)| match file.0.rsplit('.').nth(1).filter(|_| moved) {
            Some(arch) => format!(" {}/{arch}/{}", self.files, file.0),
            None => getfile(file),
        };
        let rpms = rpms.into_iter().filter(|(name, _)| !name.ends_with(".src.rpm"));
        let lists: [(&str, Vec<String>); 3] = [
            ("logs:", logs.into_iter().map(log).collect()),
            ("rpms:", rpms.map(rpm).collect()),
            ("misc:", misc.into_iter().map(getfile).collect()),
        ];
        for (title, lines) in lists.into_iter().filter(|(_, lines)| !lines.is_empty()) {
            mail.line(title);
            mail.lines.extend(lines);
        }
    }
}

fn at(ts: f64) -> Option<OffsetDateTime> {
    // whole seconds are meant
    #[allow(clippy::cast_possible_truncation)]
    let seconds = ts.trunc() as i64;
    OffsetDateTime::from_unix_timestamp(seconds).ok().map(|t| t.to_offset(UtcOffset::UTC))
}

/// A time of the build for people.
fn moment(build: &Value, key: &str) -> String {
    let long = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] UTC"
    );
    build.get(key).and_then(Value::as_double).and_then(|ts| at(ts)?.format(long).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(state: i64) -> Facts {
        let build = Value::record([
            ("package_name", Value::from("hello")),
            ("version", "1".into()),
            ("release", "2".into()),
            ("id", 7.into()),
            ("task_id", 9.into()),
            ("owner_name", "alice".into()),
            ("state", state.into()),
            ("creation_ts", Value::Double(1_704_200_000.5)),
        ]);
        let work = |id, state, files: &[&str]| Work {
            id,
            method: "buildArch".into(),
            label: "buildArch (hello-1-2.src.rpm, x86_64)".into(),
            arch: "x86_64".into(),
            build_arch: "x86_64".into(),
            host: Some("b1.example.com".into()),
            state: TaskState::from_code(state),
            result: "error building package".into(),
            files: files.iter().map(|f| ((*f).to_owned(), "DEFAULT".to_owned())).collect(),
        };
        let entry = Value::record([
            ("date_ts", Value::Int(1_704_110_400)),
            ("author", "Alice <a@example.com> 1-2".into()),
            ("text", "- first".into()),
        ]);
        Facts {
            build,
            tag: "f45".into(),
            tasks: vec![
                work(9, 5, &["root.log"]),
                work(10, 2, &["build.log", "hello-1-2.src.rpm", "hello-doc-1-2.noarch.rpm", "x.txt"]),
            ],
            canceler: (state == 4).then(|| "bob".to_owned()),
            changelog: Value::Array(vec![entry]),
            web: "http://web".into(),
            files: "http://files/packages/hello/1/2".into(),
            why: None,
        }
    }

    #[test]
    fn a_failure_says_where_and_why() {
        let mail = facts(3).mail();
        assert_eq!(mail.subject, "Package: hello-1-2 Tag: f45 Status: failed Built by: alice");
        let text = mail.lines.join("\n");
        for part in [
            "hello-1-2 (7) failed on b1.example.com (x86_64):\n  error building package",
            "Started: Tue, 02 Jan 2024 12:53:20 UTC",
            "* Mon Jan 01 2024 Alice <a@example.com> 1-2\n- first",
            "SRPMS:\n  hello-1-2.src.rpm",
            "Failed tasks:\n-------------\n\nTask 9 on b1.example.com",
            " http://web/getfile?taskID=9&name=root.log&volume=DEFAULT",
            "logs:\n http://web/getfile?taskID=10&name=build.log&volume=DEFAULT",
            "Build Info: http://web/buildinfo?buildID=7",
        ] {
            assert!(text.contains(part), "{part}\nis not in\n{text}");
        }
    }

    #[test]
    fn files_of_a_build_are_where_it_is() {
        let text = facts(1).mail().lines.join("\n");
        for part in [
            "logs:\n http://files/packages/hello/1/2/data/logs/x86_64/build.log",
            "rpms:\n http://files/packages/hello/1/2/noarch/hello-doc-1-2.noarch.rpm\nmisc:\n http://web/getfile?taskID=10&name=x.txt",
        ] {
            assert!(text.contains(part), "{part}\nis not in\n{text}");
        }
    }

    #[test]
    fn a_canceled_build_names_who_did_it() {
        let text = facts(4).mail().lines.join("\n");
        assert!(
            text.contains("Status: canceled\nCanceled by: bob\n") && !text.contains("failed on"),
            "{text}"
        );
    }
}
