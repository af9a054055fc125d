//! Greetings, versions and raw calls.

pub mod moshimoshi;
pub mod version;
