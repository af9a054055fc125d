use koji_api::methods as m;

use crate::context::Cx;
use crate::error::Result;

/// Block packages in a group, in the tag and all that inherit from it
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    group: String,
    #[arg(value_name = "PACKAGE", required = true)]
    packages: Vec<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    for package in a.packages {
        let call = m::GroupPackageListBlock {
            taginfo: a.tag.as_str().into(),
            grpinfo: a.group.as_str().into(),
            pkg_name: package.into(),
        };
        cx.hub().call(call).await?;
    }
    Ok(())
}
