//! `rebuildSRPM`: makes an uploaded source rpm anew with the tag's rpm and macros.

use koji_xmlrpc::Value;

use super::build_srpm_from_scm::source_result;
use super::{Params, TaskMethod};
use crate::buildroot::{TaskBuildroot, Wanted, build_failure};
use crate::task::{TaskCx, TaskError};

pub struct RebuildSrpm;

impl TaskMethod for RebuildSrpm {
    const METHOD: &'static str = "rebuildSRPM";
    const WEIGHT: f64 = 1.0;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let srpm = params.str("srpm")?.to_owned();
        let repo = super::repo_of(cx, &params.opts("opts")?, &params.value("build_tag")).await?;
        let tag = cx.build_config(&params.value("build_tag"), repo.int_at("create_event")).await?;
        let arch = super::common_arch(&cx.host, &tag)?;
        let file = cx.hub_file(&format!("work/{srpm}")).await?;
        let wanted = Wanted {
            tag: &tag,
            repo: &repo,
            arch: &arch,
            group: koji_buildroot::SRPM_BUILD_GROUP,
            fetches_sources: false,
        };
        let mut root = TaskBuildroot::create(cx, wanted).await?;
        let id = root.id;
        let outcome = root.step(move |r| r.rebuild_srpm(&file)).await;
        let made = match outcome {
            Ok(o) if o.succeeded() => super::build_srpm_from_scm::keep_srpm(cx, &mut root, &o).await,
            Ok(o) => Err(build_failure("error rebuilding the source package", &o)),
            Err(e) => Err(e),
        };
        let logs = root.finish(cx).await?;
        let name = srpm.rsplit('/').next().unwrap_or(&srpm).to_owned();
        Ok(source_result(cx, id, &made?, &logs, &name, &name))
    }
}
