//! Commands on package lists.

pub mod add_pkg;
pub mod block_pkg;
pub mod list_pkgs;
pub mod remove_pkg;
pub mod set_pkg_arches;
pub mod set_pkg_owner;
pub mod set_pkg_owner_global;
pub mod unblock_pkg;
