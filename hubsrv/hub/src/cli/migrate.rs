use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use koji_db::{Migration, SchemaState, migrate, state};

use super::{Place, database::Database, logging, settings};

/// Make the tables in an empty database, or add this hub's own to Koji's.
#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// Only look: status 0 when there is nothing to do, else 1.
    #[arg(long)]
    check: bool,
}

impl Migrate {
    #[tokio::main]
    pub async fn run(self, place: &Place) -> anyhow::Result<ExitCode> {
        let config = settings::load(place)?;
        logging::start(&config.settings)?;
        let database = Database::open(&config).await?;
        let done = self.look_or_migrate(&database).await.with_context(|| database.shown.clone());
        database.close().await;
        done
    }

    async fn look_or_migrate(&self, database: &Database) -> anyhow::Result<ExitCode> {
        if self.check {
            return Ok(match state(&database.db).await? {
                SchemaState::Current => {
                    println!("the database is up to date");
                    ExitCode::SUCCESS
                }
                SchemaState::Empty => {
                    println!("the database is empty: all tables would be made");
                    ExitCode::FAILURE
                }
                SchemaState::Behind { version } => {
                    println!(
                        "the hub's own tables are of version {version} and would be added to; Koji's stay as they are"
                    );
                    ExitCode::FAILURE
                }
            });
        }
        match migrate(&database.db).await? {
            Migration::Nothing => println!("the database is up to date"),
            Migration::Created => println!("made all tables"),
            Migration::Updated { from } => println!("updated the hub's own tables from version {from}"),
        }
        Ok(ExitCode::SUCCESS)
    }
}
