use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use koji_api::types::NameOrId;
use koji_db::audit::Entry;
use koji_db::names::{self, Table};
use koji_db::users::{self, UserRef};
use koji_db::{Mode, audit};

use super::{Place, database::Database, logging, settings};

/// Grant a permission to a user or group.
#[derive(Debug, Args)]
pub(super) struct Grant {
    user: String,
    permission: String,
    /// Make the permission if there is none of that name.
    #[arg(long)]
    create: bool,
}

impl Grant {
    #[tokio::main]
    pub async fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let config = settings::load(place)?;
        logging::start(&config.settings)?;
        let database = Database::open(&config).await?;
        let granted = self.grant(&database).await;
        database.close().await;
        granted?;
        println!("granted {} to {}", self.permission, self.user);
        Ok(ExitCode::SUCCESS)
    }

    async fn grant(&self, database: &Database) -> anyhow::Result<()> {
        database.prepare().await?;
        let mut tx = database.db.begin(Mode::Write);
        let user = users::find(&mut tx, &UserRef::Text(self.user.clone())).await?;
        let user = user.with_context(|| format!("No such user: {}", self.user))?;
        let perm = if self.create {
            names::find_or_add(&mut tx, Table::Permission, &self.permission).await?
        } else {
            let which = NameOrId::Name(self.permission.clone());
            let found = names::find(&mut tx, Table::Permission, &which).await?;
            found.with_context(|| format!("No such permission: {} (--create makes it)", self.permission))?.id
        };
        if users::perms(&mut tx, user.id, false).await?.contains(&self.permission) {
            anyhow::bail!("user {} already has permission: {}", self.user, self.permission);
        }
        // whoever is at the console has no account; the row needs a creator
        tx.set_user(Some(user.id));
        users::grant(&mut tx, user.id, perm).await?;
        audit::write(&mut tx, &console("admin grant", &[&self.user, &self.permission])).await?;
        Ok(tx.commit().await?)
    }
}

/// A line of the audit log for what was done on the hub's machine.
pub(super) fn console(method: &str, params: &[&str]) -> Entry {
    Entry {
        user_name: koji_config::environment::user_name(),
        ip: "console".into(),
        method: method.to_owned(),
        params: format!("{params:?}"),
        ..Entry::default()
    }
}
