use koji_buildroot::{Choice, Command};

use super::place::Place;
use super::screen;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Enter a root
///
/// As the build user, without a network, as builds are. What is changed stays until the root is removed.
///
/// Exit status: that of the shell or command.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Name of the root
    #[arg(value_name = "ROOT")]
    root: String,
    /// Command to run instead of a shell
    #[arg(value_name = "WORD", last = true)]
    command: Vec<String>,
    /// As root
    #[arg(long)]
    root_user: bool,
    /// With the network of this machine
    #[arg(long)]
    network: bool,
}

pub async fn run(_: &mut Cx, choice: Choice, a: Arguments) -> Result {
    let place = Place::here()?;
    place.check(&a.root)?;
    let root = place.engine(choice)?.open(&a.root)?;
    let command = Command { argv: a.command, as_root: a.root_user, network: a.network, ..Command::default() };
    let (_, status) = screen::enter(root, command).await?;
    match u8::try_from(status) {
        Ok(0) => Ok(()),
        Ok(status) => Err(CommandError::status(status)),
        Err(_) => Err(CommandError::status(1)),
    }
}
