//! Koji's dialect of XML-RPC: bytes on one side, [`Value`]s or serde types on the other.
//!
//! What it is not: no HTTP, no sessions, no knowledge of methods; those are `koji-client`, `koji-hub`
//! and `koji-api`.
//!
//! Start at [`Value`] for data whose shape is not known before, at [`Writer`] for what streams out, and at
//! [`write_call`], [`write_response`], [`write_fault`], [`parse_call`] and [`parse_response`] for the documents.
//! [`Rows`] reads long answers while they arrive. [`to_value`], [`from_value`] and [`from_response`] connect types that serde knows.

mod decode;
mod encode;
mod error;
mod kwargs;
mod typed;
mod value;

pub use decode::{Call, FaultDoc, MAX_DEPTH, Row, Rows, parse_call, parse_response};
pub use encode::{ToXml, Writer, begin_response, end_response, write_call, write_fault, write_response};
pub use error::{ConvertError, ParseError, ParseErrorKind};
pub use kwargs::{STARSTAR, join_kwargs, split_kwargs};
pub use typed::{from_response, from_value, to_value};
pub use value::{Struct, Value};
