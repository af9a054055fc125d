use koji_api::methods as m;

use super::{PACKAGES, own_entries};
use crate::context::Cx;
use crate::error::Result;

/// Remove packages from a group of a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    group: String,
    #[arg(value_name = "PACKAGE", required = true)]
    packages: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let tag = own_entries(cx, &a.tag, &a.group, &PACKAGES, &a.packages).await?;
    let mut calls = cx.hub().multicall();
    for package in a.packages {
        calls.add(m::GroupPackageListRemove {
            taginfo: tag.clone(),
            grpinfo: a.group.as_str().into(),
            pkg_name: package.into(),
        });
    }
    let answers = calls.run().await?;
    cx.unheeded(answers);
    Ok(())
}
