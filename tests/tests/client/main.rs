//! The `koji` program as people and scripts use it: JSON output, completion in the shells, waiting for a hub that goes away.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod completion;
mod install;
mod json;
mod keyring;
mod profiles;
mod proxy;
mod terminal;
mod uploads;
mod waiting;
