//! The hub: XML-RPC server, sessions, methods, file store, services.
//!
//! What it is not: no SQL (that is `koji-db`), no XML (that is `koji-xmlrpc`).
//!
//! Start at [`methods`] for what a call does, at `server` for how a request becomes a call.

#[macro_use]
pub mod methods;
pub mod audit;
pub mod auth;
pub mod context;
pub mod dispatch;
pub mod fault;
pub mod hub;
pub mod live;
pub mod lookup;
pub mod names;
pub mod reply;
pub mod testing;
