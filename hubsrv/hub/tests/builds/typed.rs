//! Maven, Windows and image builds as hosts deliver them.

use crate::common::*;
use koji_api::types::BuildState;
use koji_api::{Fault, FaultKind};
use koji_db::args;
use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::Value;

const POM: &str = "<project><groupId>org.x</groupId><artifactId>y</artifactId><version>1</version></project>";

async fn call(hub: &TestHub, method: &str, params: Vec<Value>) -> Result<Value, Fault> {
    hub.call_as(BUILDER, method, params).await
}

/// Writes a file where the task uploads.
fn put(hub: &TestHub, task: i64, path: &str, text: &str) {
    let full = hub.topdir().join(format!("work/tasks/{}/{task}/{path}", task % 10_000));
    std::fs::create_dir_all(full.parent().unwrap()).unwrap();
    std::fs::write(full, text).unwrap();
}

fn strings(items: &[&str]) -> Value {
    items.iter().map(|s| Value::from(*s)).collect::<Vec<_>>().into()
}

fn build_info(name: &str) -> Value {
    Value::record([
        ("name", name.into()),
        ("version", "1".into()),
        ("release", "1".into()),
        ("epoch", Value::Nil),
    ])
}

fn maven_info() -> Value {
    Value::record([("group_id", "org.x".into()), ("artifact_id", "y".into()), ("version", "1".into())])
}

async fn maven_build(hub: &TestHub, task: i64) -> i64 {
    let params = vec![task.into(), build_info("mvn"), maven_info()];
    let made = call(hub, "host.initMavenBuild", params).await.unwrap();
    made.int_at("id").unwrap()
}

fn maven_results(task: i64, names: &[&str]) -> Value {
    let files = Value::record([("org/x/y/1", strings(names))]);
    Value::record([
        ("task_id", task.into()),
        ("buildroot_id", Value::Nil),
        ("files", files),
        ("logs", strings(&["build.log"])),
    ])
}

async fn state(hub: &TestHub, build: i64) -> Option<i64> {
    hub.call("getBuild", vec![build.into()]).await.unwrap().int_at("state")
}

#[tokio::test]
async fn a_maven_build_is_completed_with_its_wrappers() {
    let hub = TestHub::new().await;
    let host = host(&hub).await;
    let task = task(&hub, host).await;
    let build = maven_build(&hub, task).await;
    put(&hub, task, "org/x/y/1/y-1.pom", POM);
    put(&hub, task, "org/x/y/1/y-1.jar", "jar");
    put(&hub, task, "org/x/y/1/y-1.jar.sha1", "another sum");
    put(&hub, task, "org/x/y/1/y-1.strange", "?");
    put(&hub, task, "build.log", "built");
    upload(&hub, task, &FAKEBUILT);
    let rpms = Value::record([
        ("task_id", task.into()),
        ("buildroot_id", Value::Nil),
        ("srpm", FAKEBUILT[0].into()),
        ("rpms", strings(&FAKEBUILT[1..])),
        ("logs", strings(&[])),
    ]);
    let complete = |names: &[&str], rpms: &Value| {
        vec![task.into(), build.into(), maven_results(task, names), rpms.clone()]
    };
    let files = ["y-1.pom", "y-1.jar", "y-1.jar.sha1"];

    let strange = [&files[..], &["y-1.strange"]].concat();
    let refused = call(&hub, "host.completeMavenBuild", complete(&strange, &rpms)).await.unwrap_err();
    assert_eq!(refused, Fault::build("unsupported file type: y-1.strange"));
    let out = call(&hub, "host.completeMavenBuild", complete(&["../../x.jar"], &rpms)).await;
    assert!(out.is_err());
    assert_eq!(state(&hub, build).await, Some(BuildState::Building.code()));

    // what the refused attempt left does not hinder
    call(&hub, "host.completeMavenBuild", complete(&files, &rpms)).await.unwrap();
    assert_eq!(state(&hub, build).await, Some(BuildState::Complete.code()));
    let place = hub.topdir().join("packages/mvn/1/1");
    assert_eq!(std::fs::read_to_string(place.join("maven/org/x/y/1/y-1.jar")).unwrap(), "jar");
    assert_ne!(std::fs::read_to_string(place.join("maven/org/x/y/1/y-1.jar.sha1")).unwrap(), "another sum");
    assert_eq!(std::fs::read_to_string(place.join("data/logs/maven/build.log")).unwrap(), "built");
    assert!(place.join("x86_64/fakebuilt-3.0-1.el9.x86_64.rpm").is_file());
    let list = hub.call("listArchives", vec![build.into()]).await.unwrap();
    assert_eq!(list.as_array().unwrap().len(), 2);
    // an answer that was lost
    call(&hub, "host.completeMavenBuild", complete(&files, &rpms)).await.unwrap();
    let again = call(&hub, "host.importWrapperRPMs", vec![task.into(), build.into(), rpms]).await;
    assert_eq!(again.unwrap_err().message, "wrapper rpms for mvn-1-1 have already been imported");
}

