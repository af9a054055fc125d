//! `tagBuild`: tags a build in its owner's name, and tells who wants to know.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use super::{Params, TaskMethod};
use crate::task::{TaskCx, TaskError};

pub struct TagBuild;

impl TaskMethod for TagBuild {
    const METHOD: &'static str = "tagBuild";
    const WEIGHT: f64 = 1.0;

    async fn run(cx: &mut TaskCx, params: Params) -> Result<Value, TaskError> {
        let call = m::HostTagBuild {
            task_id: cx.id.into(),
            tag: params.value("tag_id"),
            build: params.value("build_id"),
            force: params.flag("force"),
            fromtag: params.value("fromtag"),
        };
        let done = cx.session.call(call).await.map_err(TaskError::from);
        let notification = m::HostTagNotification {
            is_successful: done.is_ok().into(),
            tag_id: params.value("tag_id"),
            from_id: params.value("fromtag"),
            build_id: params.value("build_id"),
            user_id: cx.info.get("owner").cloned().unwrap_or_default(),
            ignore_success: params.flag("ignore_success"),
            failure_msg: done.as_ref().err().map(|e| format!("{e}")).unwrap_or_default(),
        };
        cx.session.call(notification).await?;
        done
    }
}
