use std::collections::BTreeMap;
use std::path::Path;

use koji_buildroot::{Buildroot, Choice, Lock, Plan};
use koji_localbuild::{Named, Recorded, difference};

use super::logs::Follow;
use super::place::Place;
use super::steps;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Say how two roots differ: packages, macros, environment
///
/// Each is the name of a root, a buildroot_lock.json, or the id of a buildroot of the server. `-` is only in the first, `+` only
/// in the second, `~` another version, `!` another file of the same version.
///
/// Exit status: 0 no difference, 1 there are some.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Name of a root, lock file or id of a buildroot
    #[arg(value_name = "FROM")]
    first: String,
    /// What it is compared with
    #[arg(value_name = "TO")]
    second: String,
}

/// What is compared.
struct Side {
    packages: Vec<Named>,
    /// Of the server's buildroots only the packages are recorded.
    plan: Option<Plan>,
}

pub async fn run(cx: &mut Cx, choice: Choice, a: Arguments) -> Result {
    let place = Place::here()?;
    let one = side(cx, &place, choice, &a.first).await?;
    let two = side(cx, &place, choice, &a.second).await?;
    let mut lines: Vec<String> =
        difference(&one.packages, &two.packages).iter().map(ToString::to_string).collect();
    if let (Some(x), Some(y)) = (&one.plan, &two.plan) {
        lines.extend(settings("macro", &x.macros, &y.macros));
        lines.extend(settings("environment", &x.environment, &y.environment));
    }
    lines.iter().for_each(|line| cx.out.line(line));
    if lines.is_empty() { Ok(()) } else { Err(CommandError::status(1)) }
}

async fn side(cx: &Cx, place: &Place, choice: Choice, text: &str) -> Result<Side> {
    if place.names().iter().any(|n| n == text) {
        let root = place.engine(choice)?.open(text)?;
        let logs = root.result_dir().to_path_buf();
        let mut follow = Follow::new(cx, &logs, true);
        let (root, installed) = steps::blocking(root, &mut follow, Buildroot::installed).await?;
        let packages = installed?.iter().map(Named::from).collect();
        return Ok(Side { packages, plan: Some(root.plan().clone()) });
    }
    if Path::new(text).is_file() {
        let lock = Lock::load(Path::new(text))?;
        let plan = lock.extra()?.map(|e| e.plan);
        return Ok(Side { packages: lock.buildroot.rpms.iter().map(Named::from).collect(), plan });
    }
    if let Ok(id) = text.parse() {
        let recorded = Recorded::of(cx.hub(), id).await?;
        return Ok(Side { packages: recorded.iter().map(Named::from).collect(), plan: None });
    }
    // names what there is
    place.check(text)?;
    Err(CommandError::new(format!("{text} is no root, no lock file and no id of a buildroot")))
}

fn settings(what: &str, a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) -> Vec<String> {
    let gone = a.iter().filter(|(k, _)| !b.contains_key(*k)).map(|(k, v)| format!("- {what} {k} {v}"));
    let come = b.iter().filter(|(k, _)| !a.contains_key(*k)).map(|(k, v)| format!("+ {what} {k} {v}"));
    let other = a.iter().filter_map(|(k, v)| {
        let new = b.get(k).filter(|new| *new != v)?;
        Some(format!("~ {what} {k} {v} -> {new}"))
    });
    gone.chain(come).chain(other).collect()
}
