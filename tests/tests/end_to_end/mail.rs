//! Who gets mail about builds and tags, what it says, and what happens when the mail server does not take it.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use koji_tests::{ADMIN, DEST_TAG, Mail, MailServer, Package, Run, Scenario, System, TARGET, wait_for};
use serde_json::Value;

/// A build system and its mail server.
pub struct Office {
    pub system: System,
    pub server: MailServer,
}

pub const SCENARIOS: &[Scenario<Office>] = &[
    ("a failed build: whom it concerns, with links and the lines of the log", failed_build),
    ("a finished build, its tagging and its untagging", finished_build),
    ("a mail server that refuses one address for now and another for good", refused_for_now),
    ("a mail server that refuses everybody", refused_for_good),
];

const PATIENCE: Duration = Duration::from_secs(120);

impl Office {
    /// An account whose mail address is `name@example.com`.
    fn user(&self, name: &str) -> Result<()> {
        Run::of(self.system.hub_admin(&["add-user", name])?)?.ok()?;
        Ok(())
    }

    /// Account with a wish for mail.
    fn subscriber(&self, name: &str, about: &[&str]) -> Result<()> {
        self.user(name)?;
        self.system.koji(["add-notification", "--user", name].iter().chain(about))?.ok()?;
        Ok(())
    }

    /// The package's URL; `owner` owns it in the destination tag.
    fn publish(&self, package: &Package, owner: &str) -> Result<String> {
        self.user(owner)?;
        self.system.koji(["add-pkg", "--owner", owner, DEST_TAG, &package.name])?.ok()?;
        self.system.git.commit(package)
    }

    /// State and result of the last task that wrote, or did not write, about the build.
    fn task(&self, nvr: &str) -> Result<(String, String)> {
        let build = self.system.call("getBuild", &[nvr.into()])?["id"].clone();
        let ours = |task: &Value| {
            let request = &task["request"];
            match task["method"].as_str() {
                Some("buildNotification") => request[1]["id"] == build,
                Some("tagNotification") => request[4] == build,
                _ => false,
            }
        };
        let filter = [serde_json::json!({"decode": true}), serde_json::json!({"order": "-id"})];
        let id = wait_for("a task that writes mail", PATIENCE, || {
            let tasks = self.system.call("listTasks", &filter)?;
            let task = tasks.as_array().into_iter().flatten().find(|t| ours(t));
            Ok(task.and_then(|t| t["id"].as_i64()))
        })?;
        let state = self.system.wait_for_task(id, PATIENCE)?;
        let result = self.system.koji(["call", "getTaskResult", &id.to_string()])?;
        Ok((state, result.stdout + &result.stderr))
    }
}

/// Who got it, without those of other scenarios.
fn to<'a>(mail: &'a Mail, scenario: &str) -> Vec<&'a str> {
    let names = mail.to.iter().map(|a| a.trim_end_matches("@example.com"));
    let mut to: Vec<&str> = names.filter(|name| name.starts_with(scenario) || *name == ADMIN).collect();
    to.sort_unstable();
    to
}

fn failed_build(office: &Office) -> Result<()> {
    let first = "echo 'main.c:3:1: error: it cannot be'; false";
    let package = Package::new("mail-failed").first(first);
    let url = office.publish(&package, "mf-owner")?;
    let about = &["--package", "mail-failed"][..];
    office.subscriber("mf-watcher", about)?;
    office.subscriber("mf-tag", &["--tag", DEST_TAG])?;
    office.subscriber("mf-success", &["--package", "mail-failed", "--success-only"])?;
    office.subscriber("mf-elsewhere", &["--package", "mail-failed", "--tag", "t1-build"])?;
    office.subscriber("mf-disabled", about)?;
    office.system.koji(["disable-user", "mf-disabled"])?.ok()?;
    office.subscriber("mf-blocks", about)?;
    office.system.koji(["block-notification", "--user", "mf-blocks", "--package", "mail-failed"])?.ok()?;
    office.subscriber("mf-blocks-all", about)?;
    office.system.koji(["block-notification", "--user", "mf-blocks-all", "--all"])?.ok()?;
    let build = office.system.koji(["build", "--wait", TARGET, &url])?.status_is(1)?;
    let task = build.stdout.lines().find_map(|l| l.strip_prefix("Created task: ")).context("no task")?;

    let mail = office.server.wait_for("Package: mail-failed-1.0-1", PATIENCE)?;
    ensure!(to(&mail, "mf-") == ["mf-owner", "mf-tag", "mf-watcher", ADMIN], "{mail:?}");
    ensure!(mail.from == "buildsys@example.com", "{mail:?}");
    let subject = "Package: mail-failed-1.0-1 Tag: t1-dest Status: failed Built by: tester";
    ensure!(mail.header("Subject") == Some(subject), "{mail:?}");
    ensure!(mail.header("X-Koji-Status") == Some("failed"), "{mail:?}");
    let id = office.system.call("getBuild", &["mail-failed-1.0-1".into()])?["id"].clone();
    let web = office.system.url("/koji");
    for part in [
        format!("mail-failed-1.0-1 ({id}) failed on "),
        "see build.log".to_owned(),
        "compile in %build".to_owned(),
        "\n  main.c:3:1: error: it cannot be\n".to_owned(),
        "Failed tasks:\n-------------\n".to_owned(),
        format!(" {web}/getfile?taskID="),
        "&name=build.log&volume=DEFAULT".to_owned(),
        format!("Task Info: {web}/taskinfo?taskID={task}\n"),
        format!("Build Info: {web}/buildinfo?buildID={id}"),
    ] {
        ensure!(mail.body.contains(&part), "{part:?} is not in\n{}", mail.body);
    }
    let (state, result) = office.task("mail-failed-1.0-1")?;
    ensure!(state == "CLOSED" && result.contains("mf-watcher@example.com"), "{state}: {result}");
    ensure!(office.server.about("mail-failed").len() == 1, "{:?}", office.server.about("mail-failed"));
    Ok(())
}

