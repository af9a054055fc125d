//! Commands on tags.

pub mod add_tag;
pub mod add_tag_inheritance;
pub mod edit_tag;
pub mod list_tags;
pub mod taginfo;
