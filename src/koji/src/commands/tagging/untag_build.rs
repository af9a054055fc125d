use std::collections::BTreeSet;

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, nvr, tag, text};

/// Take builds out of a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_names = ["TAG", "NVR|PACKAGE"])]
    names: Vec<String>,
    /// All builds of the packages
    #[arg(long)]
    all: bool,
    /// All builds of the packages but the latest one
    #[arg(long)]
    non_latest: bool,
    /// Only say what would be done
    #[arg(short = 'n', long)]
    test: bool,
    /// Say what is done
    #[arg(short, long)]
    verbose: bool,
    /// Override policies, where the hub allows it; go on where a build is not in the tag
    #[arg(long)]
    force: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let (name, things) = match a.names.split_first() {
        Some((name, things)) if !things.is_empty() || (a.non_latest && a.force) => (name, things),
        None if a.non_latest && a.force => return Err(CommandError::usage("Please specify a tag")),
        _ => {
            return Err(CommandError::usage(
                "This command takes at least two arguments: a tag name/ID and one or more package n-v-r's or \
                 package names",
            ));
        }
    };
    let tag = tag(cx, name).await?;
    let mut builds = if a.all {
        tagged(cx, name, things).await?
    } else if a.non_latest {
        superseded(cx, &a, tagged(cx, name, things).await?)
    } else {
        named(cx, &a, &tag, name, things).await?
    };
    builds.reverse();
    let mut calls = cx.hub().multicall();
    for build in &builds {
        let nvr = nvr(build);
        if a.test {
            cx.out.line(format!("would have untagged {nvr}"));
            continue;
        }
        if a.verbose {
            cx.out.line(format!("untagging {nvr}"));
        }
        calls.add(m::UntagBuild {
            tag: field(&tag, "name"),
            build: nvr.into(),
            force: a.force,
            ..Default::default()
        });
    }
    for answer in calls.run().await? {
        answer?;
    }
    Ok(())
}

/// What is tagged of some packages, of all packages when none is named.
async fn tagged(cx: &Cx, tag: &str, packages: &[String]) -> Result<Vec<Value>> {
    let mut builds = Vec::new();
    for answer in history(cx, tag, packages).await? {
        builds.extend(items(&field(&answer?, "tag_listing")).iter().cloned());
    }
    Ok(builds)
}

async fn history(
    cx: &Cx,
    tag: &str,
    packages: &[String],
) -> Result<Vec<std::result::Result<Value, koji_client::HubFault>>> {
    let query = |package: Option<&String>| {
        let mut kwargs = Struct::from_iter([
            ("tag".to_owned(), Value::from(tag)),
            ("active".to_owned(), Value::Bool(true)),
        ]);
        if let Some(package) = package {
            kwargs.insert("package".to_owned(), package.into());
        }
        m::QueryHistory { kwargs, ..Default::default() }
    };
    let mut calls = cx.hub().multicall();
    if packages.is_empty() {
        calls.add(query(None));
    }
    for package in packages {
        calls.add(query(Some(package)));
    }
    Ok(calls.run().await?)
}

/// All but the builds that were tagged last.
fn superseded(cx: &Cx, a: &Arguments, mut tagged: Vec<Value>) -> Vec<Value> {
    tagged.sort_by_key(|b| std::cmp::Reverse(b.int_at("create_event")));
    let mut seen = BTreeSet::new();
    tagged.retain(|build| {
        let first = seen.insert(text(build, "name").to_owned());
        if first && a.verbose {
            let name = text(build, "name");
            cx.out.line(format!("Leaving latest build for package {name}: {}", nvr(build)));
        }
        !first
    });
    tagged
}

/// The builds of these names, all of them in the tag.
async fn named(cx: &Cx, a: &Arguments, tag: &Value, name: &str, nvrs: &[String]) -> Result<Vec<Value>> {
    let mut packages = BTreeSet::new();
    for nvr in nvrs {
        let parsed =
            koji_rpm::Nvr::parse(nvr).map_err(|e| CommandError::new(format!("GenericError: {e}")))?;
        packages.insert(parsed.name);
    }
    let packages: Vec<String> = packages.into_iter().collect();
    let mut tagged = Vec::new();
    // a package that the hub does not know has nothing in the tag; which build that is follows below
    for answer in history(cx, name, &packages).await?.into_iter().flatten() {
        tagged.extend(items(&field(&answer, "tag_listing")).iter().cloned());
    }
    let mut builds = Vec::new();
    for wanted in nvrs {
        if let Some(build) = tagged.iter().find(|b| nvr(b) == *wanted) {
            builds.push(build.clone());
            continue;
        }
        let build = cx.hub().call(m::GetBuild { buildInfo: wanted.into(), ..Default::default() }).await?;
        if build.is_nil() {
            cx.out.warn(format!("No such build: {wanted}"));
        } else {
            cx.out.warn(format!("Build {wanted} not in tag {}", text(tag, "name")));
        }
        if !a.force {
            return Err(CommandError::status(1));
        }
    }
    Ok(builds)
}
