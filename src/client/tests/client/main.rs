//! The client against a server that fails in every way a network and a hub can.

#![allow(clippy::unwrap_used)]

mod blocks;
mod calls;
mod server;
mod tls;
mod transfers;
