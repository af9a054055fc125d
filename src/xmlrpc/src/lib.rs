//! Koji's dialect of XML-RPC: bytes on one side, [`Value`]s or serde types on the other.
//!
//! What it is not: no HTTP, no sessions, no knowledge of methods; those are `koji-client`, `koji-hub`
//! and `koji-api`.
//!
//! Start at [`Value`] for data whose shape is not known before, and at the functions of this file for
//! the documents (call, response, fault).

mod value;

pub use value::{Struct, Value};
