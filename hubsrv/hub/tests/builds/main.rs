//! Builds, rpms, signatures and tags against a real database and file store.

#![allow(clippy::unwrap_used)] // a test that unwraps says where it failed

#[path = "../common/mod.rs"]
mod common;
mod imports;
mod merge;
mod signatures;
mod tagging;
mod typed;
