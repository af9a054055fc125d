use koji_buildroot::{Buildroot, Choice, InstalledPackage};
use koji_localbuild::{Named, Recorded, difference};

use super::logs::Follow;
use super::place::Place;
use super::steps;
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Compare a root's packages with what the hub recorded of the server's
///
/// Name, version and digest of each. A root that only has the build group is compared with what the server's had before the
/// BuildRequires came.
///
/// Exit status: 0 the same packages, 1 not the same, or the question cannot be answered.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Name of the root
    #[arg(value_name = "ROOT")]
    root: String,
    /// Compare with this buildroot of the server [default: the one that the root is of]
    #[arg(long, value_name = "ID")]
    buildroot: Option<i64>,
}

pub async fn run(cx: &mut Cx, choice: Choice, a: Arguments) -> Result {
    let place = Place::here()?;
    place.check(&a.root)?;
    let noted = place.note(&a.root).and_then(|n| n.origin).and_then(|o| o.buildroot);
    let id = a.buildroot.or(noted).ok_or_else(|| {
        CommandError::new(format!("the root {} is of a tag, not of a buildroot of the server", a.root))
            .with_remedy("--buildroot ID names one (koji rpminfo shows it)")
    })?;
    let root = place.engine(choice)?.open(&a.root)?;
    let recorded = Recorded::of(cx.hub(), id).await?;
    let logs = root.result_dir().to_path_buf();
    let mut follow = Follow::new(cx, &logs, true);
    let (_, installed) = steps::blocking(root, &mut follow, Buildroot::installed).await?;
    if report(cx, id, &recorded, &installed?) { Ok(()) } else { Err(CommandError::status(1)) }
}

/// Prints the differences; whether there are none.
pub fn report(cx: &Cx, id: i64, recorded: &[Recorded], installed: &[InstalledPackage]) -> bool {
    let has_requires = recorded.iter().any(|r| r.is_update && r.is_installed(installed));
    let server: Vec<Named> =
        recorded.iter().filter(|r| has_requires || !r.is_update).map(Named::from).collect();
    let local: Vec<Named> = installed.iter().map(Named::from).collect();
    let changes = difference(&server, &local);
    if changes.is_empty() {
        let what = if has_requires { "with the BuildRequires" } else { "of the group" };
        cx.out.line(format!(
            "The root has the {} packages {what} of the server's buildroot {id}, digest by digest",
            local.len()
        ));
        return true;
    }
    cx.out.line(format!("{} packages are not as in the server's buildroot {id}:", changes.len()));
    for change in &changes {
        cx.out.line(change.to_string());
    }
    false
}
