//! Values as Python writes them: Koji's fault texts quote arguments that way, and its users know them so.

use koji_xmlrpc::Value;

/// `repr()` of a value.
pub fn repr(v: &Value) -> String {
    match v {
        Value::Nil => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(i) => i.to_string(),
        Value::Double(d) => repr_double(*d),
        Value::Str(s) => repr_str(s),
        Value::DateTime(s) => format!("<DateTime {}>", repr_str(s)),
        Value::Base64(b) => format!("b{}", repr_str(&b.escape_ascii().to_string())),
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Struct(members) => {
            let members: Vec<_> =
                members.iter().map(|(k, v)| format!("{}: {}", repr_str(k), repr(v))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// `str()` of a value: as [`repr`], but a string is itself.
pub fn text(v: &Value) -> String {
    match v {
        Value::Str(s) => s.clone(),
        other => repr(other),
    }
}

/// `repr(type(v))`, such as `<class 'int'>`.
pub fn class(v: &Value) -> String {
    let name = match v {
        Value::Nil => "NoneType",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int",
        Value::Double(_) => "float",
        Value::Str(_) => "str",
        Value::Base64(_) => "bytes",
        Value::DateTime(_) => "xmlrpc.client.DateTime",
        Value::Array(_) => "list",
        Value::Struct(_) => "dict",
    };
    format!("<class '{name}'>")
}

fn repr_double(d: f64) -> String {
    if d.is_finite() && d.fract() == 0.0 && d.abs() < 1e16 { format!("{d:.1}") } else { format!("{d}") }
}

/// Single quotes unless the text has some and no double quotes; control characters escaped.
fn repr_str(s: &str) -> String {
    let quote = if s.contains('\'') && !s.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(s.len() + 2);
    out.push(quote);
    for c in s.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if u32::from(c) < 0x20 || u32::from(c) == 0x7f => {
                out.push_str(&format!("\\x{:02x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_python() {
        let v = Value::record([("name", "it's".into()), ("n", Value::Nil), ("l", vec![1_i64, 2].into())]);
        assert_eq!(repr(&v), r#"{'name': "it's", 'n': None, 'l': [1, 2]}"#);
        assert_eq!(repr(&Value::from("a'\"\n\u{1}")), r#"'a\'"\n\x01'"#);
        assert_eq!(repr(&Value::Double(2.0)), "2.0");
        assert_eq!(text(&Value::from("x")), "x");
        assert_eq!(class(&Value::Nil), "<class 'NoneType'>");
    }
}
