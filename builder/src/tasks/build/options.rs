//! What a build is asked to do, where it goes, and whether it may.

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use crate::task::{Subtask, TaskCx, TaskError};
use koji_scm::ScmUrl;

/// The options of a build.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub scratch: bool,
    pub skip_tag: bool,
    pub fail_fast: bool,
    pub draft: bool,
    pub arch_override: Vec<String>,
    pub repo_id: Option<i64>,
    /// Wait for a repo that is made after now.
    pub wait_repo: bool,
    /// Wait for a repo with these builds.
    pub wait_builds: Vec<Value>,
    /// Whether to rebuild an uploaded source rpm; the tag decides when absent.
    pub rebuild_srpm: Option<bool>,
    pub custom_user_metadata: Option<Value>,
}

impl Options {
    pub fn parse(opts: &Value) -> Result<Options, TaskError> {
        let flag = |name: &str| opts.truthy_at(name);
        let scratch = flag("scratch");
        let arch_override: Vec<String> = match opts.get("arch_override") {
            None | Some(Value::Nil) => Vec::new(),
            Some(Value::Str(s)) => s.replace(',', " ").split_whitespace().map(str::to_owned).collect(),
            Some(v) => v
                .as_array()
                .unwrap_or_default()
                .iter()
                .filter_map(|a| a.as_str().map(str::to_owned))
                .collect(),
        };
        if !arch_override.is_empty() && !scratch {
            return Err(TaskError::build("arch_override is only allowed for scratch builds"));
        }
        let custom_user_metadata = match opts.get("custom_user_metadata") {
            None | Some(Value::Nil) => None,
            Some(v @ Value::Struct(_)) => Some(v.clone()),
            Some(_) => return Err(TaskError::build("custom_user_metadata must be a struct")),
        };
        Ok(Options {
            scratch,
            skip_tag: flag("skip_tag"),
            fail_fast: flag("fail_fast"),
            draft: flag("draft"),
            arch_override,
            repo_id: opts.int_at("repo_id"),
            wait_repo: flag("wait_repo"),
            wait_builds: opts.get("wait_builds").and_then(Value::as_array).unwrap_or_default().to_vec(),
            rebuild_srpm: opts.get("rebuild_srpm").filter(|v| !v.is_nil()).map(Value::truthy),
            custom_user_metadata,
        })
    }
}

/// Where a build happens and goes.
#[derive(Debug, Clone)]
pub struct Place {
    pub target_name: Option<String>,
    /// The build tag's configuration, inherited values included.
    pub build_tag: Value,
    /// Id and name.
    pub dest_tag: Option<(i64, String)>,
}

/// The target's tags. A target may only be missing when a repo is named: then its tag is the build tag, and
/// what stands for the target may be the name of a destination tag.
pub async fn place(cx: &TaskCx, target: Value, repo_id: Option<i64>) -> Result<Place, TaskError> {
    let info = if target.is_nil() {
        Value::Nil
    } else {
        cx.session.call(m::GetBuildTarget { info: target.clone(), ..Default::default() }).await?
    };
    let (mut build_tag, dest) = if info.is_nil() {
        let Some(repo_id) = repo_id else {
            return Err(TaskError::generic(format!("unknown build target: {}", text(&target))));
        };
        let repo = cx.session.call(m::RepoInfo { repo_id: repo_id.into(), strict: true }).await?;
        let dest = if target.is_nil() {
            Value::Nil
        } else {
            let call = m::GetTag { tagInfo: target.clone(), strict: true, ..Default::default() };
            cx.session.call(call).await?.get("id").cloned().unwrap_or_default()
        };
        (repo.get("tag_id").cloned().unwrap_or_default(), dest)
    } else {
        (
            info.get("build_tag").cloned().unwrap_or_default(),
            info.get("dest_tag").cloned().unwrap_or_default(),
        )
    };
    build_tag = cx.build_config(&build_tag, None).await?;
    let dest_tag = match dest.as_int() {
        None => None,
        Some(id) => {
            let tag =
                cx.session.call(m::GetTag { tagInfo: id.into(), strict: true, ..Default::default() }).await?;
            let name = tag.str_at("name").unwrap_or_default().to_owned();
            if tag.truthy_at("locked") {
                return Err(TaskError::build(format!("Destination tag {name} is locked")));
            }
            Some((id, name))
        }
    };
    let target_name = info.str_at("name").map(str::to_owned);
    Ok(Place { target_name, build_tag, dest_tag })
}

