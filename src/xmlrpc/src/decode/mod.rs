//! From bytes to values.

mod document;
mod plain;
mod pull;
mod rows;
mod text;
mod tree;

pub(crate) use document::read_response;
pub use document::{Call, FaultDoc, parse_call, parse_response};
pub(crate) use pull::{Item, Pull};
pub use rows::{Row, Rows};

/// Arrays and structs may nest this deep; Koji's own data stays below 20.
pub const MAX_DEPTH: usize = 200;
