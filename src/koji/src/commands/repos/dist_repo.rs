use std::path::{Path, PathBuf};

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use crate::commands::launch::{After, WaitOptions, follow, staged};
use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::event::{Moment, moment};
use crate::lookup::{field, items, text};

/// Make a repository of a tag for others to use, of signed rpms
///
/// One task a tag at a time: set the tag's option distrepo.cancel_others.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "TAG KEY-ID")]
    args: Vec<String>,
    /// Take rpms that are not signed with one of the keys as they are
    #[arg(long)]
    allow_missing_signatures: bool,
    /// For this arch only (repeatable) [default: all arches of the tag]
    #[arg(short, long = "arch", value_name = "ARCH")]
    arches: Vec<String>,
    /// A repository of sources, too
    #[arg(long)]
    with_src: bool,
    /// Put debuginfo packages into repositories of their own
    #[arg(long)]
    split_debuginfo: bool,
    /// File with groups for the metadata
    #[arg(long, value_name = "COMPS")]
    comps: Option<PathBuf>,
    /// Make delta rpms against a dist repo, by its id or the name of its tag (repeatable)
    #[arg(long, value_name = "REPO")]
    delta_rpms: Vec<String>,
    /// The tag as it was at this event or time
    #[arg(long, value_name = "EVENT#|TIME", value_parser = moment)]
    event: Option<Moment>,
    /// Volume for the repository
    #[arg(long)]
    volume: Option<String>,
    /// All builds, not only the latest
    #[arg(long)]
    non_latest: bool,
    /// The latest N builds of each package
    #[arg(long, value_name = "N")]
    latest_n: Option<i64>,
    /// File that says which packages of other arches belong in
    #[arg(long, value_name = "CONFIG")]
    multilib: Option<PathBuf>,
    /// Nothing that the tag inherits
    #[arg(long)]
    noinherit: bool,
    #[command(flatten)]
    wait: WaitOptions,
    /// Leave out rpms that are not signed with one of the keys
    #[arg(long)]
    skip_missing_signatures: bool,
    /// Metadata compressed with zchunk, too
    #[arg(long)]
    zck: bool,
    /// Directory on the builder with dictionaries for zchunk
    #[arg(long, value_name = "DIR")]
    zck_dict_dir: Option<String>,
    /// Write the signed copies of rpms that are missing
    #[arg(long)]
    write_signed_rpms: bool,
    /// Do not look at the rpms' files when the metadata is made
    #[arg(long, overrides_with = "no_skip_stat")]
    skip_stat: bool,
    /// Look at them
    #[arg(long, overrides_with = "skip_stat")]
    no_skip_stat: bool,
}

const UPLOADS: &str = "cli-dist-repo";

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let (tag, keys) = check(&a)?;
    let comps = uploaded(cx, a.comps.as_deref()).await?;
    let mut deltas = Vec::new();
    for repo in &a.delta_rpms {
        deltas.push(dist_repo_id(cx, repo).await?);
    }
    let mut arches = arches(cx, &a, tag).await?;
    if let Some(file) = a.multilib.as_deref() {
        must_exist(file)?;
        for (arch, other) in [("x86_64", "i686"), ("s390x", "s390"), ("ppc64", "ppc")] {
            let has = |arch: &str| arches.iter().any(|a| a == arch);
            if has(arch) && !has(other) {
                return Err(CommandError::usage(format!("The multilib arch ({other}) must be included")));
            }
        }
    }
    let multilib = uploaded(cx, a.multilib.as_deref()).await?;
    if let Some(at) = arches.iter().position(|a| a == "noarch") {
        arches.remove(at);
    }
    if a.with_src && !arches.iter().any(|a| a == "src") {
        arches.push("src".into());
    }
    if arches.is_empty() {
        return Err(CommandError::usage("No arches left."));
    }
    let event = match a.event {
        Some(Moment::Event(id)) => Some(id),
        Some(time) => Some(time.event(cx).await?.id),
        None => None,
    };
    let mut opts = Struct::from_iter([
        ("arch".to_owned(), Value::from(arches)),
        ("comps".into(), comps),
        ("delta".into(), deltas.into()),
        ("event".into(), event.into()),
        ("volume".into(), a.volume.clone().into()),
        ("inherit".into(), (!a.noinherit).into()),
        ("multilib".into(), multilib),
        ("split_debuginfo".into(), a.split_debuginfo.into()),
        ("skip_missing_signatures".into(), a.skip_missing_signatures.into()),
        ("allow_missing_signatures".into(), a.allow_missing_signatures.into()),
        ("zck".into(), a.zck.into()),
        ("zck_dict_dir".into(), a.zck_dict_dir.clone().into()),
        ("write_signed_rpms".into(), a.write_signed_rpms.into()),
        ("latest".into(), a.latest_n.filter(|n| *n != 0).map_or(Value::Bool(!a.non_latest), Value::Int)),
    ]);
    if a.skip_stat || a.no_skip_stat {
        opts.insert("createrepo_skip_stat".into(), a.skip_stat.into());
    }
    let call = m::DistRepo { tag: tag.into(), keys: keys.to_vec().into(), task_opts: opts };
    let task = cx.hub().call(call).await?;
    let task = task.as_int().ok_or_else(|| CommandError::new("the hub answered no task id"))?;
    cx.out.line(format!("Creating dist repo for tag {tag}"));
    follow(cx, task, After::plain(cx, &a.wait)).await
}

