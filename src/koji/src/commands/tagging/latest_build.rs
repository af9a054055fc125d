use std::collections::HashMap;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::{build_dir, header, nvra, row, rpm_path};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::AtOption;
use crate::lookup::{items, text, with};

/// Show the latest builds of packages in a tag
///
/// TAG is the name of a tag, not of a target: `koji list-targets --name TARGET` shows the tags of a target.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    #[arg(value_name = "PACKAGE")]
    packages: Vec<String>,
    /// Rpms of this arch instead of builds
    #[arg(long)]
    arch: Option<String>,
    /// All packages of the tag
    #[arg(long)]
    all: bool,
    /// No header
    #[arg(long)]
    quiet: bool,
    /// Paths instead of names
    #[arg(long)]
    paths: bool,
    /// Only builds of a type: maven, win, image or another one that the hub knows
    #[arg(long = "type")]
    kind: Option<String>,
    #[command(flatten)]
    at: AtOption,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.all && !a.packages.is_empty() {
        return Err(CommandError::usage("A package name may not be combined with --all"));
    }
    if !a.all && a.packages.is_empty() {
        return Err(CommandError::usage("A tag name and package name must be specified"));
    }
    let packages: Vec<Value> =
        if a.all { vec![Value::Nil] } else { a.packages.iter().map(Value::from).collect() };
    let maven = a.kind.as_deref() == Some("maven");
    let event = a.at.announced(cx, a.quiet || cx.options.quiet).await?;
    let mut headed = a.quiet || cx.options.quiet || a.arch.is_some();
    for package in packages {
        let mut lines = match &a.arch {
            Some(arch) => rpms(cx, &a, arch, package, event).await?,
            None => {
                let call = m::GetLatestBuilds {
                    tag: a.tag.as_str().into(),
                    package,
                    event: event.into(),
                    r#type: a.kind.clone().into(),
                    ..Default::default()
                };
                let builds = cx.hub().call(call).await?;
                if !headed {
                    header(cx, maven);
                    headed = true;
                }
                let paths = a.paths.then(|| cx.paths());
                for build in items(&builds) {
                    match &paths {
                        Some(paths) => cx.out.data(&with(build, [("path", build_dir(paths, build).into())])),
                        None => cx.out.data(build),
                    }
                }
                items(&builds).iter().map(|b| row(b, paths.as_ref(), maven)).collect()
            }
        };
        lines.sort();
        for line in lines {
            cx.out.line(line);
        }
    }
    Ok(())
}

async fn rpms(cx: &Cx, a: &Arguments, arch: &str, package: Value, event: Option<i64>) -> Result<Vec<String>> {
    let call = m::GetLatestRPMS {
        tag: a.tag.as_str().into(),
        package,
        arch: arch.into(),
        event: event.into(),
        ..Default::default()
    };
    let answer = cx.hub().call(call).await?;
    let [rpms, builds] = items(&answer) else {
        return Err(CommandError::new("the hub answered no rpms and builds"));
    };
    let by_id: HashMap<i64, &Value> =
        items(builds).iter().filter_map(|b| Some((b.int_at("build_id")?, b))).collect();
    let paths = cx.paths();
    let line = |rpm: &Value| -> Option<String> {
        if !a.paths {
            return Some(nvra(rpm));
        }
        let build = by_id.get(&rpm.int_at("build_id")?)?;
        let name = text(build, "package_name");
        let dir =
            paths.build(name, text(build, "version"), text(build, "release"), build.str_at("volume_name"));
        Some(format!("{}/{}", if name.is_empty() { build_dir(&paths, build) } else { dir }, rpm_path(rpm)))
    };
    let mut lines = Vec::new();
    for rpm in items(rpms) {
        let Some(line) = line(rpm) else { continue };
        if a.paths {
            cx.out.data(&with(rpm, [("path", line.as_str().into())]));
        } else {
            cx.out.data(rpm);
        }
        lines.push(line);
    }
    Ok(lines)
}
