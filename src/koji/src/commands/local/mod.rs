//! `koji local`: the server's buildroots on this machine. One file a subcommand; what they share is in `place`, `make`,
//! `steps` and `logs`.

mod build;
mod cache;
mod diff;
mod gc;
mod init;
mod input;
mod install;
mod list;
mod lock;
mod logs;
mod make;
mod place;
pub mod repro;
mod rm;
mod screen;
mod shell;
mod steps;
mod verify;

use clap::ValueEnum;
use koji_buildroot::Choice;

use crate::context::Cx;
use crate::error::Result;

/// Buildroots like the server's on this machine
///
/// Makes a root from the packages that a build tag has now, or that a task's buildroot had then, and builds in it as a builder
/// does: the same groups, macros, environment, user, limits and no network. It needs no root where user namespaces are
/// allowed; `koji doctor` says what is missing. Works with every hub, and needs no login.
///
/// Roots are kept below ~/.cache/koji (or $XDG_CACHE_HOME/koji), packages once for all of them.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// How roots are made: auto is mock where it is installed
    #[arg(long, global = true, value_name = "ENGINE", default_value = "auto")]
    engine: EngineName,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EngineName {
    Auto,
    Mock,
    Native,
}

impl From<EngineName> for Choice {
    fn from(name: EngineName) -> Choice {
        match name {
            EngineName::Auto => Choice::Auto,
            EngineName::Mock => Choice::Mock,
            EngineName::Native => Choice::Native,
        }
    }
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Init(init::Arguments),
    Build(Box<build::Arguments>),
    Shell(shell::Arguments),
    List(list::Arguments),
    Rm(rm::Arguments),
    Gc(gc::Arguments),
    Install(install::Arguments),
    Diff(diff::Arguments),
    Cache(cache::Arguments),
    Lock(lock::Arguments),
    Verify(verify::Arguments),
}

/// Names of the roots there are.
pub fn names() -> Vec<String> {
    place::Place::here().map(|place| place.names()).unwrap_or_default()
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let engine = a.engine.into();
    match a.action {
        Action::Init(a) => init::run(cx, engine, a).await,
        Action::Build(a) => build::run(cx, engine, *a).await,
        Action::Shell(a) => shell::run(cx, engine, a).await,
        Action::List(a) => list::run(cx, a),
        Action::Rm(a) => rm::run(cx, engine, &a),
        Action::Gc(a) => gc::run(cx, engine, &a),
        Action::Install(a) => install::run(cx, engine, a).await,
        Action::Diff(a) => diff::run(cx, engine, a).await,
        Action::Cache(a) => cache::run(cx, a),
        Action::Lock(a) => lock::run(cx, engine, a).await,
        Action::Verify(a) => verify::run(cx, engine, a).await,
    }
}
