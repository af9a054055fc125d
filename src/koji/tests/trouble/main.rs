//! Trouble on the way to the hub: `koji doctor` names its cause on broken set-ups, and every command says what happened, why
//! and what to do. The servers are real ones on loopback.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod connection;
mod errors;
mod local;
mod login;
mod run;
mod servers;
