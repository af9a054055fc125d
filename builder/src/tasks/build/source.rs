//! The source rpm of a build: from version control, rebuilt from an upload, or the upload as it is.

use koji_xmlrpc::Value;

use super::options::{Options, Place};
use crate::task::{Subtask, TaskCx, TaskError};
use koji_scm::ScmUrl;

/// A source rpm at the hub.
pub struct Source {
    /// Path below `work/`.
    pub srpm: String,
    /// What is recorded as the build's source: the URL at its exact revision.
    pub url: Option<String>,
    /// The URL as it was asked for.
    pub original_url: Option<String>,
}

pub async fn make(
    cx: &TaskCx,
    src: &str,
    place: &Place,
    repo: &Value,
    opts: &Options,
) -> Result<Source, TaskError> {
    let tag_id = place.build_tag.get("id").cloned().unwrap_or_default();
    let from_scm = ScmUrl::is_scm_url(src);
    if !from_scm && !src.ends_with(".src.rpm") {
        return Err(TaskError::build(format!("Invalid source specification: {src}")));
    }
    if !from_scm && !rebuilds(place, opts) {
        return Ok(Source { srpm: src.to_owned(), url: name_of(src), original_url: None });
    }
    let sub_opts = Value::record([
        ("repo_id", repo.get("id").cloned().unwrap_or_default()),
        ("scratch", opts.scratch.into()),
    ]);
    let sub = Subtask {
        method: if from_scm { "buildSRPMFromSCM" } else { "rebuildSRPM" },
        args: vec![src.into(), tag_id, sub_opts],
        label: "srpm".into(),
        arch: Some(source_arch(place)),
    };
    let result = cx.run_subtask(sub).await?;
    let srpm = result
        .str_at("srpm")
        .ok_or_else(|| TaskError::build("the source rpm task answered no srpm"))?
        .to_owned();
    let recorded = result.get("source");
    let url = recorded.and_then(|s| s.str_at("source")).map(str::to_owned);
    let original = recorded.and_then(|s| s.str_at("url")).map(str::to_owned);
    Ok(Source { srpm, url: url.or_else(|| name_of(src)), original_url: original })
}

/// Whether an uploaded source rpm is made anew in a buildroot: the tag's `rebuild_srpm` (default yes), which a
/// scratch build may override.
fn rebuilds(place: &Place, opts: &Options) -> bool {
    let tag = place.build_tag.get("extra").and_then(|e| e.get("rebuild_srpm"));
    let by_tag = tag.filter(|v| !v.is_nil()).is_none_or(Value::truthy);
    match opts.rebuild_srpm {
        Some(wanted) if opts.scratch => wanted,
        _ => by_tag,
    }
}

/// Source rpms can be made anywhere, unless the tag keeps noarch work to some arches.
fn source_arch(place: &Place) -> String {
    let words = |v: Option<&Value>| -> Option<Vec<String>> {
        Some(v?.as_str()?.split_whitespace().map(str::to_owned).collect())
    };
    let tag = words(place.build_tag.get("arches")).unwrap_or_default();
    let restricted = words(place.build_tag.get("extra").and_then(|e| e.get("noarch_arches")));
    crate::arches::noarch_restriction(&tag, restricted.as_deref(), &Default::default())
        .and_then(|left| left.into_iter().next())
        .unwrap_or_else(|| "noarch".to_owned())
}

fn name_of(src: &str) -> Option<String> {
    if ScmUrl::is_scm_url(src) {
        return Some(src.to_owned());
    }
    src.rsplit('/').next().map(str::to_owned)
}
