//! Commands on rpms.

pub mod rpminfo;
