//! The layout of Python's `pprint`: lines of 80 columns, keys sorted, long text in pieces.

use koji_api::types::repr::repr;
use koji_xmlrpc::{Struct, Value};

const WIDTH: isize = 80;

/// `pprint.pformat(value)`.
pub fn pformat(value: &Value) -> String {
    let mut out = String::new();
    put(&mut out, &sorted(value), Place { indent: 0, allowance: 0, level: 0 });
    out
}

/// Where a value stands: columns before it, columns that are needed after it, how deep it is.
#[derive(Clone, Copy)]
struct Place {
    indent: isize,
    allowance: isize,
    level: usize,
}

/// The value with the keys of all its structs sorted.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Struct(members) => {
            let mut members: Struct = members.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            members.sort_keys();
            Value::Struct(members)
        }
        other => other.clone(),
    }
}

fn put(out: &mut String, value: &Value, at: Place) {
    let flat = repr(value);
    if columns(&flat) <= WIDTH - at.indent - at.allowance {
        out.push_str(&flat);
        return;
    }
    let at = Place { level: at.level + 1, ..at };
    match value {
        Value::Array(items) => {
            out.push('[');
            let inner = at.indent + 1;
            for (n, item) in items.iter().enumerate() {
                separate(out, n, inner);
                let allowance = if n + 1 == items.len() { at.allowance + 1 } else { 1 };
                put(out, item, Place { indent: inner, allowance, level: at.level });
            }
            out.push(']');
        }
        Value::Struct(members) => {
            out.push('{');
            let inner = at.indent + 1;
            for (n, (key, member)) in members.iter().enumerate() {
                separate(out, n, inner);
                let key = repr(&Value::from(key));
                out.push_str(&key);
                out.push_str(": ");
                let allowance = if n + 1 == members.len() { at.allowance + 1 } else { 1 };
                let indent = inner + columns(&key) + 2;
                put(out, member, Place { indent, allowance, level: at.level });
            }
            out.push('}');
        }
        Value::Str(text) if !text.is_empty() => pieces(out, text, &flat, at),
        Value::Base64(bytes) if bytes.len() > 4 => byte_pieces(out, bytes, at),
        _ => out.push_str(&flat),
    }
}

fn separate(out: &mut String, n: usize, indent: isize) {
    if n > 0 {
        out.push(',');
        line(out, indent);
    }
}

fn line(out: &mut String, indent: isize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', usize::try_from(indent).unwrap_or(0)));
}

fn columns(text: &str) -> isize {
    isize::try_from(text.chars().count()).unwrap_or(isize::MAX)
}

/// Long text: its lines, and where they are too long, as many words as fit.
fn pieces(out: &mut String, text: &str, flat: &str, at: Place) {
    let outer = isize::from(at.level == 1);
    let (indent, allowance) = (at.indent + outer, at.allowance + outer);
    let width = WIDTH - indent;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut chunks = Vec::new();
    for (n, part) in lines.iter().enumerate() {
        let last = n + 1 == lines.len();
        let whole = quoted(part);
        if columns(&whole) <= if last { width - allowance } else { width } {
            chunks.push(whole);
            continue;
        }
        let words = words(part);
        let mut current = String::new();
        for (w, word) in words.iter().enumerate() {
            let candidate = format!("{current}{word}");
            let room = if last && w + 1 == words.len() { width - allowance } else { width };
            if columns(&quoted(&candidate)) > room {
                if !current.is_empty() {
                    chunks.push(quoted(&current));
                }
                current = (*word).to_owned();
            } else {
                current = candidate;
            }
        }
        if !current.is_empty() {
            chunks.push(quoted(&current));
        }
    }
    if chunks.len() == 1 {
        out.push_str(flat);
    } else {
        join(out, &chunks, indent, at.level == 1);
    }
}

/// Long bytes: groups of four, as many as fit.
fn byte_pieces(out: &mut String, bytes: &[u8], at: Place) {
    let outer = isize::from(at.level == 1);
    let (indent, allowance) = (at.indent + outer, at.allowance + outer);
    let full = bytes.len() / 4 * 4;
    let mut room = WIDTH - indent;
    let mut chunks = Vec::new();
    let mut current: Vec<u8> = Vec::new();
    for (n, group) in bytes.chunks(4).enumerate() {
        if n * 4 == full {
            room -= allowance;
        }
        let candidate = [current.as_slice(), group].concat();
        if columns(&repr(&Value::Base64(candidate.clone()))) > room {
            if !current.is_empty() {
                chunks.push(repr(&Value::Base64(current)));
            }
            current = group.to_vec();
        } else {
            current = candidate;
        }
    }
    if !current.is_empty() {
        chunks.push(repr(&Value::Base64(current)));
    }
    join(out, &chunks, indent, at.level == 1);
}

fn join(out: &mut String, chunks: &[String], indent: isize, parens: bool) {
    if parens {
        out.push('(');
    }
    for (n, chunk) in chunks.iter().enumerate() {
        if n > 0 {
            line(out, indent);
        }
        out.push_str(chunk);
    }
    if parens {
        out.push(')');
    }
}

fn quoted(text: &str) -> String {
    repr(&Value::from(text))
}

/// Words, each with the white space behind it.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(word);
        let space = tail.find(|c: char| !c.is_whitespace()).unwrap_or(tail.len());
        let (all, next) = rest.split_at(head.len() + space);
        words.push(all);
        rest = next;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_values_stay_on_a_line() {
        let value = Value::record([("b", Value::Int(1)), ("a", vec![Value::Nil, true.into()].into())]);
        assert_eq!(pformat(&value), "{'a': [None, True], 'b': 1}");
        assert_eq!(pformat(&"x".into()), "'x'");
    }

    #[test]
    fn long_values_break_as_pprint_breaks_them() {
        let words = "word ".repeat(20);
        assert_eq!(
            pformat(&words.as_str().into()),
            "('word word word word word word word word word word word word word word word '\n \
             'word word word word word ')"
        );
        let value = Value::record([
            ("second", Value::from("x".repeat(70))),
            ("first", vec![Value::from("y".repeat(60)), Value::from(12)].into()),
        ]);
        let expected = format!("{{'first': ['{}', 12],\n 'second': '{}'}}", "y".repeat(60), "x".repeat(70));
        assert_eq!(pformat(&value), expected);
    }

    proptest! {
        #[test]
        fn the_words_are_the_text(text in "\\PC{0,200}") {
            prop_assert_eq!(words(&text).concat(), text.clone());
            let shown = pformat(&Value::from(text.as_str()));
            prop_assert!(shown.chars().count() >= text.chars().count());
        }
    }
}
