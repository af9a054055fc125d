//! The hub that is recorded.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use koji_tests::{ADMIN, BUILD_TAG, DEST_TAG, Package, System, TARGET, wait_for};
use serde_json::Value;

/// What the tour visits.
pub struct Stage {
    pub built: Task,
    pub failed: Task,
    pub running: Task,
    /// Where a build was compiled, and where its source package was made.
    pub buildroots: [i64; 2],
    pub rpm: i64,
    pub repo: i64,
}

/// A build with the task of it that compiles.
pub struct Task {
    pub id: i64,
    pub compile: i64,
}

/// A root of this machine.
pub const ROOT: &str = "like-t1";

/// Long enough for a buildroot that is made for the first time.
const PATIENCE: Duration = Duration::from_secs(900);

const IMPORTED: &[&str] = &[
    "acl",
    "attr",
    "bash",
    "binutils",
    "bzip2",
    "coreutils",
    "curl",
    "diffutils",
    "expat",
    "file",
    "findutils",
    "gawk",
    "gdbm",
    "gettext",
    "gmp",
    "grep",
    "gzip",
    "libcap",
    "libffi",
    "make",
    "ncurses",
    "openssl",
    "patch",
    "pcre2",
    "readline",
    "sed",
    "tar",
    "util-linux",
    "xz",
    "zlib",
];

pub fn fill(system: &System) -> Result<Stage> {
    let koji = |line: &str| system.koji(line.split(' ')).and_then(koji_tests::Run::ok);
    for line in [
        "add-tag f44 --arches x86_64",
        "add-tag f45 --arches x86_64,aarch64",
        "add-tag f45-updates --parent f45",
        "add-tag f45-override --parent f45-updates",
        "add-tag f45-build --parent f45-override --arches x86_64,aarch64 -x mock.new_chroot=1 -x rpm.macro.dist=.fc45",
        "add-tag-inheritance f45 f44 --priority 10",
        "add-target f45-candidate f45-build f45-updates",
        "add-channel media --description Installation_images",
        "add-host builder2 x86_64",
        "add-host s390-1 s390x",
        "add-host-to-channel builder2 createrepo",
        "disable-host builder2 --comment disk_failing",
        "lock-tag f44",
    ] {
        koji(line)?;
    }
    import(system)?;

    let hello = Package::new("hello");
    let url = system.publish(&hello)?;
    let again = Package::new("hello").release(2).build_requires("bzip2");
    // it was whole once
    let whole = Package::new("broken");
    let broken = whole.clone().release(2).first("sed -i 's/puts/no_such_function(1); puts(/' main.c");
    // side by side
    let submit = |url: String| system.submit(&[TARGET, &url]);
    let (built, second) = (submit(url)?, submit(system.git.commit(&again)?)?);
    let (whole, failed) = (submit(system.publish(&whole)?)?, submit(system.git.commit(&broken)?)?);
    let (built, second) = (ended(system, built, "CLOSED")?, ended(system, second, "CLOSED")?);
    ended(system, whole, "CLOSED")?;
    let failed = ended(system, failed, "FAILED")?;
    koji(&format!("add-pkg --owner {ADMIN} f45 hello"))?;
    koji(&format!("tag-build f45 {}", hello.nvr()))?;
    koji(&format!("tag-build f45-updates {}", again.nvr()))?;

    let slow = Package::new("slow")
        .first("for i in $(seq 1 6000); do echo compiling part $i of 6000; sleep 0.2; done");
    let slow = system.publish(&slow)?;
    let given_up = system.submit(&["--scratch", TARGET, &slow])?;
    koji(&format!("cancel {given_up}"))?;
    // no host takes this one
    koji("make-task --arch=s390x --channel=media sleep 5")?;
    let running = system.submit(&[TARGET, &slow])?;
    let compile = system.wait_for_open_child(running, "buildArch", PATIENCE)?;
    let running = Task { id: running, compile };
    grown(system, compile)?;

    let mut here = system.command("admin", ["local", "init", TARGET, "--name", ROOT])?;
    here.env("XDG_CACHE_HOME", system.dir().join("cache"));
    koji_tests::Run::of(here)?.ok()?;

    let buildroots = [
        buildroot(system, built.compile)?,
        buildroot(system, child(system, second.id, "buildSRPMFromSCM")?)?,
    ];
    let rpms = system.call("listBuildRPMs", &[hello.nvr().into()])?;
    let binary = rpms.as_array().into_iter().flatten().find(|r| r["arch"] != "src");
    let rpm = binary.and_then(|r| r["id"].as_i64()).context("no rpm")?;
    let repo = system.call("getRepo", &[BUILD_TAG.into()])?["id"].as_i64().context("no repository")?;
    Ok(Stage { built, failed, running, buildroots, rpm, repo })
}

/// Source packages made here, in two releases of the distribution.
fn import(system: &System) -> Result<()> {
    let dir = system.dir().join("srpms");
    std::fs::create_dir_all(&dir)?;
    for tag in ["f44", DEST_TAG] {
        let words = ["add-pkg", "--owner", ADMIN, tag];
        system.koji(words.iter().chain(IMPORTED))?.ok()?;
    }
    let mut words = vec!["import".to_owned()];
    let mut tagged = Vec::new();
    for (n, name) in IMPORTED.iter().enumerate() {
        let mut last = Package::new(name);
        words.push(last.srpm(&dir)?.to_string_lossy().into_owned());
        tagged.push(("f44", last.nvr()));
        if n % 3 == 0 {
            last = last.release(2);
            words.push(last.srpm(&dir)?.to_string_lossy().into_owned());
        }
        if n % 4 != 1 {
            tagged.push(("f45", last.nvr()));
        }
    }
    system.koji(words)?.ok()?;
    let tag = |(tag, nvr): &(&str, String)| serde_json::json!({"methodName": "tagBuildBypass", "params": [tag, nvr]});
    let answers = system.call("multiCall", &[tagged.iter().map(tag).collect()])?;
    let refused = answers.as_array().into_iter().flatten().find(|a| a.get("faultCode").is_some());
    ensure!(refused.is_none(), "{refused:?}");
    system.koji(["block-pkg", "f45", "gdbm"])?.ok()?;
    Ok(())
}

/// A build whose end is this.
fn ended(system: &System, id: i64, end: &str) -> Result<Task> {
    let state = system.wait_for_task(id, PATIENCE)?;
    ensure!(state == end, "task {id} ended as {state}");
    Ok(Task { id, compile: child(system, id, "buildArch")? })
}

/// The task of that method below a build.
fn child(system: &System, build: i64, method: &str) -> Result<i64> {
    let children = system.call("getTaskChildren", &[build.into()])?;
    let child = children.as_array().into_iter().flatten().find(|c| c["method"] == method);
    child.and_then(|c| c["id"].as_i64()).with_context(|| format!("no {method}: {children}"))
}

fn buildroot(system: &System, task: i64) -> Result<i64> {
    let nothing = || Value::Null;
    let query = [nothing(), nothing(), nothing(), nothing(), nothing(), task.into()];
    let roots = system.call("listBuildroots", &query)?;
    roots[0]["id"].as_i64().with_context(|| format!("no buildroot of task {task}"))
}

/// Waits until the log of a running build has lines of its own.
fn grown(system: &System, task: i64) -> Result<()> {
    wait_for("a log that grows", PATIENCE, || {
        let files = system.call("listTaskOutput", &[task.into(), true.into()])?;
        let size = files["build.log"]["st_size"].as_str().and_then(|s| s.parse::<u64>().ok());
        Ok(size.filter(|s| *s > 3000))
    })?;
    Ok(())
}
