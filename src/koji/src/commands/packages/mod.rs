//! Commands on package lists.

pub mod add_pkg;
pub mod list_pkgs;
