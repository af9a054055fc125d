//! Importing other content than rpms.

use koji_api::Fault;
use koji_api::methods::{CreateImageBuild, CreateMavenBuild, CreateWinBuild, ImportArchive};
use koji_api::types::{refs, repr};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::import::{self, ArchiveKind, typed};
use crate::lookup;

/// A fault unless the hub is set to do Maven.
pub(crate) fn require_maven(cx: &Cx, text: &str) -> Result<(), Fault> {
    if cx.hub.settings().enable_maven { Ok(()) } else { Err(Fault::generic(text)) }
}

/// A fault unless the hub is set to do Windows.
pub(crate) fn require_win(cx: &Cx) -> Result<(), Fault> {
    if cx.hub.settings().enable_win { Ok(()) } else { Err(Fault::generic("Windows support not enabled")) }
}

pub(super) async fn create_maven_build(cx: &mut Cx, call: CreateMavenBuild) -> Outcome<()> {
    require_maven(cx, "Maven support not enabled")?;
    let build = typed::find_or_make(cx, &call.build_info).await?;
    typed::make_maven(&mut cx.tx, build.id, &call.maven_info).await
}

pub(super) async fn create_win_build(cx: &mut Cx, call: CreateWinBuild) -> Outcome<()> {
    require_win(cx)?;
    let build = typed::find_or_make(cx, &call.build_info).await?;
    typed::make_win(&mut cx.tx, build.id, &call.win_info).await
}

pub(super) async fn create_image_build(cx: &mut Cx, call: CreateImageBuild) -> Outcome<()> {
    let build = typed::find_or_make(cx, &call.build_info).await?;
    typed::make_image(&mut cx.tx, build.id).await
}

pub(super) async fn import_archive(cx: &mut Cx, call: ImportArchive) -> Outcome<()> {
    let kind = repr::text(&call.r#type);
    match kind.as_str() {
        "maven" => {
            require_maven(cx, "Maven support not enabled")?;
            cx.assert_perm("maven-import")?;
        }
        "win" => {
            require_win(cx)?;
            cx.assert_perm("win-import")?;
        }
        "image" => cx.assert_perm("image-import")?,
        other => {
            cx.session()?;
            return Err(Fault::generic(format!("unsupported archive type: {other}")).into());
        }
    }
    let build = lookup::build(&mut cx.tx, &call.buildinfo).await?;
    let path = refs::to_str(&call.filepath)?;
    // a missing file is said before anything else that may be missing
    import::require_upload(cx, path).await?;
    let kind = ArchiveKind::from_values(&kind, &call.typeInfo)?;
    import::import_archive(cx, &build, path, kind, None).await.map(drop)
}
