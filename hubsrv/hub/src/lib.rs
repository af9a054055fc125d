//! The hub: XML-RPC server, sessions, methods, file store, services.
//!
//! What it is not: no SQL (that is `koji-db`), no XML (that is `koji-xmlrpc`).
//!
//! Start at [`methods`] for what a call does, at `server` for how a request becomes a call.

#[macro_use]
pub mod methods;
pub mod audit;
pub mod auth;
mod blocking;
pub mod cli;
pub mod context;
pub mod dispatch;
pub mod fault;
pub mod filters;
pub mod hub;
pub mod import;
pub mod kept;
mod listeners;
pub mod live;
pub mod lookup;
pub mod names;
pub mod notify;
pub mod policy;
pub mod reply;
pub mod repos;
pub mod scheduler;
pub mod server;
pub mod services;
pub mod store;
pub mod tasks;
pub mod testing;
pub mod uploads;

pub(crate) use blocking::blocking;