#[tokio::test]
async fn a_host_delivers_only_for_its_own_task() {
    let hub = TestHub::new().await;
    let host = host(&hub).await;
    let (own, other) = (task(&hub, host).await, task(&hub, host).await);
    let build = maven_build(&hub, own).await;
    put(&hub, other, "org/x/y/1/y-1.jar", "jar");
    put(&hub, other, "build.log", "log");
    let results = maven_results(other, &["y-1.jar"]);
    let foreign_files = vec![own.into(), build.into(), results.clone(), Value::Nil];
    let fault = call(&hub, "host.completeMavenBuild", foreign_files).await.unwrap_err();
    assert_eq!(fault.message, format!("task {other} is not part of task {own}"));
    let foreign_build = vec![other.into(), build.into(), results, Value::Nil];
    let fault = call(&hub, "host.completeMavenBuild", foreign_build).await.unwrap_err();
    assert_eq!(fault.message, format!("build mvn-1-1 is not one of task {other}"));
    // upstream lets anybody do this
    let none = Value::record::<&str, 0>([]);
    let fault =
        hub.call_as("alice", "host.importImage", vec![own.into(), none.clone(), none]).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Auth);
    assert_eq!(state(&hub, build).await, Some(BuildState::Building.code()));
}

#[tokio::test]
async fn windows_and_image_builds_are_completed() {
    let hub = TestHub::new().await;
    let host = host(&hub).await;
    let task = task(&hub, host).await;
    let win_info = Value::record([("platform", "win64".into())]);
    let made =
        call(&hub, "host.initWinBuild", vec![task.into(), build_info("wintool"), win_info]).await.unwrap();
    let win = made.int_at("id").unwrap();
    put(&hub, task, "bin/tool.exe", "exe");
    put(&hub, task, "tool.log", "log");
    let file = Value::record([("platforms", strings(&["win64"])), ("flags", strings(&["signed"]))]);
    let results = Value::record([
        ("task_id", task.into()),
        ("buildroot_id", Value::Nil),
        ("output", Value::record([("bin/tool.exe", file)])),
        ("logs", strings(&["tool.log"])),
    ]);
    let params = vec![task.into(), win.into(), results, Value::Nil];
    call(&hub, "host.completeWinBuild", params).await.unwrap();
    assert_eq!(state(&hub, win).await, Some(BuildState::Complete.code()));
    assert!(hub.topdir().join("packages/wintool/1/1/win/bin/tool.exe").is_file());
    let list = hub.call("listArchives", vec![win.into(), kw([("type", "win".into())])]).await.unwrap();
    assert_eq!(list.as_array().unwrap()[0].str_at("flags"), Some("signed"));

    let made = call(&hub, "host.initImageBuild", vec![task.into(), build_info("disk")]).await.unwrap();
    let image = made.int_at("id").unwrap();
    put(&hub, task, "disk-1-1.qcow2", "image");
    put(&hub, task, "image.log", "log");
    let part = Value::record([
        ("task_id", task.into()),
        ("arch", "x86_64".into()),
        ("files", strings(&["disk-1-1.qcow2"])),
        ("logs", strings(&["image.log"])),
        ("rpmlist", strings(&[])),
    ]);
    // another arch that was allowed to fail
    let failed = Value::record([("faultString", "no".into())]);
    let results = Value::record([("x86_64", part), ("s390x", failed)]);
    call(&hub, "host.completeImageBuild", vec![task.into(), image.into(), results]).await.unwrap();
    assert_eq!(state(&hub, image).await, Some(BuildState::Complete.code()));
    assert!(hub.topdir().join("packages/disk/1/1/images/disk-1-1.qcow2").is_file());
    assert!(hub.topdir().join("packages/disk/1/1/data/logs/image/image.log").is_file());
}

