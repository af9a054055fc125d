//! Databases for tests: one private cluster for all test processes of a user, one database a test.
//!
//! The cluster forces nothing to the disk and stays for the next run; a small watcher stops its server some seconds after
//! the last test process has ended.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use nix::fcntl::{Flock, FlockArg};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};
use tokio::sync::OnceCell;

use crate::schema::{OURS, quoted};
use crate::{Cluster, ClusterConfig, Db, KOJI, migrate};

/// Why there is no test database.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;

struct Shared {
    cluster: Cluster,
    template: String,
    /// Held as long as this process lives.
    _user: Flock<File>,
}

static SHARED: OnceCell<Shared> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

/// A new database with all tables and seeds; later test processes remove it.
pub async fn database() -> Result<Db, Trouble> {
    Ok(Db::new(create(true).await?, 8))
}

/// How to reach a new database without any table.
pub async fn empty_database() -> Result<PgConnectOptions, Trouble> {
    create(false).await
}

/// Statements that no hub makes, as an administrator's in psql.
pub async fn by_hand(db: &Db, sql: &'static str) -> Result<(), Trouble> {
    sqlx::raw_sql(sql).execute(db.pool()).await?;
    Ok(())
}

async fn create(with_tables: bool) -> Result<PgConnectOptions, Trouble> {
    let shared = SHARED.get_or_try_init(start).await?;
    let name = format!("t_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut connection = shared.cluster.options("postgres").connect().await?;
    let template = if with_tables { &shared.template } else { "template0" };
    let sql = format!("CREATE DATABASE {} TEMPLATE {}", quoted(&name), quoted(template));
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await?;
    Ok(shared.cluster.options(&name))
}

async fn start() -> Result<Shared, Trouble> {
    let (cluster, user) = tokio::task::spawn_blocking(start_cluster).await??;
    let mut connection = cluster.options("postgres").connect().await?;
    sqlx::query("SELECT pg_advisory_lock(1)").execute(&mut connection).await?;
    let template = format!("koji_{:016x}", hash(&[&[KOJI], OURS].concat()));
    remove_leftovers(&mut connection, &template).await?;
    let made: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&template)
        .fetch_optional(&mut connection)
        .await?;
    if made.is_none() {
        let new = format!("{template}_new");
        for sql in [format!("DROP DATABASE IF EXISTS {new} WITH (FORCE)"), format!("CREATE DATABASE {new}")] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        }
        let db = Db::new(cluster.options(&new), 1);
        migrate(&db).await?;
        db.pool().close().await;
        let sql = format!("ALTER DATABASE {new} RENAME TO {template}");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    }
    connection.close().await?;
    Ok(Shared { cluster, template, _user: user })
}

fn start_cluster() -> Result<(Cluster, Flock<File>), Trouble> {
    let base: PathBuf = std::env::temp_dir().join(format!("koji-test-{}", nix::unistd::geteuid()));
    fs::create_dir_all(&base)?;
    let users = base.join("users.lock");
    let file = File::options().create(true).truncate(false).write(true).open(&users)?;
    // waits while the watcher stops a server
    let user = Flock::lock(file, FlockArg::LockShared).map_err(|(_, e)| e)?;
    let mut config = ClusterConfig::new(base.join("postgres"));
    config.durable = false;
    config.stop_with_us = false;
    let cluster = Cluster::start(&config)?;
    let Some(pid) = cluster.pid() else { return Err("the test cluster has no server".into()) };
    let watched = base.join(format!("watched-{pid}"));
    if File::options().create_new(true).write(true).open(&watched).is_ok() {
        // five looks in a row without a test process end the server; under the lock, so that none starts meanwhile
        let script = "n=0; while [ $n -lt 5 ]; do sleep 1; kill -0 $1 2>/dev/null || break; \
                      if flock -n -x \"$0\" true; then n=$((n + 1)); else n=0; fi; done; \
                      flock -x \"$0\" sh -c 'kill -INT $0; while kill -0 $0 2>/dev/null; do sleep 0.1; done' $1 2>/dev/null; \
                      rm -f \"$2\"";
        Command::new("sh")
            .args(["-c", script])
            .arg(&users)
            .arg(pid.to_string())
            .arg(&watched)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
    }
    Ok((cluster, user))
}

/// Databases of processes that are gone, and templates of other versions of the schema.
async fn remove_leftovers(connection: &mut PgConnection, template: &str) -> Result<(), Trouble> {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT datname::text FROM pg_database WHERE datname ~ '^(t|koji)_'")
            .fetch_all(&mut *connection)
            .await?;
    for name in names {
        let gone = match name.strip_prefix("t_").and_then(|rest| rest.split('_').next()) {
            Some(pid) => !PathBuf::from(format!("/proc/{pid}")).exists(),
            None => name != template,
        };
        if gone {
            let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(&name));
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|t| t.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}
