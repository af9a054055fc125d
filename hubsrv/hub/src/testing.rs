//! A hub in this process, for tests: a database of its own, a directory of its own, calls without HTTP.
//!
//! ```no_run
//! # async fn test() -> Result<(), koji_api::Fault> {
//! let hub = koji_hub::testing::TestHub::new().await;
//! let id = hub.call_as("kojiadmin", "createTag", vec!["f45".into()]).await?;
//! assert_eq!(hub.call("getTag", vec!["f45".into()]).await?.get("id"), Some(&id));
//! # Ok(())
//! # }
//! ```

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use koji_api::Fault;
use koji_api::types::{AuthType, UserType};
use koji_config::HubConfig;
use koji_db::testing::{Trouble, by_hand, database};
use koji_db::{Cluster, ClusterConfig, DATABASE, Db, Mode, args, create_database, migrate};
use koji_xmlrpc::{STARSTAR, Struct, Value};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::auth::{self, Credentials};
use crate::context::Origin;
use crate::dispatch::{Incoming, dispatch};
use crate::hub::Hub;
use crate::kept::Kept;

/// The users of every test hub, with ids from 1: name and type. The first is an admin, the last may not log in.
pub const USERS: &[(&str, UserType)] = &[
    ("kojiadmin", UserType::Normal),
    ("alice", UserType::Normal),
    ("bob", UserType::Normal),
    ("builder1.example.com", UserType::Host),
    ("builder2.example.com", UserType::Host),
    ("blocked", UserType::Normal),
];

/// A hub with its database and directory, which go with it.
pub struct TestHub {
    pub hub: Arc<Hub>,
    sessions: Mutex<HashMap<String, (i64, String)>>,
    bus: tokio::task::JoinHandle<()>,
    _server: Option<Alone>,
    dir: TempDir,
}

impl TestHub {
    /// With the options that most tests want. Panics when there is no PostgreSQL: a test cannot go on.
    pub async fn new() -> TestHub {
        Self::with_config("").await
    }

    /// With further lines of section `[hub]` of hub.conf, or further sections.
    pub async fn with_config(lines: &str) -> TestHub {
        match Self::start(lines).await {
            Ok(hub) => hub,
            Err(e) => panic!("no test hub: {e}"),
        }
    }

    /// On a server of its own.
    pub async fn alone() -> TestHub {
        match Self::start_alone().await {
            Ok(hub) => hub,
            Err(e) => panic!("no test hub: {e}"),
        }
    }

    async fn start_alone() -> Result<TestHub, Trouble> {
        let server = Alone::start().await?;
        let mut hub = Self::on(server.db.clone(), "").await?;
        hub._server = Some(server);
        Ok(hub)
    }

    async fn start(lines: &str) -> Result<TestHub, Trouble> {
        Self::on(database().await?, lines).await
    }

    async fn on(db: Db, lines: &str) -> Result<TestHub, Trouble> {
        let dir = tempfile::tempdir()?;
        let top = dir.path().join("files");
        std::fs::create_dir(&top)?;
        let text = format!(
            "[hub]\nDataDir = {}\nKojiDir = {}\nEmailDomain = example.com\nDisableNotifications = yes\nEnableMaven = yes\n\
             EnableWin = yes\nPlugins = echo sidetag runroot save_failed_tree\n{lines}\n",
            dir.path().display(),
            top.display()
        );
        let mut tx = db.begin(Mode::Write);
        for (name, usertype) in USERS {
            let status = i64::from(*name == "blocked");
            koji_db::users::create(&mut tx, name, *usertype, status).await?;
        }
        tx.execute("INSERT INTO user_perms (user_id, perm_id, creator_id) VALUES (1, 1, 1)", args![]).await?;
        tx.commit().await?;
        let hub = Arc::new(Hub::new(db, HubConfig::from_text(&text)?)?);
        let live = Arc::clone(&hub);
        let bus = tokio::spawn(async move { live.live.run(&live.db).await });
        Ok(TestHub { hub, sessions: Mutex::default(), bus, _server: None, dir })
    }

    /// Another hub process, as it were, at the same database.
    pub fn beside(&self, kept: Kept) -> Arc<Hub> {
        match Hub::new(self.hub.db.clone(), self.hub.config.clone()) {
            Ok(mut hub) => {
                hub.kept = kept;
                Arc::new(hub)
            }
            Err(e) => panic!("no hub beside the test's: {e}"),
        }
    }

