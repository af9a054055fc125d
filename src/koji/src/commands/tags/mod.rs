//! Commands on tags and their inheritance.

pub mod add_tag;
pub mod add_tag_inheritance;
pub mod list_tags;
