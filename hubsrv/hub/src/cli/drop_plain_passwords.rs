use std::process::ExitCode;

use clap::Args;
use koji_db::{Mode, audit, sessions};

use super::{Place, database::Database, logging, settings};

/// Remove the passwords that upstream's hub keeps as plain text.
///
/// On a database that an upstream hub has made, users log in with the passwords of its column until they get one of this
/// hub (set-password), which stores a hash only. This command empties the column. It says whose logins by password end
/// with that, and does nothing without --yes. Logins by certificate or Kerberos go on. An upstream hub that still uses
/// the database takes no passwords any more.
#[derive(Debug, Args)]
pub(super) struct DropPlainPasswords {
    /// Do it
    #[arg(long)]
    yes: bool,
}

impl DropPlainPasswords {
    #[tokio::main]
    pub async fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let config = settings::load(place)?;
        logging::start(&config.settings)?;
        let database = Database::open(&config).await?;
        let done = self.work(&database).await;
        database.close().await;
        done
    }

    async fn work(&self, database: &Database) -> anyhow::Result<ExitCode> {
        database.prepare().await?;
        let mut tx = database.db.begin(Mode::Write);
        let users = sessions::plain_passwords(&mut tx).await?;
        if users.is_empty() {
            println!("there are no plain passwords");
            return Ok(ExitCode::SUCCESS);
        }
        for (name, has_hash) in &users {
            let then =
                if *has_hash { "keeps the password of this hub" } else { "can no longer log in by password" };
            println!("{name}: {then}");
        }
        if !self.yes {
            println!("nothing was changed: --yes removes the plain passwords of {}", count(users.len()));
            return Ok(ExitCode::FAILURE);
        }
        sessions::drop_plain_passwords(&mut tx).await?;
        audit::write(&mut tx, &super::grant::console("admin drop-plain-passwords", &[])).await?;
        tx.commit().await?;
        println!("removed the plain passwords of {}", count(users.len()));
        Ok(ExitCode::SUCCESS)
    }
}

fn count(users: usize) -> String {
    format!("{users} user{}", if users == 1 { "" } else { "s" })
}
