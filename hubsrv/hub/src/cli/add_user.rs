use std::process::ExitCode;

use clap::Args;
use koji_api::types::{UserStatus, UserType};
use koji_db::names::{self, Table};
use koji_db::users::{self, UserRef};
use koji_db::{Mode, audit, sessions};
use koji_xmlrpc::Value;

use super::set_password::{from_stdin, hashed};
use super::{Place, database::Database, logging, settings};

/// Create a user, or the account of a build host.
#[derive(Debug, Args)]
pub(super) struct AddUser {
    name: String,
    /// Read the password from the first line of stdin. Without it the user cannot log in by password.
    #[arg(long)]
    password_stdin: bool,
    /// Grant the permission admin.
    #[arg(long)]
    admin: bool,
    /// The account of a build host; `koji add-host` then makes it one.
    #[arg(long)]
    host: bool,
    /// The user may not log in.
    #[arg(long)]
    disabled: bool,
}

impl AddUser {
    #[tokio::main]
    pub async fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let config = settings::load(place)?;
        logging::start(&config.settings)?;
        let rules = crate::names::NameRules::new(&config.settings)?;
        rules.user(&Value::from(&self.name))?;
        let password = if self.password_stdin { Some(from_stdin()?) } else { None };
        let database = Database::open(&config).await?;
        let added = self.add(&database, password).await;
        database.close().await;
        let id = added?;
        println!("added user {} with id {id}", self.name);
        Ok(ExitCode::SUCCESS)
    }

    async fn add(&self, database: &Database, password: Option<String>) -> anyhow::Result<i64> {
        database.prepare().await?;
        let hash = password.map(|p| hashed(&p)).transpose()?;
        let mut tx = database.db.begin(Mode::Write);
        if users::find(&mut tx, &UserRef::Text(self.name.clone())).await?.is_some() {
            anyhow::bail!("user already exists: {}", self.name);
        }
        let usertype = if self.host { UserType::Host } else { UserType::Normal };
        let status = if self.disabled { UserStatus::Blocked } else { UserStatus::Normal };
        let id = users::create(&mut tx, &self.name, usertype, status.code()).await?;
        if let Some(hash) = hash {
            sessions::set_password(&mut tx, id, &hash).await?;
        }
        if self.admin {
            // the first admin has nobody else to be granted by
            tx.set_user(Some(id));
            let perm = names::find_or_add(&mut tx, Table::Permission, "admin").await?;
            users::grant(&mut tx, id, perm).await?;
        }
        audit::write(&mut tx, &super::grant::console("admin add-user", &[&self.name])).await?;
        tx.commit().await?;
        Ok(id)
    }
}
