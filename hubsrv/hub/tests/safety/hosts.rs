//! A2: builders and the tasks that are not theirs.

use koji_db::{Mode, args};
use koji_hub::testing::TestHub;
use koji_xmlrpc::{Struct, Value};

use super::state;

const OWNER: &str = "builder1.example.com";
const OTHER: &str = "builder2.example.com";

/// All that a builder does to a task, with arguments that would do for its owner.
fn works(task: i64, build: i64, root: i64) -> Vec<(&'static str, Vec<Value>)> {
    let t = || Value::Int(task);
    let b = || Value::Int(build);
    let none = || Value::Array(vec![]);
    let empty = || Value::Struct(Struct::new());
    let info = || {
        Value::record([
            ("name", Value::from("hello")),
            ("version", "9".into()),
            ("release", "9".into()),
            ("epoch", Value::Nil),
            ("task_id", Value::Int(task)),
        ])
    };
    let maven = || {
        Value::record([("group_id", Value::from("g")), ("artifact_id", "a".into()), ("version", "9".into())])
    };
    vec![
        ("host.closeTask", vec![t(), "x".into()]),
        ("host.failTask", vec![t(), "x".into()]),
        ("host.setTaskWeight", vec![t(), 9.into()]),
        ("host.subtask", vec!["buildArch".into(), none(), t()]),
        ("host.subtask2", vec![t(), empty(), "buildArch".into()]),
        ("host.initBuild", vec![info()]),
        ("host.completeBuild", vec![t(), b(), "x.src.rpm".into(), none()]),
        ("host.failBuild", vec![t(), b()]),
        ("host.initMavenBuild", vec![t(), info(), maven()]),
        ("host.completeMavenBuild", vec![t(), b(), empty(), empty()]),
        ("host.initWinBuild", vec![t(), info(), Value::record([("platform", Value::from("w"))])]),
        ("host.completeWinBuild", vec![t(), b(), empty(), empty()]),
        ("host.initImageBuild", vec![t(), info()]),
        ("host.completeImageBuild", vec![t(), b(), empty()]),
        ("host.importImage", vec![t(), info(), empty()]),
        ("host.importWrapperRPMs", vec![t(), b(), empty()]),
        ("host.moveBuildToScratch", vec![t(), "x.src.rpm".into(), none()]),
        ("host.moveMavenBuildToScratch", vec![t(), empty(), empty()]),
        ("host.moveWinBuildToScratch", vec![t(), empty(), empty()]),
        ("host.moveImageBuildToScratch", vec![t(), empty()]),
        ("host.tagBuild", vec![t(), "f45".into(), "hello-1-1".into()]),
        ("host.newBuildRoot", vec![1.into(), "x86_64".into(), t()]),
        ("host.setBuildRootState", vec![root.into(), "EXPIRED".into(), t()]),
        ("host.setBuildRootList", vec![root.into(), none(), t()]),
        ("host.updateBuildRootList", vec![root.into(), none(), t()]),
        ("host.updateBuildrootArchives", vec![root.into(), t(), none()]),
        ("host.updateMavenBuildRootList", vec![root.into(), t(), none()]),
    ]
}

struct Scene {
    hub: TestHub,
    task: i64,
    build: i64,
    root: i64,
}

async fn int(hub: &TestHub, text: &'static str, args: Vec<koji_db::Arg>) -> i64 {
    let mut tx = hub.hub.db.begin(Mode::Write);
    let id = tx.maybe_int(text, args).await.unwrap();
    tx.commit().await.unwrap();
    id.unwrap_or_default()
}

