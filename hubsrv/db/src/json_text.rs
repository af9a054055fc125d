//! JSON text as Koji stores it in text columns, where others read it back byte for byte.

use std::fmt::Write as _;

use koji_xmlrpc::Value;

/// The value as Python's `json.dumps` writes it: `, ` and `: ` between items, ASCII only.
pub fn json_text(v: &Value) -> String {
    let mut out = String::new();
    write(v, &mut out);
    out
}

fn write(v: &Value, out: &mut String) {
    match v {
        Value::Nil => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Int(i) => {
            let _ = write!(out, "{i}");
        }
        Value::Double(d) if d.is_finite() => {
            let _ = write!(out, "{d:?}");
        }
        // what JSON has no word for
        Value::Double(_) => out.push_str("null"),
        Value::Str(s) | Value::DateTime(s) => write_str(s, out),
        Value::Base64(b) => write_str(&String::from_utf8_lossy(b), out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Struct(members) => {
            out.push('{');
            for (i, (key, item)) in members.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_str(key, out);
                out.push_str(": ");
                write(item, out);
            }
            out.push('}');
        }
    }
}

fn write_str(s: &str, out: &mut String) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_pythons() {
        let v = Value::record([
            ("a", vec![Value::Int(1), Value::Nil, 1.5.into()].into()),
            ("é\n", "\u{1f600}\"".into()),
        ]);
        assert_eq!(json_text(&v), r#"{"a": [1, null, 1.5], "\u00e9\n": "\ud83d\ude00\""}"#);
    }

    #[test]
    fn is_json_again() {
        let v = Value::record([("k", vec![Value::Bool(true), "x\u{7f}\u{2028}".into()].into())]);
        let back: serde_json::Value = serde_json::from_str(&json_text(&v)).unwrap();
        assert_eq!(crate::json(back), v);
    }
}
