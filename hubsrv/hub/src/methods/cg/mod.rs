//! Content generators: builds that are made elsewhere and brought here.

mod access;
mod reserve;

use koji_api::methods::{CGImport, CGInitBuild, CGRefundBuild, GrantCGAccess, ListCGs, RevokeCGAccess};

use koji_api::types::refs;
use koji_xmlrpc::Struct;

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::import;

pub(crate) use access::assert_cg as require_generator;

pub const TABLE: &[Entry] = &[
    write!(CGImport, cg_import),
    write!(CGInitBuild, reserve::cg_init_build),
    write!(CGRefundBuild, reserve::cg_refund_build),
    write!(GrantCGAccess, access::grant_cg_access),
    read!(ListCGs, access::list_cgs),
    write!(RevokeCGAccess, access::revoke_cg_access),
];

async fn cg_import(cx: &mut Cx, call: CGImport) -> Outcome<Option<Struct>> {
    import::cg_import(cx, &call.metadata, refs::to_str(&call.directory)?, &call.token).await
}
