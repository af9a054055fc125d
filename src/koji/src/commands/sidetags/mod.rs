//! Commands of the sidetag plugin: tags that users make for themselves.

pub mod add_sidetag;
pub mod edit_sidetag;
pub mod list_sidetags;
pub mod remove_sidetag;
