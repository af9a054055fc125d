//! Rpms: finding and listing them, what their headers say, importing one.

mod find;
mod headers;

use koji_api::methods::{
    GetChangelogEntries, GetRPM, GetRPMDeps, GetRPMFile, GetRPMHeaders, ImportRPM, ListBuildRPMs,
    ListRPMFiles, ListRPMs,
};
use koji_api::types::refs;
use koji_xmlrpc::Struct;

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::import;

pub(crate) use find::own;

pub const TABLE: &[Entry] = &[
    read!(GetChangelogEntries, headers::get_changelog_entries),
    kept!(GetRPM, find::get_rpm),
    read!(GetRPMDeps, headers::get_rpm_deps),
    read!(GetRPMFile, headers::get_rpm_file),
    read!(GetRPMHeaders, headers::get_rpm_headers),
    write!(ImportRPM, import_rpm),
    kept!(ListBuildRPMs, find::list_build_rpms),
    read!(ListRPMFiles, headers::list_rpm_files),
    kept!(ListRPMs, find::list_rpms),
];

async fn import_rpm(cx: &mut Cx, call: ImportRPM) -> Outcome<Struct> {
    let (dir, name) = (refs::to_str(&call.path)?, refs::to_str(&call.basename)?);
    import::import_rpm(cx, dir, name).await
}
