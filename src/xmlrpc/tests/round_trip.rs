//! What is written reads back as the same value.

#![allow(clippy::unwrap_used)]

use koji_xmlrpc::{FaultDoc, Value, parse_call, parse_response, write_call, write_fault, write_response};
use proptest::prelude::*;

/// Text that XML can carry: no forbidden characters, and no carriage return, which every XML reader turns
/// into a line feed.
fn text() -> impl Strategy<Value = String> {
    "[\t\n -~éž☃😀\u{a0}\u{fffd}]{0,20}"
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_filter("nan is not equal to itself", |f| !f.is_nan()).prop_map(Value::Double),
        text().prop_map(Value::Str),
        prop::collection::vec(any::<u8>(), 0..200).prop_map(Value::Base64),
        text().prop_map(Value::DateTime),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec((text(), inner), 0..6).prop_map(|m| Value::Struct(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn response(value in value()) {
        prop_assert_eq!(parse_response(&write_response(&value)).unwrap(), Ok(value));
    }

    #[test]
    fn call(name in "[a-zA-Z.&<]{1,12}", params in prop::collection::vec(value(), 0..4)) {
        let call = parse_call(&write_call(&name, &params)).unwrap();
        prop_assert_eq!(call.method, Some(name));
        prop_assert_eq!(call.params, params);
    }

    #[test]
    fn fault(code in any::<i64>(), string in text()) {
        let answer = parse_response(&write_fault(code, &string)).unwrap();
        prop_assert_eq!(answer, Err(FaultDoc { code, string }));
    }

    /// A string of any characters makes a readable document.
    #[test]
    fn any_text(string in any::<String>()) {
        let back = parse_call(&write_call("x", &[Value::from(string.as_str())])).unwrap();
        let expected: String = string.replace("\r\n", "\n").replace('\r', "\n").chars()
            .map(|c| if matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c }).collect();
        prop_assert_eq!(&back.params, &[Value::Str(expected)]);
    }
}
