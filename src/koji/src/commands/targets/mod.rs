//! Commands on build targets.

pub mod add_target;
pub mod edit_target;
pub mod list_targets;
pub mod remove_target;
