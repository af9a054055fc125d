//! Draft builds become ordinary ones.

use koji_api::Fault;
use koji_api::methods::PromoteBuild;
use koji_api::types::{BuildRef, BuildState, TagUpdateType};
use koji_db::builds::{self, Build};
use koji_db::{tagging, volumes};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::BuildDir;
use crate::methods::volumes::apply_policy;
use crate::policy::{self, Question};
use crate::{blocking, lookup, store};

pub(super) async fn promote_build(cx: &mut Cx, call: PromoteBuild) -> Outcome<Option<Struct>> {
    let user = cx.user_id()?;
    let build = lookup::build(&mut cx.tx, &call.build).await?;
    let state = builds::lock(&mut cx.tx, build.id).await?.unwrap_or(build.state);
    let cannot = |why: String| Fault::generic(format!("Cannot promote build {}. Reason: {why}", build.nvr()));
    if !build.draft {
        return Err(cannot("Not a draft build".into()).into());
    }
    if state != BuildState::Complete {
        return Err(cannot(format!("state ({state}) is not COMPLETE.")).into());
    }
    let release = build.rpm_release().to_owned();
    let target =
        BuildRef::Nvr { name: build.name.clone(), version: build.version.clone(), release: release.clone() };
    if let Some(id) = builds::find(&mut cx.tx, &target).await? {
        let nvr = format!("{}-{}-{release}", build.name, build.version);
        return Err(cannot(format!("Target build exists: {nvr}(#{id})")).into());
    }
    let data =
        [("build", build.id.into()), ("target_release", Value::from(&release)), ("user_id", user.into())];
    let data = data.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    policy::require(cx, Question::new("draft_promotion").force(call.force), data).await?;

    builds::promote(&mut cx.tx, build.id, &release, user).await?;
    let promoted = lookup::build(&mut cx.tx, &Value::Int(build.id)).await?;
    move_files(cx, &build, &promoted).await?;
    apply_policy(cx, &promoted, false).await?;
    for tag in tagging::tags_of(&mut cx.tx, build.id).await? {
        if let Some(id) = tag.get("id").and_then(Value::as_int) {
            tagging::note_update(&mut cx.tx, id, TagUpdateType::DraftPromotion).await?;
        }
    }
    Ok(builds::get(&mut cx.tx, build.id).await?)
}

/// Renames the draft's directory and leaves a link. An attempt that was broken off after this is gone on with.
async fn move_files(cx: &Cx, draft: &Build, build: &Build) -> Outcome<()> {
    let paths = &cx.hub.paths;
    let (from, to) = (BuildDir::of(paths, draft)?, BuildDir::of(paths, build)?);
    let default = match build.volume_name.as_str() {
        name if name == volumes::DEFAULT.1 => None,
        _ => Some(BuildDir::on(paths, build, &build.release, volumes::DEFAULT.1)?),
    };
    blocking(move || {
        let missing = || Fault::internal(format!("No such file or directory: '{}'", from.shown()));
        let parent = from.existing_parent()?.ok_or_else(missing)?;
        match parent.link_target(from.name())? {
            Some(target) if to.name() == target.as_str() && to.open().is_ok() => {}
            Some(_) => return Err(missing().into()),
            None => {
                if from.open().is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound) {
                    return Err(missing().into());
                }
                // no build has had this release, so what is there is no build's
                parent.remove_tree(to.name())?;
                parent.rename(from.name(), &parent, to.name())?;
            }
        }
        parent.link_over(from.name(), to.name().as_ref())?;
        if let Some(default) = default {
            let parent = default.parent()?;
            parent.remove_tree(default.name())?;
            parent.link_over(default.name(), &store::relative(default.from_top(), to.from_top()))?;
        }
        Ok(())
    })
    .await
}
