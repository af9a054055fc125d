//! Commands on tasks.

pub mod watch_task;
