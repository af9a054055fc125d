//! Commands on build targets.

pub mod add_target;
pub mod list_targets;
