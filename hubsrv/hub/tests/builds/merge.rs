//! A scratch build for another arch joins the build that it repeats.

use crate::common::*;
use koji_api::{Fault, FaultKind};
use koji_db::args;
use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::{Value, write_response};

async fn call(hub: &TestHub, method: &str, params: Vec<Value>) -> Result<Value, Fault> {
    hub.call_as(BUILDER, method, params).await
}

async fn merge(hub: &TestHub, task: i64) -> Result<Value, Fault> {
    hub.call_as("kojiadmin", "mergeScratch", vec![task.into()]).await
}

/// A build task that the host works on.
async fn build_task(hub: &TestHub, opts: Value) -> i64 {
    let params = vec!["git://x/fakebuilt#1".into(), "f45".into(), opts];
    let task = hub.call_as("kojiadmin", "build", params).await.unwrap();
    call(hub, "host.openTask", vec![task.clone()]).await.unwrap();
    task.as_int().unwrap()
}

async fn close(hub: &TestHub, task: i64) {
    let response = String::from_utf8(write_response(&Value::Nil)).unwrap();
    call(hub, "host.closeTask", vec![task.into(), response.into()]).await.unwrap();
}

#[tokio::test]
async fn rpms_of_a_new_arch_join_the_build() {
    let hub = TestHub::new().await;
    host(&hub).await;
    let own = build_task(&hub, Value::Nil).await;
    let paths = upload(&hub, own, &FAKEBUILT);
    let build = call(&hub, "host.initBuild", vec![fakebuilt(own)]).await.unwrap();
    let (srpm, rpms) = paths.split_first().unwrap();
    let delivery = vec![own.into(), build.clone(), srpm.into(), rpms.to_vec().into()];
    call(&hub, "host.completeBuild", delivery).await.unwrap();
    close(&hub, own).await;

    let scratch = build_task(&hub, Value::record([("scratch", true.into())])).await;
    let arch =
        vec!["buildArch".into(), Value::Array(vec!["x".into(), 1.into(), "x86_64".into(), true.into()])];
    let child = call(&hub, "host.subtask", [arch, vec![scratch.into(), kw([])]].concat())
        .await
        .unwrap()
        .as_int()
        .unwrap();
    assert_eq!(
        merge(&hub, scratch).await.unwrap_err().message,
        format!("task {scratch} did not complete successfully")
    );
    assert_eq!(merge(&hub, own).await.unwrap_err().message, format!("task {own} is not a scratch build"));
    upload(&hub, child, &FAKEBUILT);
    let work = hub.topdir().join(format!("work/tasks/{child}/{child}"));
    std::fs::write(work.join("build.log"), "log").unwrap();
    close(&hub, scratch).await;
    let no_root = merge(&hub, scratch).await.unwrap_err();
    assert_eq!(no_root, Fault::new(FaultKind::Import, format!("no buildroot associated with task {child}")));
    sql(
        &hub,
        "WITH t AS (INSERT INTO tag (name) VALUES ('f45-build') RETURNING id),
              r AS (INSERT INTO repo (tag_id, state) SELECT id, 1 FROM t RETURNING id),
              b AS (INSERT INTO buildroot (br_type, container_type, container_arch) VALUES (0, 'chroot', 'x86_64') RETURNING id)
         INSERT INTO standard_buildroot (buildroot_id, host_id, repo_id, task_id, state)
         SELECT b.id, 1, r.id, $1, 3 FROM b, r RETURNING buildroot_id",
        args![child],
    )
    .await;
    let same = merge(&hub, scratch).await.unwrap_err().message;
    assert_eq!(
        same,
        format!("task {scratch} and fakebuilt-3.0-1.el9 produce rpms with the same arches: x86_64")
    );
    // as if the build had been made for another arch
    sql(&hub, "UPDATE rpminfo SET arch = 'i686' WHERE arch = 'x86_64'", args![]).await;
    std::fs::remove_dir_all(hub.topdir().join("packages/fakebuilt/3.0/1.el9/x86_64")).unwrap();

    assert_eq!(merge(&hub, scratch).await.unwrap(), build);
    let rpms = hub.call("listRPMs", vec![build.clone()]).await.unwrap();
    let added = rpms.as_array().unwrap().iter().find(|r| r.str_at("arch") == Some("x86_64")).unwrap().clone();
    assert!(added.int_at("buildroot_id").is_some());
    assert_eq!(rpms.as_array().unwrap().len(), 4);
    let place = hub.topdir().join("packages/fakebuilt/3.0/1.el9");
    assert!(place.join("x86_64/fakebuilt-3.0-1.el9.x86_64.rpm").is_file());
    assert_eq!(std::fs::read_to_string(place.join("data/logs/x86_64/build.log")).unwrap(), "log");
    let again = merge(&hub, scratch).await.unwrap_err();
    assert_eq!(again.kind, FaultKind::Import);
    // what was imported can still be had from the task
    let output = hub.call("downloadTaskOutput", vec![child.into(), "build.log".into()]).await.unwrap();
    assert_eq!(output, Value::from("bG9n"));
}
