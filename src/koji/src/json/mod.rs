//! JSON as Python's `json.dumps(value, indent=2)` lays it out: ASCII only, members in the order of the hub.
//!
//! What commands print with `--json` is declared in [`shapes`]; schemas and documentation are generated from there.

pub mod record;
pub mod records;
pub mod shapes;

use koji_api::types::repr::repr;
use koji_xmlrpc::Value;

/// The value as JSON on lines of its own; bytes and times are text.
pub fn dumps(value: &Value) -> String {
    let mut out = String::new();
    put(&mut out, value, Some(0));
    out
}

/// The value as an element of an array that is written piece by piece: indented, without a line end.
pub fn element(value: &Value) -> String {
    let mut out = String::from("  ");
    put(&mut out, value, Some(1));
    out
}

/// The value as JSON on one line.
pub fn line(value: &Value) -> String {
    let mut out = String::new();
    put(&mut out, value, None);
    out
}

/// `depth` is the number of the enclosing values, `None` for all on one line.
fn put(out: &mut String, value: &Value, depth: Option<usize>) {
    let inner = depth.map(|d| d + 1);
    match value {
        Value::Nil => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Double(d) if !d.is_finite() => out.push_str("null"),
        Value::Int(_) | Value::Double(_) => out.push_str(&repr(value)),
        Value::Str(s) | Value::DateTime(s) => string(out, s),
        Value::Base64(bytes) => string(out, &String::from_utf8_lossy(bytes)),
        Value::Array(items) if items.is_empty() => out.push_str("[]"),
        Value::Struct(members) if members.is_empty() => out.push_str("{}"),
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                separate(out, n, inner);
                put(out, item, inner);
            }
            end(out, depth, ']');
        }
        Value::Struct(members) => {
            out.push('{');
            for (n, (key, member)) in members.iter().enumerate() {
                separate(out, n, inner);
                string(out, key);
                out.push_str(": ");
                put(out, member, inner);
            }
            end(out, depth, '}');
        }
    }
}

fn separate(out: &mut String, n: usize, depth: Option<usize>) {
    match depth {
        Some(depth) => {
            out.push_str(if n > 0 { ",\n" } else { "\n" });
            out.push_str(&"  ".repeat(depth));
        }
        None if n > 0 => out.push_str(", "),
        None => {}
    }
}

fn end(out: &mut String, depth: Option<usize>, close: char) {
    if let Some(depth) = depth {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(close);
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            ' '..='\x7f' => out.push(c),
            c => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn layout() {
        let value = Value::record([
            ("b", vec![Value::Int(1), Value::Nil].into()),
            ("a", "ž😀\u{1}".into()),
            ("e", Value::Array(Vec::new())),
        ]);
        let expected = "{\n  \"b\": [\n    1,\n    null\n  ],\n  \"a\": \"\\u017e\\ud83d\\ude00\\u0001\",\n  \"e\": []\n}";
        assert_eq!(dumps(&value), expected);
        assert_eq!(line(&value), "{\"b\": [1, null], \"a\": \"\\u017e\\ud83d\\ude00\\u0001\", \"e\": []}");
    }

    proptest! {
        #[test]
        fn text_is_read_back(text in "\\PC{0,40}|[\\x00-\\x1f\"\\\\]{0,10}") {
            let read: String = serde_json::from_str(&dumps(&Value::from(text.as_str()))).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
