//! Commands on the comps groups of tags.

pub mod add_group;
pub mod add_group_pkg;
pub mod list_groups;
