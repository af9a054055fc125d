//! The private cluster: made, restarted, shared, stopped.

// helpers of tests may panic
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::time::{Duration, Instant};

use koji_db::{Cluster, ClusterConfig, ClusterError, Db};

fn config(dir: &Path) -> ClusterConfig {
    let mut config = ClusterConfig::new(
        dir.join("deep/enough/to/make/a/socket/path/too/long/for/the/kernel/which/has/a/limit/postgres"),
    );
    config.durable = false;
    config
}

/// A directory that any account can enter.
fn directory() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

async fn start(config: ClusterConfig) -> Result<Cluster, ClusterError> {
    tokio::task::spawn_blocking(move || Cluster::start(&config)).await.unwrap()
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(30);
    while !holds().await {
        assert!(Instant::now() < limit, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn signal(pid: u32, signal: nix::sys::signal::Signal) {
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid.try_into().unwrap()), signal).unwrap();
}

#[tokio::test]
async fn it_comes_back_after_a_kill_and_goes_with_us() {
    let dir = directory();
    let cluster = start(config(dir.path())).await.unwrap();
    let db = Db::new(cluster.options("postgres"), 4);
    db.ping().await.unwrap();

    let pid = cluster.pid().unwrap();
    signal(pid, nix::sys::signal::Signal::SIGKILL);
    until("a new server", async || cluster.pid().is_some_and(|p| p != pid) && db.ping().await.is_ok()).await;

    // a second process of the same directory uses this server, and has its own when it goes
    let second = start(config(dir.path())).await.unwrap();
    let pid = cluster.pid().unwrap();
    assert_eq!(second.pid(), Some(pid));
    tokio::task::spawn_blocking(move || cluster.stop()).await.unwrap();
    let db = Db::new(second.options("postgres"), 4);
    until("the second's own server", async || {
        second.pid().is_some_and(|p| p != pid) && db.ping().await.is_ok()
    })
    .await;

    let pid = second.pid().unwrap();
    let data = second.dir().to_path_buf();
    tokio::task::spawn_blocking(move || second.stop()).await.unwrap();
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    assert!(db.ping().await.is_err());

    // the file of a server that is gone, whose number another process has now
    std::fs::write(data.join("postmaster.pid"), format!("{}\n{}\n", std::process::id(), data.display()))
        .unwrap();
    let third = start(config(dir.path())).await.unwrap();
    assert!(third.pid().is_some());

    tokio::task::spawn_blocking(move || third.stop()).await.unwrap();
    std::fs::write(data.join("PG_VERSION"), "9\n").unwrap();
    let error = start(config(dir.path())).await.unwrap_err().to_string();
    assert!(error.contains("was made by PostgreSQL 9, and this machine has "), "{error}");
}

#[tokio::test]
async fn a_machine_without_the_account_says_so() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let dir = directory();
    let mut config = config(dir.path());
    config.user = Some("no-such-account".into());
    let error = start(config).await.unwrap_err().to_string();
    assert!(error.contains("no-such-account") && error.contains("PostgresUser"), "{error}");
}

/// Below a directory that only root can enter, such as root's home.
#[tokio::test]
async fn a_place_that_its_account_cannot_reach_is_left_for_one_that_it_can() {
    use std::os::unix::fs::PermissionsExt;
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let dir = directory();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut config = ClusterConfig::new(dir.path().join("postgres"));
    config.durable = false;
    let mut places = Vec::new();
    for _ in 0..2 {
        let cluster = start(config.clone()).await.unwrap();
        Db::new(cluster.options("postgres"), 1).ping().await.unwrap();
        places.push(cluster.dir().to_path_buf());
        tokio::task::spawn_blocking(move || cluster.stop()).await.unwrap();
    }
    assert!(places[0].starts_with("/var/lib/koji-hub") && places[0] == places[1], "{places:?}");
    assert_eq!(std::fs::read_link(dir.path().join("postgres")).unwrap(), places[0]);
    std::fs::remove_dir_all(&places[0]).unwrap();
    std::fs::remove_file(places[0].with_extension("lock")).unwrap();
}
