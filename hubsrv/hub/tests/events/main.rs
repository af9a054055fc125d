//! Server-sent events, and the logs that are followed by them.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

#[allow(dead_code, reason = "shared with the other tests")]
#[path = "../common/mod.rs"]
mod common;
mod logs;
mod stream;