/// Options that exclude each other; tag and keys.
fn check(a: &Arguments) -> Result<(&str, &[String])> {
    let Some((tag, keys)) = a.args.split_first() else {
        return Err(CommandError::usage("You must provide a tag to generate the repo from"));
    };
    let problem = if keys.is_empty() && !a.allow_missing_signatures {
        "Please specify one or more GPG key IDs (or --allow-missing-signatures)"
    } else if a.allow_missing_signatures && a.skip_missing_signatures {
        "allow_missing_signatures and skip_missing_signatures are mutually exclusive"
    } else if a.non_latest && a.latest_n.is_some_and(|n| n != 0) {
        "Only --non-latest or --latest-n=N may be specified. Not both."
    } else {
        return Ok((tag, keys));
    };
    Err(CommandError::usage(problem))
}

fn must_exist(file: &Path) -> Result {
    if file.exists() {
        Ok(())
    } else {
        Err(CommandError::usage(format!("could not find {}", file.display())))
    }
}

/// Uploads a file, if there is one; where it is then, else nil.
async fn uploaded(cx: &Cx, file: Option<&Path>) -> Result<Value> {
    let Some(file) = file else { return Ok(Value::Nil) };
    must_exist(file)?;
    let there = staged(cx, file, UPLOADS, false).await?;
    cx.out.line("");
    Ok(there.into())
}

/// A dist repo by its id, or the newest one of a tag; an expired one where there is no other.
async fn dist_repo_id(cx: &Cx, repo: &str) -> Result<Value> {
    const EXPIRED: i64 = 2;
    if !repo.is_empty() && repo.chars().all(|c| c.is_ascii_digit()) {
        let id: i64 = repo.parse().map_err(|_| CommandError::usage(format!("{repo} is no id of a repo")))?;
        let info = cx.hub().call(m::RepoInfo { repo_id: id.into(), strict: true }).await?;
        return Ok(field(&info, "id"));
    }
    for state in [Value::Nil, Value::Int(EXPIRED)] {
        let call = m::GetRepo { tag: repo.into(), state, dist: true, ..Default::default() };
        let info = cx.hub().call(call).await?;
        if !info.is_nil() {
            return Ok(field(&info, "id"));
        }
    }
    Err(CommandError::usage(format!("Can't find repo for tag: {repo}")))
}

/// The arches that are asked for, else those of the tag, else those of the nearest parent that has any.
async fn arches(cx: &Cx, a: &Arguments, name: &str) -> Result<Vec<String>> {
    let tag = cx.hub().call(m::GetTag { tagInfo: name.into(), ..Default::default() }).await?;
    if tag.is_nil() {
        return Err(CommandError::usage(format!("No such tag: {name}")));
    }
    let mut allowed = text(&tag, "arches").to_owned();
    if allowed.is_empty() {
        let links = cx.hub().call(m::GetFullInheritance { tag: name.into(), ..Default::default() }).await?;
        for link in items(&links) {
            let call = m::GetTag { tagInfo: field(link, "parent_id"), ..Default::default() };
            allowed = text(&cx.hub().call(call).await?, "arches").to_owned();
            if !allowed.is_empty() {
                break;
            }
        }
    }
    if a.arches.is_empty() {
        let all: Vec<String> = allowed.split_whitespace().map(str::to_owned).collect();
        if all.is_empty() {
            return Err(CommandError::usage("No arches given and no arches associated with tag"));
        }
        return Ok(all);
    }
    for arch in &a.arches {
        if allowed.is_empty() {
            cx.out.warn(format!("Tag {} has an empty arch list", text(&tag, "name")));
        } else if !allowed.contains(arch.as_str()) {
            cx.out.warn(format!("{arch} is not in the list of tag arches"));
        }
    }
    Ok(a.arches.clone())
}
