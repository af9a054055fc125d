//! A hub with a host, a task and uploaded rpms.

use std::path::{Path, PathBuf};

use koji_db::{Mode, args};
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

pub const BUILDER: &str = "builder1.example.com";

/// An rpm of the test data.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rpms").join(name)
}

/// A statement, for what no method does.
pub async fn sql(hub: &TestHub, text: &'static str, args: Vec<koji_db::Arg>) -> i64 {
    let mut tx = hub.hub.db.begin(Mode::Write);
    let id = tx.maybe_int(text, args).await.unwrap();
    tx.commit().await.unwrap();
    id.unwrap_or_default()
}

/// The number that a counting statement answers.
pub async fn count(hub: &TestHub, text: &'static str) -> i64 {
    sql(hub, text, args![]).await
}

/// Makes the builder's host.
pub async fn host(hub: &TestHub) -> i64 {
    let id = sql(
        hub,
        "INSERT INTO host (user_id, name) SELECT id, name FROM users WHERE name = $1 RETURNING id",
        args![BUILDER],
    )
    .await;
    sql(
        hub,
        "INSERT INTO host_config (host_id, arches, creator_id) VALUES ($1, 'x86_64', 1) RETURNING host_id",
        args![id],
    )
    .await;
    id
}

/// An open task of `kojiadmin` that the host works on.
pub async fn task(hub: &TestHub, host: i64) -> i64 {
    sql(
        hub,
        "INSERT INTO task (state, owner, method, request, host_id, channel_id, arch, start_time) \
         VALUES (1, 1, 'build', '<?xml version=''1.0''?><methodCall><methodName>build</methodName><params/></methodCall>', \
           $1, 1, 'noarch', now()) RETURNING id",
        args![host],
    )
    .await
}

/// Puts test rpms where the task's builder uploads; their paths below `work`.
pub fn upload(hub: &TestHub, task: i64, names: &[&str]) -> Vec<String> {
    let dir = format!("tasks/{}/{task}", task % 10_000);
    let full = hub.topdir().join("work").join(&dir);
    std::fs::create_dir_all(&full).unwrap();
    names
        .iter()
        .map(|name| {
            let base = name.rsplit('/').next().unwrap();
            std::fs::copy(fixture(name), full.join(base)).unwrap();
            format!("{dir}/{base}")
        })
        .collect()
}

/// `host.initBuild`'s argument for N-V-R `fakebuilt-3.0-1.el9`.
pub fn fakebuilt(task: i64) -> Value {
    Value::record([
        ("name", "fakebuilt".into()),
        ("version", "3.0".into()),
        ("release", "1.el9".into()),
        ("epoch", Value::Nil),
        ("task_id", task.into()),
    ])
}

pub const FAKEBUILT: [&str; 3] =
    ["fakebuilt-3.0-1.el9.src.rpm", "fakebuilt-3.0-1.el9.x86_64.rpm", "fakebuilt-doc-3.0-1.el9.noarch.rpm"];
