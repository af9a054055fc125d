use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, tag_or_error, text};

/// Remove packages from the list of a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    #[arg(value_name = "PACKAGE", required = true)]
    packages: Vec<String>,
    /// Override policies, where the hub allows it
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let tag = tag_or_error(cx, &a.tag).await?;
    let call = m::ListPackages { tagID: field(&tag, "id"), with_owners: false, ..Default::default() };
    let listed = cx.hub().call(call).await?;
    let listed: Vec<&str> = items(&listed).iter().map(|p| text(p, "package_name")).collect();
    let mut missing = false;
    for package in a.packages.iter().filter(|p| !listed.contains(&p.as_str())) {
        cx.out.warn(format!("Package {package} is not in tag {}", a.tag));
        missing = true;
    }
    if missing {
        return Err(CommandError::status(1));
    }
    let mut calls = cx.hub().multicall();
    for package in a.packages {
        calls.add(m::PackageListRemove {
            taginfo: a.tag.as_str().into(),
            pkginfo: package.into(),
            force: a.force,
        });
    }
    for answer in calls.run().await? {
        answer?;
    }
    Ok(())
}
