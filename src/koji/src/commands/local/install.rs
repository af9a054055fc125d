use koji_buildroot::Choice;

use super::logs::Follow;
use super::place::Place;
use super::steps;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Install more packages into a root
///
/// They come from the repository that the root was made of; what was written in the root stays.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Name of the root
    #[arg(value_name = "ROOT")]
    root: String,
    /// Names of packages, or anything else that dnf takes
    #[arg(value_name = "PKG", required = true)]
    packages: Vec<String>,
}

pub async fn run(cx: &mut Cx, choice: Choice, a: Arguments) -> Result {
    if let Some(odd) = a.packages.iter().find(|p| p.starts_with('-')) {
        return Err(CommandError::usage(format!("{odd} is no name of a package")));
    }
    let place = Place::here()?;
    place.check(&a.root)?;
    let root = place.engine(choice)?.open(&a.root)?;
    let logs = root.result_dir().to_path_buf();
    let mut follow = Follow::new(cx, &logs, false);
    let packages = a.packages.clone();
    let (_, outcome) = steps::step(root, &mut follow, move |r| r.install(&packages)).await?;
    if outcome.succeeded() {
        cx.out.line(format!("Installed {} into {}", a.packages.join(", "), a.root));
        return Ok(());
    }
    steps::explain(cx, "cannot install", &outcome, &logs);
    Err(CommandError::status(1))
}
