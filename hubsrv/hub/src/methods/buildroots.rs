//! Buildroots, for reading.

use koji_api::Fault;
use koji_api::methods::{GetBuildroot, GetBuildrootListing, ListBuildroots};
use koji_api::types::refs;
use koji_db::buildroots::{self, BuildrootFilter};
use koji_db::{Query, QueryOpts};
use koji_xmlrpc::Struct;

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::filters;

pub const TABLE: &[Entry] = &[
    kept!(GetBuildroot, get_buildroot),
    read!(GetBuildrootListing, get_buildroot_listing),
    kept!(ListBuildroots, list_buildroots),
];

async fn get_buildroot(cx: &mut Cx, call: GetBuildroot) -> Outcome<Option<Struct>> {
    let id = refs::to_int(&call.buildrootID)?;
    match buildroots::get(&mut cx.tx, id).await? {
        None if call.strict => Err(Fault::generic(format!("No such buildroot: {id}")).into()),
        found => Ok(found),
    }
}

async fn get_buildroot_listing(cx: &mut Cx, call: GetBuildrootListing) -> Outcome<Query> {
    let id = refs::to_int(&call.id)?;
    if !buildroots::exists(&mut cx.tx, id).await? {
        return Err(Fault::generic(format!("no buildroot with ID: {id}")).into());
    }
    Ok(buildroots::listing(id))
}

async fn list_buildroots(_: &mut Cx, call: ListBuildroots) -> Outcome<Query> {
    let filter = BuildrootFilter {
        ids: filters::ints(&call.buildrootID)?,
        host: filters::int(&call.hostID)?,
        tag: filters::int(&call.tagID)?,
        states: filters::ints(&call.state)?,
        rpm: filters::int(&call.rpmID)?,
        archive: filters::int(&call.archiveID)?,
        task: filters::int(&call.taskID)?,
        // upstream ignores 0
        repo: filters::int(&call.repoID)?.filter(|id| *id != 0),
    };
    Ok(buildroots::list(filter, &QueryOpts::from_value(&call.queryOpts)?)?)
}
