//! Commands on build targets.

pub mod add_target;
