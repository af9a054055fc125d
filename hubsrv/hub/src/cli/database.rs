//! The database that the settings name, or the private one.

use anyhow::Context as _;
use koji_config::{HubConfig, environment};
use koji_db::{Address, Cluster, ClusterConfig, DATABASE, Db, SchemaState, create_database, migrate, state};

/// A way to the database, and the private server if this process has a part in it.
pub(super) struct Database {
    pub db: Db,
    cluster: Option<Cluster>,
    /// Where it is, for people.
    pub shown: String,
}

impl Database {
    /// Starts the private server if there is no other and it is not running. Nothing is looked at yet.
    pub async fn open(config: &HubConfig) -> anyhow::Result<Database> {
        let s = &config.settings;
        if config.has_database() {
            let address = Address {
                connection_string: s.db_connection_string.clone(),
                name: s.db_name.clone(),
                user: s.db_user.clone(),
                host: s.db_host.clone(),
                port: s.db_port,
                password: s.db_pass.clone(),
            };
            let options = address.options()?;
            let place = options.get_socket().map_or_else(
                || format!("{}:{}", options.get_host(), options.get_port()),
                |socket| socket.display().to_string(),
            );
            let name = options.get_database().unwrap_or(options.get_username());
            let shown = format!("{name} on {place}");
            return Ok(Database { db: Db::new(options, s.db_pool_size), cluster: None, shown });
        }
        let mut cluster = ClusterConfig::new(s.data_dir.join("postgres"));
        let found = environment::find_program("initdb").and_then(|p| p.canonicalize().ok());
        let beside = found.and_then(|p| p.parent().map(std::path::Path::to_path_buf));
        cluster.bin = s.postgres_bin.iter().cloned().chain(beside).collect();
        cluster.user.clone_from(&s.postgres_user);
        let cluster = tokio::task::spawn_blocking(move || Cluster::start(&cluster)).await??;
        create_database(&cluster.options("postgres"), DATABASE).await?;
        let db = Db::new(cluster.options(DATABASE), s.db_pool_size);
        let shown = format!("private PostgreSQL in {}", cluster.dir().display());
        Ok(Database { db, cluster: Some(cluster), shown })
    }

    /// Sees to it that the tables are there. The private database is the hub's own matter; somebody else's is only
    /// changed when asked to.
    pub async fn prepare(&self) -> anyhow::Result<()> {
        if self.cluster.is_some() {
            migrate(&self.db).await.with_context(|| self.shown.clone())?;
            return Ok(());
        }
        match state(&self.db).await.with_context(|| self.shown.clone())? {
            SchemaState::Current => Ok(()),
            SchemaState::Empty => {
                anyhow::bail!("the database {} is empty; run: koji-hub admin migrate", self.shown)
            }
            SchemaState::Behind { .. } => anyhow::bail!(
                "the database {} has Koji's tables but not this hub's own; run: koji-hub admin migrate \
                 (it only adds tables and indexes called hub_*)",
                self.shown
            ),
        }
    }

    /// Closes the connections, and stops the private server if this process started it.
    pub async fn close(self) {
        self.db.pool().close().await;
        if let Some(cluster) = self.cluster {
            let _ = tokio::task::spawn_blocking(move || cluster.stop()).await;
        }
    }
}
