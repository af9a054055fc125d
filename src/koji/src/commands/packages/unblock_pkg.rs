use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;

/// Take away the blocks of packages in a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    #[arg(value_name = "PACKAGE", required = true)]
    packages: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let mut calls = cx.hub().multicall();
    for package in a.packages {
        calls.add(m::PackageListUnblock {
            taginfo: a.tag.as_str().into(),
            pkginfo: package.into(),
            ..Default::default()
        });
    }
    for answer in calls.run().await? {
        answer?;
    }
    Ok(())
}
