use std::path::PathBuf;

use koji_api::methods as m;
use koji_api::types::repr;
use koji_repodata::comps::{self, Group, GroupPackage};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::tag_or_error;

/// Add the groups of a comps file to a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    file: PathBuf,
    tag: String,
    /// Replace what the tag has of them
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    tag_or_error(cx, &a.tag).await?;
    let bad = |e: String| CommandError::new(format!("{}: {e}", a.file.display()));
    let text = std::fs::read_to_string(&a.file).map_err(|e| bad(e.to_string()))?;
    for group in comps::read(&text).map_err(|e| bad(e.to_string()))? {
        cx.out.line(format!("Group: {} ({})", group.name, repr::text(&said(&group.display_name))));
        let call = m::GroupListAdd {
            taginfo: a.tag.as_str().into(),
            grpinfo: group.name.as_str().into(),
            force: a.force,
            opts: group_opts(&group),
            ..Default::default()
        };
        cx.hub().call(call).await?;
        for package in &group.packagelist {
            let opts = package_opts(package);
            cx.out.line(format!("  Package: {}: {}", package.package, repr::repr(&opts.clone().into())));
            let call = m::GroupPackageListAdd {
                taginfo: a.tag.as_str().into(),
                grpinfo: group.name.as_str().into(),
                pkg_name: package.package.as_str().into(),
                force: a.force,
                opts,
                ..Default::default()
            };
            cx.hub().call(call).await?;
        }
    }
    Ok(())
}

/// Empty text is text that nobody wrote.
fn said(text: &str) -> Value {
    if text.is_empty() { Value::Nil } else { text.into() }
}

fn group_opts(group: &Group) -> Struct {
    Struct::from_iter(
        [
            ("display_name", said(&group.display_name)),
            ("is_default", group.is_default.into()),
            ("uservisible", group.uservisible.into()),
            ("description", said(&group.description)),
            ("langonly", group.langonly.clone().into()),
            ("biarchonly", group.biarchonly.into()),
        ]
        .map(|(key, value)| (key.to_owned(), value)),
    )
}

/// Sorted by name, as they are shown.
fn package_opts(package: &GroupPackage) -> Struct {
    let kind = if package.kind.is_empty() { "unknown" } else { package.kind.as_str() };
    let mut opts = Struct::from_iter([("basearchonly".to_owned(), Value::Bool(package.basearchonly))]);
    if kind == "conditional" {
        opts.insert("requires".to_owned(), package.requires.clone().into());
    }
    opts.insert("type".to_owned(), kind.into());
    opts
}
