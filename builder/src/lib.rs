//! `kojid`, the build daemon: pulls tasks from a hub, runs each in a process of its own.
//!
//! What it is not: it decides nothing about tags, permissions or scheduling (the hub does), and it knows no database.
//!
//! Start at [`daemon`] for the loop, at [`tasks`] for what each task method does, at [`task`] for what they have in common.

mod arches;
mod buildroot;
mod cli;
mod daemon;
mod session;
mod task;
mod tasks;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use koji_config::environment;

/// First argument of the processes that the daemon starts for its tasks.
pub const TASK_WORD: &str = "__task";

/// The command line's definition, for its manual page.
pub fn command() -> clap::Command {
    cli::Cli::command()
}

/// Runs the program: the daemon, a task of it, or the buildroot helper, by the first argument.
pub fn main() -> ExitCode {
    let word = std::env::args().nth(1);
    // before any thread exists: the helper makes namespaces
    if word.as_deref() == Some(koji_buildroot::HELPER_WORD) {
        koji_buildroot::helper_main();
    }
    let result = if word.as_deref() == Some(TASK_WORD) {
        init_log(tracing::Level::INFO);
        block_on(task::run_process())
    } else {
        let cli = cli::Cli::parse();
        let level = if cli.debug { tracing::Level::DEBUG } else { tracing::Level::INFO };
        init_log(level);
        // what is wrong with the configuration the daemon says
        if let Ok(config) = koji_config::KojidConfig::load(cli.config.as_deref()) {
            // SAFETY: nothing has started a thread yet
            unsafe { environment::set_daemon_kerberos(&config.settings.keytab, &config.settings.ccache) };
        }
        block_on(daemon::run(cli))
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            tracing::error!("{e:#}");
            ExitCode::FAILURE
        }
    }
}

fn block_on(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(work)
}

fn init_log(level: tracing::Level) {
    tracing_subscriber::fmt().with_max_level(level).with_target(false).with_writer(std::io::stderr).init();
}
