//! `getBuildLogs`.

use koji_api::Fault;
use koji_api::methods::GetBuildLogs;
use koji_api::paths::PathInfo;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::import::BuildDir;
use crate::store::RelPath;
use crate::{blocking, lookup};

/// The regular files of the build's log directory, with their directory in it and their path below the top.
pub(super) async fn get_build_logs(cx: &mut Cx, call: GetBuildLogs) -> Outcome<Vec<Value>> {
    let build = lookup::build(&mut cx.tx, &call.build).await?;
    let place = BuildDir::of(&cx.hub.paths, &build)?;
    let logs = RelPath::literal(PathInfo::BUILD_LOGS);
    blocking(move || {
        let missing = |e: &std::io::Error| e.kind() == std::io::ErrorKind::NotFound;
        let dir = match place.open().and_then(|dir| dir.sub(&logs)) {
            Ok(dir) => dir,
            Err(e) if missing(&e) => return Ok(Vec::new()),
            Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => {
                return Err(Failure::Fault(Fault::generic(format!(
                    "Not a directory: {}/{logs}",
                    place.shown()
                ))));
            }
            Err(e) => return Err(e.into()),
        };
        let root = place.from_top().join(&logs);
        let entry = |path: String| {
            let (dir, name) = path.rsplit_once('/').unwrap_or((".", &path));
            Value::record([
                ("name", name.into()),
                ("dir", dir.into()),
                ("path", format!("{root}/{dir}/{name}").into()),
            ])
        };
        Ok(dir.files_below()?.into_iter().map(entry).collect())
    })
    .await
}
