//! Commands on package lists.

pub mod add_pkg;
