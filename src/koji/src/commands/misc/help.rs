use koji_config::ClientSources;

use crate::error::{CommandError, Result};
use crate::help;
use crate::output::Output;

/// List the commands
///
/// Without a category: those of all categories.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// admin, build, search, download, monitor, info, bind or misc; all stands for every one
    #[arg(value_name = "CATEGORY")]
    categories: Vec<String>,
    #[arg(long, hide = true)]
    admin: bool,
}

pub fn run(_: &ClientSources, _: &Output, a: Arguments) -> Result {
    let mut names: Vec<&str> = a.categories.iter().map(String::as_str).collect();
    if a.admin {
        names = vec!["admin"];
    }
    if names.is_empty() || names.contains(&"all") {
        help::print_all();
    } else if !help::print(&names) {
        return Err(CommandError::status(1));
    }
    Ok(())
}
