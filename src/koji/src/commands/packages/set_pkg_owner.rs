use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;

/// Set the owner of packages in a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A user
    owner: String,
    tag: String,
    #[arg(value_name = "PACKAGE", required = true)]
    packages: Vec<String>,
    /// Override policies, where the hub allows it
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let owner = koji_xmlrpc::Value::from(a.owner.as_str());
    let mut calls = cx.hub().multicall();
    for package in a.packages {
        calls.add(m::PackageListSetOwner {
            taginfo: a.tag.as_str().into(),
            pkginfo: package.into(),
            owner: owner.clone(),
            force: a.force,
        });
    }
    for answer in calls.run().await? {
        answer?;
    }
    Ok(())
}
