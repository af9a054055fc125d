//! `kojira`, the repository daemon: expires and deletes repositories, watches external ones, keeps the hub's request queue
//! and automatic regeneration going.
//!
//! What it is not: it makes no repositories (builders do, for tasks of the hub's queue), and it decides by what the hub
//! answers, never by a database.
//!
//! Start at [`daemon`]; the rules by which a repository ends are in [`rules`].

mod cli;
mod daemon;
mod delete;
mod external;
mod prune;
mod rules;
mod session;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

/// The command line's definition, for its manual page.
pub fn command() -> clap::Command {
    cli::Cli::command()
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // what is wrong with the configuration the daemon says
    if let Ok(mut config) = koji_config::KojiraConfig::load(cli.config.as_deref()) {
        cli.apply(&mut config.settings);
        // SAFETY: nothing has started a thread yet
        unsafe {
            koji_config::environment::set_daemon_kerberos(&config.settings.keytab, &config.settings.ccache)
        };
    }
    let done = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(daemon::run(cli)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("kojira: {e:#}");
            ExitCode::FAILURE
        }
    }
}
