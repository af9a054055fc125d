//! Types of archives and of builds.

use koji_api::Fault;
use koji_api::methods::{AddArchiveType, AddBType, GetArchiveType, GetArchiveTypes, ListBTypes};
use koji_api::types::{refs, repr};
use koji_db::{Query, QueryOpts, archives};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::{filters, import};

pub(super) async fn get_archive_types(_: &mut Cx, _: GetArchiveTypes) -> Outcome<Query> {
    Ok(archives::all_types())
}

pub(super) async fn get_archive_type(cx: &mut Cx, call: GetArchiveType) -> Outcome<Option<Struct>> {
    let tx = &mut cx.tx;
    let strictly = |found: Option<Struct>| match found {
        None if call.strict => Err(Fault::generic("query returned no rows").into()),
        found => Ok(found),
    };
    if call.type_id.truthy() {
        let id = refs::to_int(&call.type_id)?;
        return strictly(archives::type_by_id(tx, id).await?);
    }
    if call.type_name.truthy() {
        return strictly(archives::type_by_name(tx, &repr::text(&call.type_name)).await?);
    }
    if !call.filename.truthy() {
        return Err(Fault::generic("one of filename, type_name, or type_id must be specified").into());
    }
    let name = refs::to_str(&call.filename)?;
    if archives::type_of_file(tx, name).await?.is_empty() && !call.strict {
        return Ok(None);
    }
    import::type_of(tx, name).await.map(Some)
}

pub(super) async fn add_archive_type(cx: &mut Cx, call: AddArchiveType) -> Outcome<()> {
    let name = cx.hub.names.internal(&call.name)?.to_owned();
    let (description, extensions) = (refs::to_str(&call.description)?, refs::to_str(&call.extensions)?);
    let compression = match &call.compression_type {
        Value::Nil => None,
        other => Some(refs::to_str(other)?),
    };
    if let Some(other) = compression.filter(|c| !matches!(*c, "zip" | "tar")) {
        return Err(Fault::generic(format!("Unsupported compression type {other}")).into());
    }
    let tx = &mut cx.tx;
    if archives::type_by_name(tx, &name).await?.is_some() {
        return Err(Fault::generic(format!("archivetype {name} already exists")).into());
    }
    for extension in extensions.split(' ') {
        let bare = extension.replace('.', "");
        if bare.is_empty() || !bare.chars().all(char::is_alphanumeric) {
            return Err(Fault::generic(format!("No such {extension} file extension")).into());
        }
        if archives::extension_taken(tx, extension).await? {
            return Err(Fault::generic(format!("file extension {extension} already exists")).into());
        }
    }
    Ok(archives::add_type(tx, &name, description, extensions, compression).await?)
}

pub(super) async fn list_btypes(_: &mut Cx, call: ListBTypes) -> Outcome<Query> {
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    let query = match &call.query {
        Value::Nil => Struct::new(),
        Value::Struct(query) => query.clone(),
        other => return Err(Fault::parameter(format!("Invalid query: {}", repr::repr(other))).into()),
    };
    let id = query.get("id").map(filters::int).transpose()?.flatten();
    Ok(archives::btypes(id, query.get("name").and_then(filters::text), &opts)?)
}

pub(super) async fn add_btype(cx: &mut Cx, call: AddBType) -> Outcome<()> {
    let name = cx.hub.names.internal(&call.name)?.to_owned();
    match archives::add_btype(&mut cx.tx, &name).await? {
        true => Ok(()),
        false => Err(Fault::generic("btype already exists").into()),
    }
}
