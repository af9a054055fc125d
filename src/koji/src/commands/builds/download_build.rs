use std::sync::Arc;

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_api::types::ChecksumType;
use koji_client::{Checksum, ClientError, Download};
use koji_xmlrpc::Value;

use crate::commands::archives::{archive_dir, archive_file};
use crate::commands::fetch::{Fetch, FetchOptions, Wanted};
use crate::commands::tagging::{build_dir, rpm_path};
use crate::commands::tasks::local_name;
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::{build_label, field, id_or_name, items, shown, text};

/// Download the files of a build
///
/// Scratch builds have no build at the hub: `koji download-task` fetches their files.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "NVR|ID")]
    builds: Vec<String>,
    /// Only rpms of this arch (repeatable)
    #[arg(short, long = "arch", value_name = "ARCH")]
    arches: Vec<String>,
    /// Archives of this type instead of rpms: maven, win, image, remote-sources or another one that the hub knows
    #[arg(long = "type")]
    kind: Option<String>,
    /// The latest build of the package in this tag
    #[arg(long, value_name = "TAG")]
    latestfrom: Option<String>,
    /// Debuginfo rpms, too
    #[arg(long)]
    debuginfo: bool,
    /// The id is that of the task that made the build
    #[arg(long)]
    task_id: bool,
    /// The name is that of an rpm: only this one
    #[arg(long)]
    rpm: bool,
    /// Copies that are signed with this key
    #[arg(long)]
    key: Option<String>,
    /// With --key: unsigned rpms where there is no signed copy
    #[arg(long)]
    fallback_unsigned: bool,
    /// No failure when there is nothing for the arches
    #[arg(long)]
    nofailarch: bool,
    #[command(flatten)]
    fetch: FetchOptions,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let name = match a.builds.as_slice() {
        [] => return Err(CommandError::usage("Please specify a package N-V-R or build ID")),
        [name] => name.as_str(),
        _ => return Err(CommandError::usage("Only a single package N-V-R or build ID may be specified")),
    };
    let (build, rpm) = find(cx, &a, name).await?;
    if build.is_nil() {
        return Err(CommandError::new(format!("No such build: {name}")));
    }
    let urls = match &a.fetch.topurl {
        Some(url) => PathInfo::new(url),
        None => cx.urls()?,
    };
    let dir = build_dir(&urls, &build);
    match &a.kind {
        Some(kind) => archives(cx, &a, kind, &build, &dir).await,
        None => rpms(cx, &a, &build, rpm, &dir).await,
    }
}

/// The build that is meant, and with --rpm the rpm.
async fn find(cx: &Cx, a: &Arguments, name: &str) -> Result<(Value, Option<Value>)> {
    let mut id = id_or_name(name);
    let get = |id: Value| cx.hub().call(m::GetBuild { buildInfo: id, ..Default::default() });
    if id.as_int().is_some() {
        if a.latestfrom.is_some() {
            return Err(CommandError::usage(
                "--latestfrom not compatible with build IDs, specify a package name.",
            ));
        }
        if a.task_id {
            let builds = cx.hub().call(m::ListBuilds { taskID: id, ..Default::default() }).await?;
            id = items(&builds).first().map(|b| field(b, "build_id")).ok_or_else(|| {
                CommandError::new(format!(
                    "No associated builds for task {name}\n\
                     If this is a scratch build, try using download-task instead"
                ))
            })?;
        }
    }
    if let Some(tag) = &a.latestfrom {
        let call = m::ListTagged {
            tag: tag.into(),
            latest: true.into(),
            package: name.into(),
            r#type: a.kind.clone().into(),
            ..Default::default()
        };
        let builds = cx.hub().call(call).await.map_err(|e| match e {
            ClientError::Fault(fault) => CommandError::new(format!("Error finding latest build: {fault}")),
            other => other.into(),
        })?;
        let latest = items(&builds).first().cloned();
        return match latest {
            Some(build) => Ok((build, None)),
            None => Err(CommandError::new(format!("{tag} has no builds of {name}"))),
        };
    }
    if a.rpm {
        let rpm = cx.hub().call(m::GetRPM { rpminfo: id, ..Default::default() }).await?;
        if rpm.is_nil() {
            return Err(CommandError::new(format!("No such rpm: {name}")));
        }
        return Ok((get(field(&rpm, "build_id")).await?, Some(rpm)));
    }
    // the name of an rpm stands for its build
    if id.as_str().is_some() && koji_rpm::Nvra::parse(name).is_ok() {
        let rpm = cx.hub().call(m::GetRPM { rpminfo: name.into(), ..Default::default() }).await;
        if let Some(build) = rpm.ok().and_then(|r| r.int_at("build_id")) {
            id = build.into();
        }
    }
    Ok((get(id).await?, None))
}

