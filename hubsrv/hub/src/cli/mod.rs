//! The command line.

mod add_user;
mod database;
mod drop_plain_passwords;
mod grant;
mod limits;
mod logging;
mod memory;
mod migrate;
mod serve;
mod set_password;
mod settings;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};

/// The server of a Koji build system: XML-RPC API, scheduler and file store.
#[derive(Debug, Parser)]
#[command(name = "koji-hub", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    #[command(subcommand)]
    Admin(Admin),
}

/// Manage the hub's database from its own machine, whether the hub is running or not.
#[derive(Debug, Subcommand)]
enum Admin {
    AddUser(add_user::AddUser),
    SetPassword(set_password::SetPassword),
    Grant(grant::Grant),
    Migrate(migrate::Migrate),
    DropPlainPasswords(drop_plain_passwords::DropPlainPasswords),
}

/// Where the settings are.
#[derive(Debug, Args)]
struct Place {
    /// The configuration file. Without it and without --data: /etc/koji-hub/hub.conf, if there is one.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// The directory for all of the hub's data: its private PostgreSQL and, unless KojiDir is set, the files.
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
}

/// The command line's definition, for its manual page.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program. Errors go to stderr in one line: what, why, and what to do where that is known.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(command) => command.run(&cli.place),
        Command::Admin(Admin::AddUser(command)) => command.run(&cli.place),
        Command::Admin(Admin::SetPassword(command)) => command.run(&cli.place),
        Command::Admin(Admin::Grant(command)) => command.run(&cli.place),
        Command::Admin(Admin::Migrate(command)) => command.run(&cli.place),
        Command::Admin(Admin::DropPlainPasswords(command)) => command.run(&cli.place),
    };
    match done {
        Ok(code) => code,
        Err(e) => {
            eprintln!("koji-hub: {e:#}");
            ExitCode::FAILURE
        }
    }
}
