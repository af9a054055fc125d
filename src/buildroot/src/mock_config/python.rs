//! Python literals, as `repr()` writes them.

use serde_json::Value;

/// `repr()` of a string: single quotes unless only they occur in it.
pub(crate) fn string(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if !printable(c) => out.push_str(&match u32::from(c) {
                n @ ..0x100 => format!("\\x{n:02x}"),
                n @ ..0x1_0000 => format!("\\u{n:04x}"),
                n => format!("\\U{n:08x}"),
            }),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// Whether Python shows a character as itself: Rust's `Debug` asks the same tables, except that it also escapes combining
/// characters when nothing stands before them.
fn printable(c: char) -> bool {
    !c.is_control()
        && !['a', c].iter().collect::<String>().escape_debug().collect::<String>().contains("\\u{")
}

/// `True` or `False`.
pub(crate) fn boolean(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// `repr()` of a JSON value.
pub(crate) fn literal(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(b) => boolean(*b).into(),
        Value::Number(n) => n.to_string(),
        Value::String(s) => string(s),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(k, v)| format!("{}: {}", string(k), literal(v))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}
