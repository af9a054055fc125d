use koji_buildroot::Choice;

use super::place::Place;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Remove roots
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Names of the roots
    #[arg(value_name = "ROOT", required_unless_present = "all")]
    roots: Vec<String>,
    /// All of them
    #[arg(long)]
    all: bool,
}

pub fn run(cx: &Cx, choice: Choice, a: &Arguments) -> Result {
    let place = Place::here()?;
    let names = if a.all { place.names() } else { a.roots.clone() };
    names.iter().try_for_each(|name| place.check(name))?;
    if names.is_empty() {
        return Ok(());
    }
    let engine = place.engine(choice)?;
    for name in &names {
        engine.remove(name)?;
        if place.dir(name).exists() {
            return Err(CommandError::new(format!("the root {name} could not be removed")));
        }
        cx.out.line(format!("Removed {name}"));
    }
    Ok(())
}
