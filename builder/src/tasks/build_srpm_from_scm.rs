//! `buildSRPMFromSCM`: checks sources out and makes a source rpm of them in a buildroot.

use koji_api::methods as m;
use koji_buildroot::{Outcome, SrpmRequest};
use koji_rpm::Package;
use koji_xmlrpc::{Struct, Value};

use super::{Params, TaskMethod};
use crate::buildroot::{TaskBuildroot, Wanted, build_failure};
use crate::task::{TaskCx, TaskError};
use koji_scm::{Allowed, Checkout, Layout, ScmError, ScmUrl, SourceRules, checkout, from_policy};

pub struct BuildSrpmFromScm;

impl TaskMethod for BuildSrpmFromScm {
    const METHOD: &'static str = "buildSRPMFromSCM";
    const WEIGHT: f64 = 1.0;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let text = params.str("url")?.to_owned();
        let opts = params.opts("opts")?;
        let url = ScmUrl::parse(&text, cx.settings.allow_password_in_scm_url)?;
        let repo = super::repo_of(cx, &opts, &params.value("build_tag")).await?;
        let tag = cx.build_config(&params.value("build_tag"), repo.int_at("create_event")).await?;
        let arch = super::common_arch(&cx.host, &tag)?;
        let rules = rules(cx, &url, &tag, opts.truthy_at("scratch")).await?;
        let source = fetch(cx, &url, &rules).await?;
        let request = request(cx, &source, rules.source_command)?;
        let wanted = Wanted {
            tag: &tag,
            repo: &repo,
            arch: &arch,
            group: koji_buildroot::SRPM_BUILD_GROUP,
            fetches_sources: true,
        };
        let mut root = TaskBuildroot::create(cx, wanted).await?;
        let id = root.id;
        let outcome = root.step(move |r| r.build_srpm(&request)).await;
        let made = match outcome {
            Ok(o) if o.succeeded() => keep_srpm(cx, &mut root, &o).await,
            Ok(o) => Err(build_failure("error building the source package", &o)),
            Err(e) => Err(e),
        };
        let mut logs = root.finish(cx).await?;
        logs.push(CHECKOUT_LOG.to_owned());
        Ok(source_result(cx, id, &made?, &logs, &text, &source.source))
    }
}

const CHECKOUT_LOG: &str = "checkout.log";

/// Whether the source may be fetched, by the list of kojid.conf or the hub's policy, and how.
async fn rules(cx: &TaskCx, url: &ScmUrl, tag: &Value, scratch: bool) -> Result<SourceRules, TaskError> {
    let settings = &cx.settings;
    let mut refusal = None;
    if settings.allowed_scms_use_config {
        let allowed = Allowed::parse(&settings.allowed_scms).map_err(TaskError::generic)?;
        match allowed.check(url) {
            Ok(rules) if !settings.allowed_scms_use_policy => return Ok(rules),
            Ok(rules) => return policy(cx, url, tag, scratch, Some(rules)).await,
            Err(e) => refusal = Some(e),
        }
    }
    match refusal {
        Some(e) => Err(e.into()),
        None if settings.allowed_scms_use_policy => policy(cx, url, tag, scratch, None).await,
        None => Err(TaskError::build(format!(
            "{}:{} is not in the list of allowed SCMs",
            url.host, url.repository
        ))),
    }
}

/// The hub's policy `build_from_scm`; its words decide over the list's.
async fn policy(
    cx: &TaskCx,
    url: &ScmUrl,
    tag: &Value,
    scratch: bool,
    by_config: Option<SourceRules>,
) -> Result<SourceRules, TaskError> {
    let mut data = Struct::new();
    for (key, value) in [
        ("scm_host", Value::from(url.host.as_str())),
        ("scm_repository", url.repository.as_str().into()),
        ("scm_scheme", url.scheme.as_str().into()),
        ("scm_module", url.module.clone().unwrap_or_default().into()),
        ("scm_revision", url.revision.as_str().into()),
        ("scm_type", url.scheme.to_uppercase().into()),
        ("scm_username", url.user.clone().into()),
        ("user_id", cx.info.get("owner").cloned().unwrap_or_default()),
        ("build_tag", tag.get("id").cloned().unwrap_or_default()),
        ("task_id", cx.id.into()),
        ("scratch", scratch.into()),
    ] {
        data.insert(key.into(), value);
    }
    let action =
        cx.session.call(m::HostEvalPolicy { name: "build_from_scm".into(), data: data.into() }).await?;
    from_policy(action.as_str()).or(by_config.filter(|_| action.is_nil())).ok_or_else(|| {
        TaskError::build(format!(
            "SCM: {}:{} is not allowed by the hub's policy build_from_scm",
            url.host, url.repository
        ))
    })
}

/// Checks out, uploading the log whether it worked or not.
async fn fetch(cx: &TaskCx, url: &ScmUrl, rules: &SourceRules) -> Result<Checkout, TaskError> {
    let dir = cx.workdir.join("sources");
    std::fs::create_dir_all(&dir)?;
    let log = cx.workdir.join(CHECKOUT_LOG);
    std::fs::write(&log, "")?;
    let result: Result<Checkout, ScmError> = checkout(url, rules, &dir, &log).await;
    super::upload(cx, &log, CHECKOUT_LOG).await?;
    Ok(result?)
}

fn request(
    cx: &TaskCx,
    source: &Checkout,
    source_command: Option<Vec<String>>,
) -> Result<SrpmRequest, TaskError> {
    let layout = Layout::of(&source.dir, cx.settings.support_rpm_source_layout)?;
    Ok(SrpmRequest {
        checkout: source.dir.clone(),
        spec: layout.spec,
        sources: layout.sources,
        source_command,
        target: Some("noarch".into()),
    })
}

/// Checks and uploads the one source rpm of a step; its name.
pub async fn keep_srpm(
    cx: &TaskCx,
    root: &mut TaskBuildroot,
    outcome: &Outcome,
) -> Result<String, TaskError> {
    root.list(cx).await?;
    let srpms: Vec<_> = outcome.results.iter().filter(|f| f.is_source()).collect();
    let file = match srpms.as_slice() {
        [one] => *one,
        [] => return Err(TaskError::build("No srpms were made, see build.log")),
        many => return Err(TaskError::build(format!("{} srpms were made, one is wanted", many.len()))),
    };
    let rpm = Package::open(&file.path)?;
    let expected = format!("{}-{}-{}.src.rpm", rpm.name, rpm.version, rpm.release);
    if file.name != expected {
        return Err(TaskError::build(format!("srpm name mismatch: {} != {expected}", file.name)));
    }
    super::upload(cx, &file.path, &file.name).await?;
    Ok(file.name.clone())
}

/// The result that the build task reads.
pub fn source_result(
    cx: &TaskCx,
    brootid: i64,
    srpm: &str,
    logs: &[String],
    url: &str,
    source: &str,
) -> Value {
    let dir = cx.upload_dir();
    let logs: Vec<String> = logs.iter().map(|l| format!("{dir}/{l}")).collect();
    Value::record([
        ("srpm", format!("{dir}/{srpm}").into()),
        ("logs", logs.into()),
        ("brootid", brootid.into()),
        ("source", Value::record([("source", Value::from(source)), ("url", url.into())])),
    ])
}