fn finished_build(office: &Office) -> Result<()> {
    let system = &office.system;
    let url = office.publish(&Package::new("mail-done"), "md-owner")?;
    office.subscriber("md-success", &["--package", "mail-done", "--success-only"])?;
    system.koji(["build", "--wait", TARGET, &url])?.ok()?;
    let mail = office.server.wait_for("Package: mail-done-1.0-1", PATIENCE)?;
    ensure!(to(&mail, "md-") == ["md-owner", "md-success", ADMIN], "{mail:?}");
    let arch = std::env::consts::ARCH;
    for part in [
        "Status: complete\n".to_owned(),
        "SRPMS:\n  mail-done-1.0-1.src.rpm\n".to_owned(),
        format!(" {}/packages/mail-done/1.0/1/data/logs/{arch}/build.log\n", system.url("/kojifiles")),
        format!(" {}/packages/mail-done/1.0/1/{arch}/mail-done-1.0-1.{arch}.rpm\n", system.url("/kojifiles")),
    ] {
        ensure!(mail.body.contains(&part), "{part:?} is not in\n{}", mail.body);
    }

    let (other, nvr) = ("mail-tag", "mail-done-1.0-1");
    system.koji(["add-tag", other])?.ok()?;
    system.koji(["add-pkg", "--owner", "md-owner", other, "mail-done"])?.ok()?;
    office.subscriber("md-other", &["--tag", other])?;
    system.koji(["tag-build", "--wait", other, nvr])?.ok()?;
    let tagged =
        office.server.wait_for(&format!("{nvr} successfully tagged into {other} by tester"), PATIENCE)?;
    ensure!(to(&tagged, "md-") == ["md-other", "md-owner", "md-success", ADMIN], "{tagged:?}");
    ensure!(tagged.body.contains("Tag Operation: tagged\nInto Tag: mail-tag\n"), "{tagged:?}");
    system.koji(["untag-build", other, nvr])?.ok()?;
    let untagged =
        office.server.wait_for(&format!("{nvr} successfully untagged from {other} by tester"), PATIENCE)?;
    ensure!(to(&untagged, "md-") == to(&tagged, "md-"), "{untagged:?}");
    Ok(())
}

/// Imports a package and tags it into a tag of its own, whose mail the builder's account does not want.
fn import(office: &Office, name: &str, owner: &str) -> Result<String> {
    let (system, package) = (&office.system, Package::new(name));
    let srpm = package.srpm(system.dir())?;
    system.koji(["import", srpm.to_str().context("path")?])?.ok()?;
    office.user(owner)?;
    system.koji(["add-tag", name])?.ok()?;
    system.koji(["add-pkg", "--owner", owner, name, name])?.ok()?;
    system.koji(["block-notification", "--tag", name])?.ok()?;
    Ok(package.nvr())
}

fn refused_for_now(office: &Office) -> Result<()> {
    let name = "mail-later";
    let nvr = import(office, name, "ml-owner")?;
    office.subscriber("ml-later", &["--tag", name])?;
    office.subscriber("ml-never", &["--package", name])?;
    office.server.refuse("ml-later@example.com", "450 come again", 2);
    office.server.refuse("ml-never@example.com", "550 no such user", usize::MAX);
    office.system.koji(["tag-build", "--wait", name, &nvr])?.ok()?;
    let (state, result) = office.task(&nvr)?;
    ensure!(state == "CLOSED", "{state}: {result}");
    ensure!(result.contains("ml-later@") && !result.contains("ml-never@"), "{result}");
    let mails = office.server.about(&nvr);
    let to: Vec<_> = mails.iter().map(|mail| to(mail, "ml-")).collect();
    ensure!(to == [["ml-owner"], ["ml-later"]], "{mails:?}");
    Ok(())
}

fn refused_for_good(office: &Office) -> Result<()> {
    let name = "mail-never";
    let nvr = import(office, name, "mn-owner")?;
    office.server.refuse("mn-owner@example.com", "550 no such user", usize::MAX);
    office.system.koji(["tag-build", "--wait", name, &nvr])?.ok()?;
    let (state, result) = office.task(&nvr)?;
    ensure!(state == "FAILED", "{state}: {result}");
    for part in [office.server.address(), "mn-owner@example.com", "no such user", "smtphost in kojid.conf"] {
        ensure!(result.contains(part), "{part} is not in {result}");
    }
    Ok(())
}
