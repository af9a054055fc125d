//! Commands on tags.

pub mod add_tag;
pub mod add_tag_inheritance;
pub mod clone_tag;
pub mod edit_tag;
pub mod list_tags;
pub mod lock_tag;
pub mod remove_tag;
mod select;
pub mod taginfo;
pub mod unlock_tag;