pub async fn assert_policies(cx: &TaskCx, src: &str, place: &Place, opts: &Options) -> Result<(), TaskError> {
    let from_scm = ScmUrl::is_scm_url(src);
    let mut data = Struct::new();
    for (key, value) in [
        ("user_id", cx.info.get("owner").cloned().unwrap_or_default()),
        ("source", src.into()),
        ("task_id", cx.id.into()),
        ("build_tag", place.build_tag.get("id").cloned().unwrap_or_default()),
        ("skip_tag", opts.skip_tag.into()),
        ("scratch", opts.scratch.into()),
        ("from_scm", from_scm.into()),
        ("repo_id", opts.repo_id.into()),
    ] {
        data.insert(key.into(), value);
    }
    if let Some(name) = &place.target_name {
        data.insert("target".into(), name.into());
    }
    if let Some((id, _)) = place.dest_tag {
        data.insert("tag".into(), id.into());
    }
    let data = Value::Struct(data);
    let mut policies = Vec::new();
    if !from_scm && !opts.scratch {
        policies.push("build_from_srpm");
    }
    if opts.repo_id.is_some() {
        policies.push("build_from_repo_id");
    }
    policies.push("build_rpm");
    for name in policies {
        let call = m::HostAssertPolicy { name: name.into(), data: data.clone(), ..Default::default() };
        cx.session.call(call).await?;
    }
    Ok(())
}

/// The repo to build against: the named one, or a current one, waiting for it where none is there yet.
pub async fn repo(cx: &TaskCx, place: &Place, opts: &Options) -> Result<Value, TaskError> {
    let tag_id = place.build_tag.get("id").cloned().unwrap_or_default();
    if let Some(id) = opts.repo_id {
        let repo = cx.session.call(m::RepoInfo { repo_id: id.into(), strict: true }).await?;
        let usable = matches!(repo.int_at("state"), Some(1 | 2));
        if repo.get("tag_id") != Some(&tag_id) {
            return Err(TaskError::build(format!("Repo {id} is not of the build tag of this target")));
        }
        if !usable {
            return Err(TaskError::build(format!("Repo {id} is not in state READY or EXPIRED")));
        }
        return Ok(repo);
    }
    if !opts.wait_repo && opts.wait_builds.is_empty() {
        let repo = cx.session.call(m::GetRepo { tag: tag_id.clone(), ..Default::default() }).await?;
        if !repo.is_nil() {
            return Ok(repo);
        }
    }
    let nvrs = if opts.wait_builds.is_empty() { Value::Nil } else { Value::Array(opts.wait_builds.clone()) };
    let newer_than = if opts.wait_repo { Value::from("now") } else { Value::Nil };
    let sub = Subtask {
        method: "waitrepo",
        args: vec![tag_id, newer_than, nvrs],
        label: "waitrepo".into(),
        arch: Some("noarch".into()),
    };
    cx.run_subtask(sub).await
}

fn text(v: &Value) -> String {
    v.as_str().map_or_else(|| format!("{v:?}"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Nil),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            "[a-z0-9, ]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
                proptest::collection::vec(("[a-z]{1,5}", inner), 0..3)
                    .prop_map(|members| Value::Struct(members.into_iter().collect())),
            ]
        })
    }

    const NAMES: [&str; 8] = [
        "scratch",
        "skip_tag",
        "arch_override",
        "repo_id",
        "wait_builds",
        "rebuild_srpm",
        "custom_user_metadata",
        "fail_fast",
    ];

    proptest! {
        /// What a client may send as options: understood or refused, with the reason.
        #[test]
        fn any_options(values in proptest::array::uniform8(value())) {
            let members = NAMES.into_iter().map(str::to_owned).zip(values.clone());
            match Options::parse(&Value::Struct(members.collect())) {
                Ok(options) => {
                    prop_assert!(options.arch_override.is_empty() || options.scratch);
                    prop_assert!(options.arch_override.iter().all(|a| !a.contains([',', ' '])) || values[2].as_str().is_none());
                    prop_assert_eq!(options.repo_id, values[3].as_int());
                    prop_assert_eq!(options.scratch, values[0].truthy());
                }
                Err(e) => {
                    let reason = e.to_string();
                    prop_assert!(reason.contains("arch_override") || reason.contains("custom_user_metadata"), "{}", reason);
                }
            }
        }
    }
}
