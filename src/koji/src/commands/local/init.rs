use koji_buildroot::Choice;
use koji_localbuild::{Origin, Wanted};

use super::make::{self, Basis, By, Hub};
use super::place::{self, Place};
use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Make a root
///
/// Of a tag or target: with the build group of its latest repository. Of a build or task: with exactly the packages that the
/// server's buildroot had, even after its repository is gone; each is checked against what the hub recorded.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Tag, target, build or task
    #[arg(value_name = "TAG|TARGET|BUILD|TASK", required_unless_present = "buildroot")]
    of: Option<String>,
    /// As this buildroot of the server
    #[arg(long, value_name = "ID", conflicts_with = "of")]
    buildroot: Option<i64>,
    /// Arch of the root [default: this machine's, where there is a choice]
    #[arg(short, long)]
    arch: Option<String>,
    /// Name of the root [default: what it is of]
    #[arg(short, long, value_name = "NEW-NAME")]
    name: Option<String>,
    /// Of a build or task: the build group of the repository it used, not the recorded packages
    #[arg(long)]
    from_repo: bool,
    /// Replace a root of the same name
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, choice: Choice, a: Arguments) -> Result {
    let place = Place::here()?;
    let (wanted, of) = match (a.buildroot, &a.of) {
        (Some(id), _) => (Wanted::Buildroot(id), format!("buildroot-{id}")),
        (None, Some(text)) => (Wanted::Any(text), text.clone()),
        (None, None) => return Err(CommandError::usage("Please name a tag, target, build or task")),
    };
    let origin = Origin::find(cx.hub(), wanted, a.arch.as_deref()).await?;
    let name = match &a.name {
        Some(name) => name.clone(),
        None => place::root_name(&format!("{of}-{}", origin.arch)),
    };
    if !a.force && place.names().contains(&name) {
        return Err(CommandError::new(format!("there is a root {name} already"))
            .with_remedy("--force replaces it, --name makes another one"));
    }
    let by = if a.from_repo { By::Repo } else { By::Record };
    let hub = Hub::of(cx, &place, origin, by, false).await?;
    let count = hub.recorded.as_ref().map(|(list, _)| list.len());
    let group = hub.origin.group.clone();
    let note = place::note(cx, &of, Some(hub.origin.clone()));
    let basis = Basis::Hub(Box::new(hub));
    let engine = basis.engine(&place, choice)?;
    let plan = basis.plan(&group, &name)?;
    make::root(cx, &place, &engine, &plan, &note, false).await?;
    cx.out.data(&place::data(&place, &name));
    cx.out.line("");
    match count {
        Some(n) => cx.out.line(format!("The root {name} has the {n} packages that the server's had")),
        None => cx.out.line(format!("The root {name} has the group {group} of {of}")),
    }
    cx.out.line(format!("`koji local shell {name}` enters it, `koji local rm {name}` removes it"));
    Ok(())
}
