//! Commands on rpms.

pub mod import;
pub mod rpminfo;
