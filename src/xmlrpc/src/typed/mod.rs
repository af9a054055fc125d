//! serde: Rust types on one side, [`crate::Value`]s, XML-RPC documents or JSON on the other.

mod from_value;
mod from_xml;
mod to_value;
mod value;

pub use from_value::from_value;
pub use from_xml::from_response;
pub use to_value::to_value;

/// serde has no type for a base64 or dateTime value. [`crate::Value`] writes them as newtypes of these
/// names around a string, so that JSON and the like see a string and [`to_value`] sees what it was.
const BASE64: &str = "$koji_xmlrpc::Base64";
const DATE_TIME: &str = "$koji_xmlrpc::DateTime";
