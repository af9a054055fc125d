//! Content generators: builds that are made elsewhere and brought here.

mod access;
mod reserve;

use koji_api::methods::{CGInitBuild, CGRefundBuild, GrantCGAccess, ListCGs, RevokeCGAccess};

use super::Entry;

pub const TABLE: &[Entry] = &[
    write!(CGInitBuild, reserve::cg_init_build),
    write!(CGRefundBuild, reserve::cg_refund_build),
    write!(GrantCGAccess, access::grant_cg_access),
    read!(ListCGs, access::list_cgs),
    write!(RevokeCGAccess, access::revoke_cg_access),
];