#[tokio::test]
async fn scratch_results_of_maven_are_files() {
    let hub = TestHub::new().await;
    let host = host(&hub).await;
    let task = task(&hub, host).await;
    put(&hub, task, "org/x/y/1/y-1.jar", "jar");
    put(&hub, task, "build.log", "log");
    let params = vec![task.into(), maven_results(task, &["y-1.jar"]), Value::Nil];
    for _ in 0..2 {
        call(&hub, "host.moveMavenBuildToScratch", params.clone()).await.unwrap();
        let place = hub.topdir().join(format!("scratch/kojiadmin/task_{task}"));
        assert_eq!(std::fs::read_to_string(place.join("org/x/y/1/y-1.jar")).unwrap(), "jar");
        assert_eq!(std::fs::read_to_string(place.join("build.log")).unwrap(), "log");
    }
    let out = vec![task.into(), maven_results(task, &["../../../../../../etc/x"]), Value::Nil];
    assert!(call(&hub, "host.moveMavenBuildToScratch", out).await.is_err());
}

#[tokio::test]
async fn artifacts_of_a_buildroot_have_to_be_known() {
    let hub = TestHub::new().await;
    let host = host(&hub).await;
    let (task, dep) = (task(&hub, host).await, task(&hub, host).await);
    let root = sql(
        &hub,
        "WITH t AS (INSERT INTO tag (name) VALUES ('mvn-build') RETURNING id),
              r AS (INSERT INTO repo (tag_id, state) SELECT id, 1 FROM t RETURNING id),
              b AS (INSERT INTO buildroot (br_type, container_type, container_arch) VALUES (0, 'chroot', 'x86_64') RETURNING id)
         INSERT INTO standard_buildroot (buildroot_id, host_id, repo_id, task_id, state)
         SELECT b.id, $2, r.id, $1, 2 FROM b, r RETURNING buildroot_id",
        args![task, host],
    )
    .await;
    let file = Value::record([("filename", "y-1.jar".into()), ("size", 3.into())]);
    let entry = Value::record([("maven_info", maven_info()), ("files", vec![file].into())]);
    let list: Value = vec![entry].into();
    let update = |more: Vec<(&'static str, Value)>| {
        let mut params = vec![root.into(), task.into(), list.clone()];
        if let Some((key, value)) = more.into_iter().next() {
            params.push(kw([(key, value)]));
        }
        call(&hub, "host.updateMavenBuildRootList", params)
    };
    let unknown = update(vec![]).await.unwrap_err();
    assert_eq!(unknown, Fault::buildroot("Unmatched maven artifact: org.x-y-1: y-1.jar"));
    update(vec![("ignore", list.clone())]).await.unwrap();
    update(vec![("ignore_unknown", true.into())]).await.unwrap();
    let deps: Value = vec![Value::from(dep)].into();
    assert!(update(vec![("extra_deps", deps.clone())]).await.is_err());
    put(&hub, dep, "org/x/y/1/y-1.jar", "jar");
    update(vec![("extra_deps", deps)]).await.unwrap();

    let build = maven_build(&hub, dep).await;
    put(&hub, dep, "build.log", "log");
    let params = vec![dep.into(), build.into(), maven_results(dep, &["y-1.jar"]), Value::Nil];
    call(&hub, "host.completeMavenBuild", params).await.unwrap();
    update(vec![]).await.unwrap();
    let of = kw([("componentBuildrootID", root.into())]);
    let used = hub.call("listArchives", vec![of]).await.unwrap();
    assert_eq!(used.as_array().unwrap().len(), 1);
}
