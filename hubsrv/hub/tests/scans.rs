//! Calls that name what they want do not read tables that grow for ever from end to end: what PostgreSQL counts as read by
//! sequential scans, over the data of `make bench-hub`.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use koji_db::{Db, Mode, args};
use koji_hub::context::Origin;
use koji_hub::dispatch::{Incoming, dispatch};
use koji_hub::hub::Hub;
use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::Value;

/// Tables that get rows as long as a hub lives.
const GROWING: &[&str] = &[
    "archiveinfo",
    "build",
    "build_types",
    "buildroot",
    "buildroot_listing",
    "events",
    "package",
    "repo",
    "rpminfo",
    "rpmsigs",
    "sessions",
    "standard_buildroot",
    "tag_listing",
    "tag_package_owners",
    "tag_packages",
    "tag_updates",
    "task",
];
/// Rows that a scan may read: of what is small by itself.
const FEW: i64 = 200;

/// Rows read by sequential scans so far, by table. PostgreSQL 15 and later tell at once.
async fn scanned(db: &Db) -> BTreeMap<String, i64> {
    // the connection for single statements, and the one for transactions
    for mut tx in [db.begin(Mode::Read).first_alone(), db.begin(Mode::Read)] {
        tx.maybe_text("SELECT pg_stat_force_next_flush()::text", args![]).await.unwrap();
        tx.commit().await.unwrap();
    }
    let sql = "SELECT relname::text, seq_tup_read FROM pg_stat_user_tables WHERE relname = ANY ($1)";
    let rows: Vec<(String, i64)> = db
        .begin(Mode::Read)
        .rows_as(sql, args![GROWING.iter().map(|t| (*t).to_owned()).collect::<Vec<String>>()])
        .await
        .unwrap();
    rows.into_iter().collect()
}

fn calls() -> Vec<(&'static str, Vec<Value>)> {
    let nvra = "lib-pkg00010-1.0-1.x86_64";
    vec![
        ("getBuild", vec![1234.into()]),
        ("getTaskInfo", vec![1234.into(), true.into()]),
        ("getTaskInfo", vec![Value::Array(vec![5.into(), 6.into()])]),
        ("getTaskChildren", vec![1234.into()]),
        ("getTaskDescendents", vec![1234.into()]),
        ("getTaskResult", vec![1234.into()]),
        ("listTaskOutput", vec![1234.into()]),
        ("getRPM", vec![4321.into()]),
        ("getRPM", vec![nvra.into()]),
        ("listRPMs", vec![1234.into()]),
        ("listRPMs", vec![Value::Nil, 100.into()]),
        ("queryRPMSigs", vec![kw([("rpm_id", 4321.into())])]),
        ("listTags", vec![1234.into()]),
        ("listBuilds", vec![kw([("packageID", 77.into())])]),
        ("listBuilds", vec![kw([("taskID", 1234.into())])]),
        ("listArchives", vec![1234.into()]),
        ("getBuildType", vec![1234.into()]),
        ("getBuildroot", vec![100.into()]),
        ("listBuildroots", vec![kw([("taskID", 1234.into())])]),
        ("getPackage", vec!["lib-pkg00010".into()]),
        ("getEvent", vec![1234.into()]),
        ("getLastEvent", vec![]),
        ("getTag", vec!["dist-base".into()]),
        ("listTagged", vec!["side-a".into(), kw([("package", "lib-pkg00010".into())])]),
        ("getLatestBuilds", vec!["dist-build".into(), Value::Nil, "lib-pkg00010".into()]),
        ("checkTagPackage", vec!["dist-build".into(), "lib-pkg00010".into()]),
        ("getPackageConfig", vec!["dist-build".into(), "lib-pkg00010".into()]),
        (
            "getNextRelease",
            vec![Value::record([
                ("name", "lib-pkg00010".into()),
                ("version", "9".into()),
                ("release", "1".into()),
            ])],
        ),
        ("queryHistory", vec![kw([("build", 1234.into())])]),
        ("tagChangedSinceEvent", vec![19_990.into(), Value::Array(vec![9.into()])]),
        ("getAverageBuildDuration", vec!["lib-pkg00010".into()]),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_with_an_id_scan_nothing_that_grows() {
    let test = TestHub::new().await;
    let options = (*test.hub.db.pool().connect_options()).clone();
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/bench/data.sql");
    let fill = Command::new("psql")
        .args([
            "--no-psqlrc",
            "--quiet",
            "--username",
            options.get_username(),
            "--dbname",
            options.get_database().unwrap(),
        ])
        .arg("--host")
        .arg(options.get_socket().unwrap())
        .args(["-v", "scale=0.5", "-f"])
        .arg(data)
        .output()
        .unwrap();
    assert!(fill.status.success(), "{}", String::from_utf8_lossy(&fill.stderr));
    // one connection for each purpose, so that they alone have something to tell
    let db = Db::new(options, 1);
    if db
        .begin(Mode::Read)
        .int("SELECT current_setting('server_version_num')::bigint", args![])
        .await
        .unwrap()
        < 150_000
    {
        return;
    }
    let hub = Arc::new(Hub::new(db.clone(), test.hub.config.clone()).unwrap());
    let ask = async |method: &str, params: Vec<Value>| {
        let origin = Origin { request_id: "test".into(), ip: "127.0.0.1".into(), ..Origin::default() };
        let call = Incoming {
            document: bytes::Bytes::new(),
            method: Some(method.into()),
            params,
            credentials: None,
            origin,
        };
        dispatch(&hub, call).await?.into_value(&hub).await
    };
    let mut bad = Vec::new();
    let mut before = scanned(&db).await;
    for (method, params) in calls() {
        let shown = format!("{method} {params:?}");
        let answer = ask(method, params).await;
        let after = scanned(&db).await;
        for (table, rows) in &after {
            let read = rows - before.get(table).copied().unwrap_or_default();
            if read > FEW {
                bad.push(format!("{shown} read {read} rows of {table}"));
            }
        }
        if let Err(fault) = answer {
            println!("{shown}: {}", fault.message);
        }
        before = after;
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    // it is seen when one is
    ask("listBuilds", vec![kw([("queryOpts", Value::record([("countOnly", true.into())]))])]).await.unwrap();
    assert!(scanned(&db).await["build"] > before["build"] + FEW);
}
