//! One archive, and what is known of a build as one of its kind.

use koji_api::Fault;
use koji_api::methods::{
    GetArchive, GetImageArchive, GetImageBuild, GetMavenArchive, GetMavenBuild, GetWinArchive, GetWinBuild,
};
use koji_api::types::{BuildRef, repr};
use koji_db::{Tx, archives, builds};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::filters;

/// The id of an archive; nil is none.
fn id(value: &Value) -> Result<i64, Fault> {
    filters::int(value)?.ok_or_else(|| Fault::internal("an archive's id is missing"))
}

pub(super) async fn get_archive(cx: &mut Cx, call: GetArchive) -> Outcome<Option<Struct>> {
    match archives::get(&mut cx.tx, id(&call.archive_id)?).await? {
        None if call.strict => {
            Err(Fault::generic(format!("No such archive: {}", repr::text(&call.archive_id))).into())
        }
        found => Ok(found),
    }
}

/// The row, or with `strict` the fault of queries that have to find one.
fn strictly(found: Option<Struct>, strict: bool) -> Outcome<Option<Struct>> {
    match found {
        None if strict => Err(Fault::generic("query returned no rows").into()),
        found => Ok(found),
    }
}

pub(super) async fn get_maven_archive(cx: &mut Cx, call: GetMavenArchive) -> Outcome<Option<Struct>> {
    strictly(archives::maven(&mut cx.tx, id(&call.archive_id)?).await?, call.strict)
}

pub(super) async fn get_win_archive(cx: &mut Cx, call: GetWinArchive) -> Outcome<Option<Struct>> {
    strictly(archives::win(&mut cx.tx, id(&call.archive_id)?).await?, call.strict)
}

pub(super) async fn get_image_archive(cx: &mut Cx, call: GetImageArchive) -> Outcome<Option<Struct>> {
    strictly(archives::image(&mut cx.tx, id(&call.archive_id)?).await?, call.strict)
}

/// The id of the build, which need not be there when it was given as an id.
async fn build(tx: &mut Tx, info: &Value, strict: bool) -> Outcome<Option<i64>> {
    match builds::find(tx, &BuildRef::from_value(info)?).await? {
        None if strict => Err(Fault::generic(format!("No such build: {}", repr::repr(info))).into()),
        found => Ok(found),
    }
}

/// The row, or with `strict` a fault that says of which kind the build is not.
fn of_kind(found: Option<Struct>, kind: &str, info: &Value, strict: bool) -> Outcome<Option<Struct>> {
    match found {
        None if strict => Err(Fault::generic(format!("no such {kind} build: {}", repr::text(info))).into()),
        found => Ok(found),
    }
}

pub(super) async fn get_maven_build(cx: &mut Cx, call: GetMavenBuild) -> Outcome<Option<Struct>> {
    let Some(id) = build(&mut cx.tx, &call.buildInfo, call.strict).await? else { return Ok(None) };
    of_kind(builds::maven_info(&mut cx.tx, id).await?, "maven", &call.buildInfo, call.strict)
}

pub(super) async fn get_win_build(cx: &mut Cx, call: GetWinBuild) -> Outcome<Option<Struct>> {
    let Some(id) = build(&mut cx.tx, &call.buildInfo, call.strict).await? else { return Ok(None) };
    of_kind(builds::win_info(&mut cx.tx, id).await?, "Windows", &call.buildInfo, call.strict)
}

pub(super) async fn get_image_build(cx: &mut Cx, call: GetImageBuild) -> Outcome<Option<Struct>> {
    let Some(id) = build(&mut cx.tx, &call.buildInfo, call.strict).await? else { return Ok(None) };
    of_kind(builds::image_info(&mut cx.tx, id).await?, "image", &call.buildInfo, call.strict)
}
