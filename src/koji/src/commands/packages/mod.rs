//! Commands on package lists.

pub mod add_pkg;
pub mod block_pkg;
pub mod list_pkgs;
pub mod unblock_pkg;