    /// The top directory of its files.
    pub fn topdir(&self) -> &Path {
        Path::new(self.hub.paths.top())
    }

    /// The directory that everything of this hub is in.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// An anonymous call.
    pub async fn call(&self, method: &str, params: Vec<Value>) -> Result<Value, Fault> {
        self.send(method, params, None).await
    }

    /// A call of a logged-in user. Hosts get exclusive sessions.
    pub async fn call_as(&self, user: &str, method: &str, params: Vec<Value>) -> Result<Value, Fault> {
        let (id, key) = self.session(user).await;
        self.send(method, params, Some(Credentials { id, key, callnum: None })).await
    }

    /// A call with whatever credentials.
    pub async fn send(
        &self,
        method: &str,
        params: Vec<Value>,
        credentials: Option<Credentials>,
    ) -> Result<Value, Fault> {
        let origin = Origin { request_id: "test".into(), ip: "127.0.0.1".into(), ..Origin::default() };
        let call =
            Incoming { document: Bytes::new(), method: Some(method.to_owned()), params, credentials, origin };
        dispatch(&self.hub, call).await?.into_value(&self.hub).await
    }

    /// Makes a build host the way an administrator does; its id.
    pub async fn add_host(&self, name: &str, arches: &str) -> Result<i64, Fault> {
        let id = self.call_as(
            "kojiadmin",
            "addHost",
            vec![name.into(), arches.split(' ').collect::<Vec<_>>().into()],
        );
        id.await?.as_int().ok_or_else(|| Fault::internal("addHost answered no id"))
    }

    /// Id and key of the session of `user`, opened when there is none yet.
    pub async fn session(&self, user: &str) -> (i64, String) {
        let mut sessions = self.sessions.lock().await;
        if let Some(session) = sessions.get(user) {
            return session.clone();
        }
        let session = match self.open(user).await {
            Ok(session) => session,
            Err(e) => panic!("no session for {user}: {}", e.into_fault()),
        };
        sessions.insert(user.to_owned(), session.clone());
        session
    }

    async fn open(&self, name: &str) -> crate::fault::Outcome<(i64, String)> {
        let mut tx = self.hub.db.begin(Mode::Write);
        let user = crate::lookup::user(&mut tx, &name.into()).await?;
        let origin = Origin { ip: "127.0.0.1".into(), ..Origin::default() };
        let ip = self.hub.session_ip(&origin);
        let (id, told) = auth::open_session(&mut tx, user.id, &ip, AuthType::Normal.code(), None).await?;
        if user.usertype == UserType::Host.code() {
            auth::make_exclusive(&mut tx, id, user.id, true).await?;
        }
        tx.commit().await?;
        Ok((id, told.str_at("session-key").unwrap_or_default().to_owned()))
    }
}

impl Drop for TestHub {
    fn drop(&mut self) {
        self.bus.abort();
    }
}

/// A server with nothing but one database, made and stopped for one test: nobody else's transactions are counted on it.
struct Alone {
    db: Db,
    // the server ends before its directory
    _cluster: Cluster,
    _dir: TempDir,
}

impl Alone {
    async fn start() -> Result<Alone, Trouble> {
        let dir = tempfile::tempdir()?;
        // the server of a test that runs as root is another user's
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(dir.path(), open)?;
        let mut config = ClusterConfig::new(dir.path().join("postgres"));
        config.durable = false;
        let cluster = tokio::task::spawn_blocking(move || Cluster::start(&config)).await??;
        create_database(&cluster.options("postgres"), DATABASE).await?;
        let db = Db::new(cluster.options(DATABASE), 8);
        migrate(&db).await?;
        // it would write when it likes
        by_hand(&db, "ALTER SYSTEM SET autovacuum = off").await?;
        by_hand(&db, "SELECT pg_reload_conf()").await?;
        Ok(Alone { db, _cluster: cluster, _dir: dir })
    }
}

/// Keyword arguments, as the last parameter of a call.
pub fn kw<const N: usize>(members: [(&str, Value); N]) -> Value {
    let mut kwargs: Struct = members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    kwargs.insert(STARSTAR.into(), Value::Bool(true));
    Value::Struct(kwargs)
}
