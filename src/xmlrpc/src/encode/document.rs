//! The three documents: call, response, fault.

use super::{ToXml, Writer};
use crate::Value;

/// A `methodCall` with positional parameters; keyword arguments go through [`crate::join_kwargs`] first.
pub fn write_call(name: &str, params: &[Value]) -> Vec<u8> {
    let mut w = Writer::with_capacity(256);
    w.raw(b"<?xml version='1.0'?>\n<methodCall>\n<methodName>");
    w.text(name);
    w.raw(b"</methodName>\n<params>\n");
    for param in params {
        w.raw(b"<param>\n");
        param.to_xml(&mut w);
        w.raw(b"</param>\n");
    }
    w.raw(b"</params>\n</methodCall>\n");
    w.into_bytes()
}

/// Opens a response; one value and [`end_response`] follow.
pub fn begin_response(w: &mut Writer) {
    w.raw(b"<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n");
}

/// Closes what [`begin_response`] opened.
pub fn end_response(w: &mut Writer) {
    w.raw(b"</param>\n</params>\n</methodResponse>\n");
}

/// A whole response.
pub fn write_response<T: ToXml + ?Sized>(value: &T) -> Vec<u8> {
    let mut w = Writer::with_capacity(256);
    begin_response(&mut w);
    value.to_xml(&mut w);
    end_response(&mut w);
    w.into_bytes()
}

/// A whole fault response; sent with HTTP status 200 like any answer.
pub fn write_fault(code: i64, string: &str) -> Vec<u8> {
    let mut w = Writer::with_capacity(256);
    w.raw(b"<?xml version='1.0'?>\n<methodResponse>\n<fault>\n");
    w.begin_struct();
    w.member("faultCode", &code);
    w.member("faultString", string);
    w.end_struct();
    w.raw(b"</fault>\n</methodResponse>\n");
    w.into_bytes()
}
