use std::io::BufRead as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use koji_db::users::{self, UserRef};
use koji_db::{Mode, audit, sessions};

use super::{Place, database::Database, logging, settings};

/// Set a user's password; it is read from the first line of stdin.
#[derive(Debug, Args)]
pub(super) struct SetPassword {
    user: String,
}

impl SetPassword {
    #[tokio::main]
    pub async fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let config = settings::load(place)?;
        logging::start(&config.settings)?;
        let hash = hashed(&from_stdin()?)?;
        let database = Database::open(&config).await?;
        let set = self.set(&database, &hash).await;
        database.close().await;
        set?;
        println!("set the password of {}", self.user);
        Ok(ExitCode::SUCCESS)
    }

    async fn set(&self, database: &Database, hash: &str) -> anyhow::Result<()> {
        database.prepare().await?;
        let mut tx = database.db.begin(Mode::Write);
        let user = users::find(&mut tx, &UserRef::Text(self.user.clone())).await?;
        let user = user.with_context(|| format!("No such user: {}", self.user))?;
        anyhow::ensure!(!user.is_group(), "{} is a group", self.user);
        sessions::set_password(&mut tx, user.id, hash).await?;
        audit::write(&mut tx, &super::grant::console("admin set-password", &[&self.user])).await?;
        Ok(tx.commit().await?)
    }
}

/// A password from the first line of stdin.
pub(super) fn from_stdin() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the password from stdin")?;
    let password = line.trim_end_matches(['\n', '\r']).to_owned();
    anyhow::ensure!(!password.is_empty(), "there is no password on stdin");
    Ok(password)
}

pub(super) fn hashed(password: &str) -> anyhow::Result<String> {
    crate::auth::hash_password(password).map_err(|e| anyhow::anyhow!("the password cannot be hashed: {e}"))
}
