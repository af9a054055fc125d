//! From values to bytes.

mod document;
mod float;
mod to_xml;
mod writer;

pub use document::{begin_response, end_response, write_call, write_fault, write_response};
pub use to_xml::ToXml;
pub use writer::Writer;
