use koji_api::methods as m;
use koji_rpm::Nvra;
use koji_xmlrpc::Value;

use crate::commands::tagging::nvra;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{field, id_or_name, items};

/// Let the hub write the signed copies of rpms
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "KEY")]
    key: String,
    /// Rpms or builds
    #[arg(value_name = "NVRA|NVR|RPM-ID")]
    names: Vec<String>,
    /// Of all rpms with a signature of this key
    #[arg(long)]
    all: bool,
    /// Of the rpms of a build
    #[arg(long, value_name = "ID")]
    buildid: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let build = a.buildid.as_deref().filter(|id| !id.is_empty());
    if a.names.is_empty() && !a.all && build.is_none() {
        return Err(CommandError::usage("At least one RPM must be specified"));
    }
    let key = a.key.to_lowercase();
    let rpms = if a.all {
        signed(cx, &key).await?
    } else if let Some(id) = build {
        let id: i64 =
            id.trim().parse().map_err(|_| CommandError::new(format!("{id} is no id of a build")))?;
        items(&cx.hub().call(m::ListRPMs { buildID: id.into(), ..Default::default() }).await?).to_vec()
    } else {
        named(cx, &a.names).await?
    };
    if rpms.is_empty() {
        cx.out.warn("No rpms found");
    }
    let mut calls = cx.hub().multicall();
    for (n, rpm) in rpms.iter().enumerate() {
        cx.out.line(format!("[{}/{}] {}", n + 1, rpms.len(), nvra(rpm)));
        calls.add(m::WriteSignedRPM {
            an_rpm: field(rpm, "id"),
            sigkey: key.as_str().into(),
            ..Default::default()
        });
    }
    for answer in calls.run().await? {
        answer?;
    }
    Ok(())
}

/// All rpms with a signature of the key.
async fn signed(cx: &Cx, key: &str) -> Result<Vec<Value>> {
    let sigs = cx.hub().call(m::QueryRPMSigs { sigkey: key.into(), ..Default::default() }).await?;
    let mut calls = cx.hub().multicall();
    for sig in items(&sigs) {
        calls.add(m::GetRPM { rpminfo: field(sig, "rpm_id"), ..Default::default() });
    }
    calls.run().await?.into_iter().map(|answer| Ok(answer?)).collect()
}

/// The rpms of these names; what is no rpm is a build, all rpms of which are meant.
async fn named(cx: &Cx, names: &[String]) -> Result<Vec<Value>> {
    let looks_like_rpm = |name: &&String| id_or_name(name).as_int().is_some() || Nvra::parse(name).is_ok();
    let (of_rpms, mut of_builds): (Vec<&String>, Vec<&String>) = names.iter().partition(looks_like_rpm);
    let mut calls = cx.hub().multicall();
    for name in &of_rpms {
        calls.add(m::GetRPM { rpminfo: id_or_name(name), ..Default::default() });
    }
    let mut rpms = Vec::new();
    for (name, answer) in of_rpms.into_iter().zip(calls.run().await?) {
        let rpm = answer?;
        if rpm.truthy() { rpms.push(rpm) } else { of_builds.push(name) }
    }
    let mut calls = cx.hub().multicall();
    for name in &of_builds {
        calls.add(m::GetBuild { buildInfo: id_or_name(name), strict: true });
    }
    let mut lists = cx.hub().multicall();
    for (name, answer) in of_builds.iter().zip(calls.run().await?) {
        let build = answer.map_err(|_| CommandError::new(format!("No such rpm or build: {name}")))?;
        lists.add(m::ListRPMs { buildID: field(&build, "id"), ..Default::default() });
    }
    for answer in lists.run().await? {
        rpms.extend_from_slice(items(&answer?));
    }
    Ok(rpms)
}