async fn rpms(cx: &Cx, a: &Arguments, build: &Value, rpm: Option<Value>, dir: &str) -> Result {
    let arches = if a.arches.is_empty() { Value::Nil } else { a.arches.clone().into() };
    let all = match rpm {
        Some(rpm) => vec![rpm],
        None => {
            let call = m::ListRPMs { buildID: field(build, "id"), arches, ..Default::default() };
            items(&cx.hub().call(call).await?).to_vec()
        }
    };
    if all.is_empty() {
        let what = if a.arches.is_empty() { String::new() } else { format!("{} ", a.arches.join(" or ")) };
        let message = format!("No {what}packages available for {}", build_label(build));
        if a.nofailarch && !a.arches.is_empty() {
            cx.out.warn(message);
            return Ok(());
        }
        return Err(CommandError::new(message));
    }
    let mut wanted = all;
    wanted.retain(|r| a.debuginfo || !koji_rpm::nevra::is_debuginfo(text(r, "name")));
    let mut unsigned = Vec::new();
    if let Some(key) = &a.key {
        (wanted, unsigned) = by_key(cx, key, wanted).await?;
        if !a.fallback_unsigned {
            unsigned.clear();
        }
    }
    let mut fetch = Fetch::new(cx, &a.fetch, wanted.len() + unsigned.len())?;
    let mut files = Vec::new();
    for rpm in &wanted {
        let job = download(dir, rpm, a.key.as_deref())?;
        files.push(match &a.key {
            Some(_) if a.fallback_unsigned => {
                let words = "Signed copy not present, will download unsigned copy";
                Wanted::Either(job, download(dir, rpm, None)?, words)
            }
            _ => Wanted::File(job),
        });
    }
    for rpm in &unsigned {
        files.push(Wanted::File(download(dir, rpm, None)?));
    }
    fetch.all(files).await
}

/// Which rpms have a signature of the key, and which have not.
async fn by_key(cx: &Cx, key: &str, rpms: Vec<Value>) -> Result<(Vec<Value>, Vec<Value>)> {
    let mut calls = cx.hub().multicall();
    for rpm in &rpms {
        calls.add(m::QueryRPMSigs { rpm_id: field(rpm, "id"), sigkey: key.into(), ..Default::default() });
    }
    let (mut signed, mut unsigned) = (Vec::new(), Vec::new());
    for (rpm, sigs) in rpms.into_iter().zip(calls.run().await?) {
        if sigs?.truthy() {
            signed.push(rpm);
        } else {
            let name = format!("{}-{}.rpm", shown(&rpm, "nvr"), text(&rpm, "arch"));
            cx.out.warn(format!("No such sigkey {key} for rpm {name}"));
            unsigned.push(rpm);
        }
    }
    Ok((signed, unsigned))
}

/// An rpm into the working directory; it is kept only if it is the one that the hub knows.
fn download(dir: &str, rpm: &Value, key: Option<&str>) -> Result<Download> {
    let nvr = (text(rpm, "name"), text(rpm, "version"), text(rpm, "release"));
    let path = match key {
        Some(key) => PathInfo::signed(nvr, text(rpm, "arch"), key),
        None => rpm_path(rpm),
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    // the hub knows the size of unsigned copies only
    let size = rpm.int_at("size").filter(|_| key.is_none()).and_then(|s| u64::try_from(s).ok());
    let wanted = text(rpm, "payloadhash").to_owned();
    let verify = move |path: &std::path::Path| {
        let header = koji_rpm::RpmFile::open(path).map_err(|e| format!("it is no rpm: {e}"))?;
        let found = header.payloadhash().map_err(|e| e.to_string())?;
        if found == wanted { Ok(()) } else { Err("its digest is not the one that the hub knows".to_owned()) }
    };
    let url = format!("{dir}/{path}");
    Ok(Download::new(url, local_name(name)?).size(size).verify(Arc::new(verify)))
}

async fn archives(cx: &Cx, a: &Arguments, kind: &str, build: &Value, dir: &str) -> Result {
    let call = m::ListArchives { buildID: field(build, "id"), r#type: kind.into(), ..Default::default() };
    let archives = cx.hub().call(call).await?;
    let archives = items(&archives);
    if archives.is_empty() {
        let label = build_label(build);
        return Err(CommandError::new(format!("No {kind} archives available for {label}")));
    }
    let mut fetch = Fetch::new(cx, &a.fetch, archives.len())?;
    let mut files = Vec::new();
    for archive in archives {
        let kind = text(archive, "btype");
        let path = archive_file(kind, archive);
        let url = format!("{}/{path}", archive_dir(dir, kind));
        let job = Download::new(url, local_name(&path)?)
            .size(archive.int_at("size").and_then(|s| u64::try_from(s).ok()))
            .checksum(Some(checksum(archive)?));
        files.push(Wanted::File(job));
    }
    fetch.all(files).await
}

fn checksum(archive: &Value) -> Result<Checksum> {
    let kind = archive.int_at("checksum_type").and_then(ChecksumType::from_code);
    let kind = kind.and_then(|k| k.name().parse().ok()).ok_or_else(|| {
        CommandError::new(format!("Unknown checksum type: {}", shown(archive, "checksum_type")))
    })?;
    Ok(Checksum { kind, hex: text(archive, "checksum").to_owned() })
}
