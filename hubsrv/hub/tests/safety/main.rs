//! What the hub must resist. The table of attacks and tests is in docs/security.md.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that unwraps says where it failed

mod archives;
mod groups;
mod hostile;
mod hosts;
mod names;
mod races;
mod roles;
mod state;
