//! Names from the command line, looked up at the hub.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// A tag by name or id; a usage error when there is none, as upstream's client.
pub async fn tag(cx: &Cx, name: &str) -> Result<Value> {
    let info = name.parse::<i64>().map_or_else(|_| name.into(), Value::Int);
    let tag = cx.hub().call(m::GetTag { tagInfo: info, ..Default::default() }).await?;
    if tag.is_nil() { Err(CommandError::usage(format!("No such tag: {name}"))) } else { Ok(tag) }
}

/// A tag by name; a plain error when there is none.
pub async fn tag_or_error(cx: &Cx, name: &str) -> Result<Value> {
    let tag = cx.hub().call(m::GetTag { tagInfo: name.into(), ..Default::default() }).await?;
    if tag.is_nil() { Err(CommandError::new(format!("No such tag: {name}"))) } else { Ok(tag) }
}

/// A target by name; a usage error when there is none.
pub async fn target(cx: &Cx, name: &str) -> Result<Value> {
    let target = cx.hub().call(m::GetBuildTarget { info: name.into(), ..Default::default() }).await?;
    if target.is_nil() {
        Err(CommandError::usage(format!("No such build target: {name}")))
    } else {
        Ok(target)
    }
}

/// Admin, or the permission; a usage error otherwise, as upstream's client.
pub async fn require_perm(cx: &Cx, perm: &str) -> Result {
    for name in ["admin", perm] {
        if cx.hub().call(m::HasPerm { perm: name.into(), ..Default::default() }).await?.truthy() {
            return Ok(());
        }
    }
    Err(CommandError::usage(format!("This action requires {perm} or admin privileges")))
}

/// Member `key` of a record, nil when it is absent.
pub fn field(record: &Value, key: &str) -> Value {
    record.get(key).cloned().unwrap_or_default()
}

/// The record with further members, or other values of those it has.
pub fn with<const N: usize>(record: &Value, members: [(&str, Value); N]) -> Value {
    let mut all = record.as_struct().cloned().unwrap_or_default();
    all.extend(members.map(|(key, value)| (key.to_owned(), value)));
    all.into()
}

/// Member `key` as text, empty when it is absent.
pub fn text<'a>(record: &'a Value, key: &str) -> &'a str {
    record.str_at(key).unwrap_or_default()
}

/// The items of a list answer.
pub fn items(list: &Value) -> &[Value] {
    list.as_array().unwrap_or_default()
}

/// A list of arches as the hub takes it.
pub fn arches(text: Option<&str>) -> Result<Value> {
    let Some(text) = text else { return Ok(Value::Nil) };
    let arches = koji_rpm::arch::parse_arches(text).map_err(|e| CommandError::new(e.to_string()))?;
    Ok(arches.join(" ").into())
}

/// `key=value` as options take it.
pub fn key_value(option: &str) -> Result<(String, Value)> {
    let (key, value) = option
        .split_once('=')
        .ok_or_else(|| CommandError::new(format!("{option}: an option of the form key=value is wanted")))?;
    Ok((key.to_owned(), typed(value)))
}

/// Text as a value, by upstream's rules for command line arguments: integers, decimals, None, True and False are
/// themselves, anything else is text.
pub fn typed(text: &str) -> Value {
    if let Some(n) = integer(text) {
        return Value::Int(n);
    }
    if let Some(d) = decimal(text) {
        return Value::Double(d);
    }
    match text {
        "None" => Value::Nil,
        "True" => Value::Bool(true),
        "False" => Value::Bool(false),
        _ => text.into(),
    }
}

/// As Python reads them: blanks around, underscores between digits.
fn integer(text: &str) -> Option<i64> {
    joined(text)?.parse().ok()
}

/// As Python reads them: also `nan`, `inf`, `infinity`, in any case.
fn decimal(text: &str) -> Option<f64> {
    joined(text)?.parse().ok()
}

/// Without underscores, which stand between digits only.
fn joined(text: &str) -> Option<String> {
    let text = text.trim();
    let digit = |c: Option<&u8>| c.is_some_and(u8::is_ascii_digit);
    let bytes = text.as_bytes();
    let sound = bytes
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'_')
        .all(|(n, _)| digit(n.checked_sub(1).and_then(|n| bytes.get(n))) && digit(bytes.get(n + 1)));
    sound.then(|| text.replace('_', ""))
}

/// Member `key` as Python's `%s` shows it.
pub fn shown(record: &Value, key: &str) -> String {
    record.get(key).map_or_else(|| "None".to_owned(), koji_api::types::repr::text)
}

/// An id where the text is one, else a name.
pub fn id_or_name(text: &str) -> Value {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    text.parse::<i64>().ok().filter(|_| digits).map_or_else(|| text.into(), Value::Int)
}

/// `name-version-release` of a record that has the three.
pub fn nvr(record: &Value) -> String {
    format!("{}-{}-{}", text(record, "name"), text(record, "version"), text(record, "release"))
}

/// [`nvr`] of a build's record, whose package may have another name.
pub fn build_label(build: &Value) -> String {
    let name = build.str_at("package_name").filter(|n| !n.is_empty()).unwrap_or_else(|| text(build, "name"));
    format!("{name}-{}-{}", shown(build, "version"), shown(build, "release"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_python_reads_them() {
        for (text, value) in [
            ("12", Value::Int(12)),
            (" +1_000 ", Value::Int(1000)),
            ("-5", Value::Int(-5)),
            ("1_000.5", Value::Double(1000.5)),
            ("1e3", Value::Double(1000.0)),
            ("-Inf", Value::Double(f64::NEG_INFINITY)),
            ("None", Value::Nil),
            ("True", Value::Bool(true)),
        ] {
            assert_eq!(typed(text), value, "{text:?}");
        }
        for text in ["", "_1", "1_", "1__0", "0x10", "none", "1e", "1 2"] {
            assert_eq!(typed(text), Value::from(text), "{text:?}");
        }
        assert!(matches!(typed("nan"), Value::Double(d) if d.is_nan()));
    }
}
