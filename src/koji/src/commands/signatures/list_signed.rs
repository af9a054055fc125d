use std::collections::BTreeMap;
use std::path::Path;

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::{signatures, signed_path};
use crate::commands::surplus::Surplus;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, items, shown, text, typed, with};

/// List the signed copies of rpms that exist
///
/// The hub's files must be mounted here (topdir).
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(long, hide = true)]
    debug: bool,
    /// Only copies signed with this key
    #[arg(long)]
    key: Option<String>,
    /// Of the rpms of a build
    #[arg(long, value_name = "NVR|ID")]
    build: Option<String>,
    /// Of an rpm
    #[arg(long, value_name = "NVRA|ID")]
    rpm: Option<String>,
    /// Of the rpms in a tag, without what it inherits
    #[arg(long)]
    tag: Option<String>,
    #[command(flatten)]
    _surplus: Surplus,
}

pub async fn run(cx: &mut Cx, mut a: Arguments) -> Result {
    // an empty value is none, as in upstream's client
    for value in [&mut a.key, &mut a.build, &mut a.rpm, &mut a.tag] {
        *value = value.take().filter(|text| !text.is_empty());
    }
    if a.build.is_none() && a.rpm.is_none() && a.tag.is_none() {
        return Err(CommandError::usage("At least one from --build, --rpm, --tag needs to be specified."));
    }
    let key = a.key.as_deref();
    if key.is_some() && a.tag.is_some() {
        // upstream's client fails here, too: scripts see the same status
        return Err(CommandError::new(
            "--key and --tag do not go together: leave --key out, each path names the key of its copy",
        ));
    }
    let (mut rpms, mut builds) = (Vec::new(), BTreeMap::new());
    if let Some(name) = &a.rpm {
        let rpm =
            cx.hub().call(m::GetRPM { rpminfo: typed(name), strict: true, ..Default::default() }).await?;
        if rpm.truthy_at("external_repo_id") {
            let nvra = crate::commands::tagging::nvra(&rpm);
            let repo = shown(&rpm, "external_repo_name");
            return Err(CommandError::usage(format!("External rpm: {nvra}@{repo}")));
        }
        rpms.push(rpm);
    }
    if let Some(name) = &a.build {
        let build = cx.hub().call(m::GetBuild { buildInfo: typed(name), strict: true }).await?;
        let call = m::ListRPMs { buildID: field(&build, "id"), ..Default::default() };
        rpms.extend_from_slice(items(&cx.hub().call(call).await?));
        builds.insert(build.int_at("id"), build);
    }
    if let Some(name) = &a.tag {
        let answer = cx.hub().call(m::ListTaggedRPMS { tag: typed(name), ..Default::default() }).await?;
        if let [tagged, of] = items(&answer) {
            // what was asked for otherwise is limited to the tag
            let inside: Vec<_> = items(tagged).iter().filter_map(|rpm| rpm.int_at("id")).collect();
            rpms.retain(|rpm| rpm.int_at("id").is_some_and(|id| inside.contains(&id)));
            rpms.extend_from_slice(items(tagged));
            builds.extend(items(of).iter().map(|build| (build.int_at("id"), build.clone())));
        }
    }
    let paths = cx.paths();
    for (rpm, sig) in signatures(cx, &rpms, key).await? {
        let build = build(cx, &mut builds, rpm).await?;
        let path = signed_path(&paths, &build, rpm, text(&sig, "sigkey"));
        if Path::new(&path).exists() {
            cx.out.data(&with(&sig, [("path", path.as_str().into())]));
            cx.out.line(path);
        } else if cx.options.debug {
            cx.out.line(format!("No copy: {path}"));
        }
    }
    Ok(())
}

/// The build of an rpm, each asked for once.
async fn build(cx: &Cx, known: &mut BTreeMap<Option<i64>, Value>, rpm: &Value) -> Result<Value> {
    let id = rpm.int_at("build_id");
    if let Some(build) = known.get(&id) {
        return Ok(build.clone());
    }
    let build = cx.hub().call(m::GetBuild { buildInfo: id.into(), strict: true }).await?;
    known.insert(id, build.clone());
    Ok(build)
}
