//! Commands on build hosts.

pub mod add_host;
