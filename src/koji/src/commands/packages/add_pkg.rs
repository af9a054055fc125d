use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{arches, field, items, tag_or_error, text};

/// Add packages to the package list of a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    #[arg(value_name = "PACKAGE", required = true)]
    packages: Vec<String>,
    /// Owner of the packages
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Arches to build for beside the build tag's
    #[arg(long, value_name = "ARCHES")]
    extra_arches: Option<String>,
    /// Override blocks and policies, where the hub allows it
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let owner = a.owner.ok_or_else(|| CommandError::usage("Please specify an owner for the package(s)"))?;
    let user = cx.hub().call(m::GetUser { userInfo: owner.as_str().into(), ..Default::default() }).await?;
    if user.is_nil() {
        return Err(CommandError::new(format!("No such user: {owner}")));
    }
    let tag = tag_or_error(cx, &a.tag).await?;
    let call = m::ListPackages { tagID: field(&tag, "id"), with_owners: false, ..Default::default() };
    let listed = cx.hub().call(call).await?;
    let listed: Vec<&str> = items(&listed).iter().map(|p| text(p, "package_name")).collect();
    let (old, new): (Vec<String>, Vec<String>) =
        a.packages.into_iter().partition(|p| listed.contains(&p.as_str()));
    for package in old {
        cx.out.line(format!("Package {package} already exists in tag {}", a.tag));
    }
    let extra_arches = arches(a.extra_arches.as_deref())?;
    cx.out.line(format!("Adding {} packages to tag {}", new.len(), text(&tag, "name")));
    let mut calls = cx.hub().multicall();
    for package in new {
        calls.add(m::PackageListAdd {
            taginfo: a.tag.as_str().into(),
            pkginfo: package.into(),
            owner: owner.as_str().into(),
            block: false.into(),
            extra_arches: extra_arches.clone(),
            force: a.force,
            ..Default::default()
        });
    }
    for answer in calls.run().await? {
        answer?;
    }
    Ok(())
}
