//! Commands on the hub's history.

pub mod list_history;
mod sentence;
mod tables;
mod timeline;