/// Two hosts; an open task of the first with a build and a buildroot.
async fn scene() -> Scene {
    let hub = TestHub::new().await;
    let owner = hub.add_host(OWNER, "x86_64").await.unwrap();
    hub.add_host(OTHER, "x86_64").await.unwrap();
    for (method, params) in [
        ("createTag", vec![Value::from("f45"), koji_hub::testing::kw([("arches", "x86_64".into())])]),
        ("packageListAdd", vec!["f45".into(), "hello".into(), "alice".into()]),
        ("createEmptyBuild", vec!["hello".into(), "1".into(), "1".into(), Value::Nil]),
    ] {
        hub.call_as("kojiadmin", method, params).await.unwrap();
    }
    let task = int(
        &hub,
        "INSERT INTO task (state, owner, method, request, host_id, channel_id, arch, start_time) \
         VALUES (1, 1, 'build', '<?xml version=''1.0''?><methodCall><methodName>build</methodName><params/></methodCall>', \
           $1, 1, 'noarch', now()) RETURNING id",
        args![owner],
    )
    .await;
    int(
        &hub,
        "INSERT INTO repo (create_event, tag_id, state) SELECT (SELECT max(id) FROM events), id, 1 FROM tag WHERE name = 'f45' RETURNING id",
        args![],
    )
    .await;
    let params = vec![1.into(), "x86_64".into(), task.into()];
    let root = hub.call_as(OWNER, "host.newBuildRoot", params).await.unwrap().as_int().unwrap();
    let build = Value::record([
        ("name", Value::from("hello")),
        ("version", "2".into()),
        ("release", "1".into()),
        ("epoch", Value::Nil),
        ("task_id", task.into()),
    ]);
    let build = hub.call_as(OWNER, "host.initBuild", vec![build]).await.unwrap().as_int().unwrap();
    hub.session(OTHER).await;
    Scene { hub, task, build, root }
}

async fn all_refused(scene: &Scene, user: &str, when: &str) {
    let before = state::rows(&scene.hub).await;
    // of tasks that are not the caller's this one says nothing, as upstream's
    let freed = scene.hub.call_as(user, "host.freeTasks", vec![Value::Array(vec![scene.task.into()])]).await;
    assert!(freed.is_ok() || user == "alice", "{freed:?}");
    for (method, params) in works(scene.task, scene.build, scene.root) {
        let answer = scene.hub.call_as(user, method, params).await;
        let code = answer.as_ref().map_err(|f| f.kind.code());
        assert!(matches!(code, Err(1000 | 1002 | 1004 | 1010)), "{method} by {user}, {when}: {answer:?}");
        let now = state::rows(&scene.hub).await;
        assert_eq!(now, before, "{method} by {user}, {when} changed something");
    }
}

#[tokio::test]
async fn a2_a_builder_cannot_touch_another_ones_task() {
    let scene = scene().await;
    all_refused(&scene, OTHER, "while the first works on it").await;
    all_refused(&scene, "alice", "as a user").await;
}

#[tokio::test]
async fn a2_a_builder_that_lost_the_task_cannot_go_on() {
    let scene = scene().await;
    let other = scene.hub.call_as(OTHER, "host.getID", vec![]).await.unwrap().as_int().unwrap();
    int(&scene.hub, "UPDATE task SET host_id = $2 WHERE id = $1 RETURNING id", args![scene.task, other])
        .await;
    all_refused(&scene, OWNER, "after it was given to another").await;
    for state in [0_i64, 2, 3, 5] {
        int(&scene.hub, "UPDATE task SET state = $2, host_id = (SELECT id FROM host WHERE name = 'builder1.example.com') WHERE id = $1 RETURNING id", args![scene.task, state])
            .await;
        all_refused(&scene, OWNER, &format!("in state {state}")).await;
    }
}

/// CVE-2018-1002150: files are moved for the task of the dist-repo alone.
#[tokio::test]
async fn a2_dist_repos_are_moved_by_their_builder_only() {
    let scene = scene().await;
    let before = state::rows(&scene.hub).await;
    for (user, path) in [
        (None, "../../etc"),
        (Some("alice"), "x"),
        (Some(OTHER), "../../../etc"),
        (Some(OTHER), "tasks/1/1"),
        (Some(OWNER), "/etc"),
    ] {
        let params = vec![1.into(), path.into(), "x86_64".into()];
        let answer = match user {
            Some(user) => scene.hub.call_as(user, "host.distRepoMove", params).await,
            None => scene.hub.call("host.distRepoMove", params).await,
        };
        assert!(answer.is_err(), "{user:?} {path}");
    }
    assert_eq!(state::rows(&scene.hub).await, before);
    assert!(std::path::Path::new("/etc/passwd").exists());
}
