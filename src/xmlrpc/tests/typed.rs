//! serde types, in all directions.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use koji_xmlrpc::{
    ConvertError, ParseErrorKind, Value, from_response, from_value, to_value, write_fault, write_response,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Build {
    id: i64,
    name: String,
    epoch: Option<i32>,
    #[serde(default)]
    draft: bool,
    completion_ts: Option<f64>,
    extra: Option<Value>,
    tags: Vec<(i64, String)>,
}

fn answer() -> Value {
    Value::record([
        ("id", Value::Int(7)),
        ("unknown", Value::record([("deep", Value::Array(vec![Value::Nil, Value::from("x")]))])),
        ("name", Value::from("a & b")),
        ("epoch", Value::Nil),
        ("draft", Value::Int(1)),
        ("completion_ts", Value::Int(3)),
        ("extra", Value::record([("data", Value::Base64(vec![0, 1])), ("n", Value::Int(1))])),
        (
            "tags",
            Value::Array(vec![Value::Array(vec![Value::Int(1), Value::from("f40"), Value::from("more")])]),
        ),
    ])
}

fn build() -> Build {
    Build {
        id: 7,
        name: "a & b".into(),
        epoch: None,
        draft: true,
        completion_ts: Some(3.0),
        extra: Some(Value::record([("data", Value::Base64(vec![0, 1])), ("n", Value::Int(1))])),
        tags: vec![(1, "f40".into())],
    }
}

#[test]
fn straight_from_a_response() {
    assert_eq!(from_response::<Build>(&write_response(&answer())).unwrap(), Ok(build()));
    let fault = from_response::<Build>(&write_fault(1003, "locked")).unwrap().unwrap_err();
    assert_eq!((fault.code, fault.string.as_str()), (1003, "locked"));
}

#[test]
fn from_a_value() {
    assert_eq!(from_value::<Build>(answer()).unwrap(), build());
    let absent = Value::record([("id", Value::Int(1)), ("name", "".into()), ("tags", Value::Array(vec![]))]);
    let bare = from_value::<Build>(absent).unwrap();
    assert_eq!((bare.epoch, bare.extra, bare.draft), (None, None, false));
}

#[test]
fn shapes() {
    let error = from_response::<Vec<i64>>(&write_response("x")).unwrap_err();
    assert!(matches!(error.kind, ParseErrorKind::Shape(_)), "{error}");
    assert!(error.line > 1, "{error}");
    from_response::<i32>(&write_response(&(1i64 << 40))).unwrap_err();
    from_value::<u8>(Value::Int(-1)).unwrap_err();
    from_value::<String>(Value::Nil).unwrap_err();
    assert_eq!(from_value::<Option<String>>(Value::Nil).unwrap(), None);
    // what a tuple has no place for is ignored, as unknown members are
    assert_eq!(from_value::<(i64,)>(Value::Array(vec![1.into(), 2.into()])).unwrap(), (1,));
    from_value::<(i64, i64)>(Value::Array(vec![1.into()])).unwrap_err();
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Plain,
    One(i64),
    Two(i64, String),
    Named { a: Option<bool> },
}

#[test]
fn enums() {
    for kind in [Kind::Plain, Kind::One(1), Kind::Two(2, "x".into()), Kind::Named { a: Some(true) }] {
        let value = to_value(&kind).unwrap();
        assert_eq!(
            from_response::<Kind>(&write_response(&value)).unwrap(),
            Ok(from_value(value.clone()).unwrap())
        );
        assert_eq!(from_value::<Kind>(value).unwrap(), kind);
    }
    from_value::<Kind>(Value::Int(1)).unwrap_err();
    from_response::<Kind>(&write_response(&Value::record(
        [("plain", 1), ("one", 1)].map(|(k, v)| (k, Value::from(v))),
    )))
    .unwrap_err();
}

#[test]
fn to_values() {
    assert_eq!(
        to_value(&(1u8, "x", None::<i64>, 1.5f64, 'c', ())).unwrap(),
        Value::Array(vec![1.into(), "x".into(), Value::Nil, 1.5.into(), "c".into(), Value::Nil])
    );
    assert_eq!(to_value(&build()).unwrap().get("extra"), build().extra.as_ref());
    let map: BTreeMap<&str, i64> = [("a", 1)].into();
    assert_eq!(to_value(&map).unwrap(), Value::record([("a", Value::Int(1))]));
    let failed = |r: Result<Value, ConvertError>| r.unwrap_err().to_string();
    assert!(failed(to_value(&u64::MAX)).contains("18446744073709551615"));
    assert!(failed(to_value(&BTreeMap::from([(1, 2)]))).contains("must be strings"));
}

#[test]
fn json() {
    let value = Value::record([
        ("b", Value::Base64(b"hi".to_vec())),
        ("t", Value::DateTime("20240102T03:04:05".into())),
        ("n", Value::Nil),
        ("l", Value::Array(vec![Value::Int(1), Value::Double(1.0), Value::Bool(true)])),
    ]);
    let json = serde_json::to_string(&value).unwrap();
    assert_eq!(json, r#"{"b":"aGk=","t":"20240102T03:04:05","n":null,"l":[1,1.0,true]}"#);
    let back: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
    serde_json::from_str::<Value>("18446744073709551615").unwrap_err();
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-1e300..1e300f64).prop_map(Value::Double),
        "[ -~é]{0,9}".prop_map(Value::Str),
        prop::collection::vec(any::<u8>(), 0..9).prop_map(Value::Base64),
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec(("[a-z]{0,4}", inner), 0..5)
                .prop_map(|m| Value::Struct(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn values_survive(value in value()) {
        prop_assert_eq!(&to_value(&value).unwrap(), &value);
        prop_assert_eq!(&from_value::<Value>(value.clone()).unwrap(), &value);
        prop_assert_eq!(from_response::<Value>(&write_response(&value)).unwrap(), Ok(value));
    }

    /// Whatever the answer is, reading it into a type ends with a result.
    #[test]
    fn any_shape(value in value()) {
        let bytes = write_response(&value);
        let _ = from_response::<Build>(&bytes);
        let _ = from_response::<Vec<Option<(bool, f64)>>>(&bytes);
        let _ = from_response::<BTreeMap<String, Kind>>(&bytes);
        let _ = from_value::<BTreeMap<String, Kind>>(value);
    }
}
