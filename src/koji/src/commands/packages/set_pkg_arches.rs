use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;
use crate::lookup::arches;

/// Set the extra arches of packages in a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Arches, with commas or spaces between them
    arches: String,
    tag: String,
    #[arg(value_name = "PACKAGE", required = true)]
    packages: Vec<String>,
    /// Override policies, where the hub allows it
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let arches = arches(Some(&a.arches))?;
    let mut calls = cx.hub().multicall();
    for package in a.packages {
        calls.add(m::PackageListSetArches {
            taginfo: a.tag.as_str().into(),
            pkginfo: package.into(),
            arches: arches.clone(),
            force: a.force,
        });
    }
    for answer in calls.run().await? {
        answer?;
    }
    Ok(())
}
