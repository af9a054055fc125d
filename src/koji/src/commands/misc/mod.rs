//! Greetings, versions, help and raw calls.

pub mod call;
pub mod completion;
pub mod doctor;
pub mod help;
pub mod list_api;
pub mod moshimoshi;
mod password;
pub mod profile;
pub mod tui;
pub mod version;
