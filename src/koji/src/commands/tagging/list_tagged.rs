use std::collections::HashMap;
use std::path::Path;

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_xmlrpc::Value;

use super::{build_dir, header, nvra, row, rpm_path};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::EventOptions;
use crate::lookup::{text, with};

/// List the builds or rpms of a tag
#[derive(Debug, clap::Args)]
pub struct Arguments {
    tag: String,
    /// Only builds of this package
    package: Option<String>,
    /// Only rpms of these arches (repeatable)
    #[arg(long)]
    arch: Vec<String>,
    /// Rpms instead of builds
    #[arg(long)]
    rpms: bool,
    /// Inherited builds, too
    #[arg(long)]
    inherit: bool,
    /// Only the latest build of each package
    #[arg(long)]
    latest: bool,
    /// Only the latest N builds of each package
    #[arg(long, value_name = "N")]
    latest_n: Option<i64>,
    /// No header
    #[arg(long)]
    quiet: bool,
    /// Paths instead of names
    #[arg(long)]
    paths: bool,
    /// Signatures of the rpms
    #[arg(long)]
    sigs: bool,
    /// Only builds of a type: maven, win, image or another one that the hub knows
    #[arg(long = "type")]
    kind: Option<String>,
    #[command(flatten)]
    event: EventOptions,
    /// Only draft builds
    #[arg(long)]
    draft_only: bool,
    /// No draft builds
    #[arg(long)]
    no_draft: bool,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    if a.no_draft && a.draft_only {
        return Err(CommandError::usage("--draft-only conflicts with --no-draft"));
    }
    let quiet = a.quiet || cx.options.quiet;
    let event = a.event.announced(cx, quiet).await?;
    let call = m::GetTag { tagInfo: a.tag.as_str().into(), event: event.into(), ..Default::default() };
    if cx.hub().call(call).await?.is_nil() {
        return Err(CommandError::usage(format!("No such tag: {}", a.tag)));
    }
    let mut lines = if a.rpms || a.sigs || !a.arch.is_empty() {
        rpms(cx, &a, event).await?
    } else {
        builds(cx, &a, event, quiet).await?
    };
    lines.sort();
    for line in lines {
        cx.out.line(line);
    }
    Ok(())
}

impl Arguments {
    fn latest(&self) -> Value {
        self.latest_n.map_or(Value::Bool(self.latest), Value::Int)
    }

    fn draft(&self) -> Value {
        match (self.kind.is_some(), self.no_draft, self.draft_only) {
            (false, true, _) => Value::Bool(false),
            (false, _, true) => Value::Bool(true),
            _ => Value::Nil,
        }
    }
}

async fn builds(cx: &Cx, a: &Arguments, event: Option<i64>, quiet: bool) -> Result<Vec<String>> {
    let call = m::ListTagged {
        tag: a.tag.as_str().into(),
        event: event.into(),
        inherit: a.inherit,
        latest: a.latest(),
        package: a.package.clone().into(),
        r#type: a.kind.clone().into(),
        draft: a.draft(),
        ..Default::default()
    };
    let mut builds = cx.hub().rows(call).await?;
    let maven = a.kind.as_deref() == Some("maven");
    if !quiet {
        header(cx, maven);
    }
    let paths = a.paths.then(|| cx.paths());
    let mut lines = Vec::new();
    while let Some(build) = builds.next().await? {
        match &paths {
            Some(paths) => cx.out.data(&with(&build, [("path", build_dir(paths, &build).into())])),
            None => cx.out.data(&build),
        }
        lines.push(row(&build, paths.as_ref(), maven));
    }
    Ok(lines)
}

async fn rpms(cx: &Cx, a: &Arguments, event: Option<i64>) -> Result<Vec<String>> {
    let call = m::ListTaggedRPMS {
        tag: a.tag.as_str().into(),
        event: event.into(),
        inherit: a.inherit,
        latest: a.latest(),
        package: a.package.clone().into(),
        arch: if a.arch.is_empty() { Value::Nil } else { a.arch.clone().into() },
        rpmsigs: a.sigs,
        r#type: a.kind.clone().into(),
        draft: a.draft(),
        ..Default::default()
    };
    let mut rows = cx.hub().rows_of_lists(call).await?;
    let paths = cx.paths();
    if a.sigs && a.paths && !Path::new(paths.top()).join("packages").exists() {
        let top = paths.top();
        return Err(CommandError::new(format!(
            "'list-tagged --sigs --paths' requires accessible {top}/packages"
        )));
    }
    let mut lines = Vec::new();
    // where an rpm lies is known with its build, and builds come behind all rpms
    let (mut waiting, mut builds) = (Vec::new(), HashMap::new());
    while let Some((list, row)) = rows.next_of().await? {
        if list == 1 {
            builds.extend(row.int_at("id").filter(|_| a.paths).map(|id| (id, row)));
        } else if a.paths {
            waiting.push(row);
        } else {
            cx.out.data(&row);
            lines.push(rpm_line(&row, a.sigs));
        }
    }
    for rpm in &waiting {
        let build = rpm.int_at("build_id").and_then(|id| builds.get(&id));
        let Some(path) = build.and_then(|build| rpm_file(&paths, build, rpm, a.sigs)) else { continue };
        cx.out.data(&with(rpm, [("path", path.as_str().into())]));
        lines.push(path);
    }
    Ok(lines)
}

fn rpm_line(rpm: &Value, with_key: bool) -> String {
    let draft = match rpm.int_at("build_id") {
        Some(id) if rpm.truthy_at("draft") => format!(" (,draft_{id})"),
        _ => String::new(),
    };
    let name = format!("{}{draft}", nvra(rpm));
    if with_key { format!("{} {name}", text(rpm, "sigkey")) } else { name }
}

/// Where the rpm lies; of a signed copy only if it is there.
fn rpm_file(paths: &PathInfo, build: &Value, rpm: &Value, signed: bool) -> Option<String> {
    let dir = build_dir(paths, build);
    if !signed {
        return Some(format!("{dir}/{}", rpm_path(rpm)));
    }
    let nvr = (text(rpm, "name"), text(rpm, "version"), text(rpm, "release"));
    let path = format!("{dir}/{}", PathInfo::signed(nvr, text(rpm, "arch"), text(rpm, "sigkey")));
    Path::new(&path).exists().then_some(path)
}
