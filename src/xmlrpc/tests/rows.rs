//! Rows that are read as they arrive are those of the whole answer, however it is cut into pieces.

#![allow(clippy::unwrap_used, reason = "tests")]

use koji_xmlrpc::{Row, Rows, Value, parse_response, write_fault, write_response};
use proptest::prelude::*;

type Read = Result<(Value, Vec<Row>), String>;

/// Feeds the document in pieces of these lengths, repeated.
fn read(mut rows: Rows, document: &[u8], lengths: &[usize]) -> Read {
    let (mut all, mut at) = (Vec::new(), 0);
    for length in lengths.iter().cycle() {
        let piece = &document[at..(at + length.max(&1)).min(document.len())];
        all.extend(rows.feed(piece).map_err(|e| e.to_string())?);
        at += piece.len();
        if at == document.len() {
            break;
        }
    }
    let (answer, last) = rows.finish().map_err(|e| e.to_string())?.map_err(|fault| fault.string)?;
    all.extend(last);
    Ok((answer, all))
}

fn flat(document: &[u8], lengths: &[usize]) -> Read {
    read(Rows::of_list(), document, lengths)
}

fn value() -> impl Strategy<Value = Value> {
    let text = "[\n -~<>&'\"é☃]{0,12}";
    let leaf = prop_oneof![
        Just(Value::Nil),
        any::<i64>().prop_map(Value::Int),
        text.prop_map(Value::Str),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Value::Base64),
    ];
    leaf.prop_recursive(4, 30, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((text, inner), 0..5).prop_map(|m| Value::Struct(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_rows_of_any_answer(value in value(), lengths in prop::collection::vec(1_usize..40, 1..5)) {
        let (answer, rows) = flat(&write_response(&value), &lengths).unwrap();
        match value {
            Value::Array(items) => {
                prop_assert_eq!(answer, Value::Array(Vec::new()));
                prop_assert_eq!(rows, items.into_iter().map(|v| (0, v)).collect::<Vec<_>>());
            }
            other => prop_assert_eq!((answer, rows), (other, Vec::new())),
        }
    }

    #[test]
    fn the_rows_of_several_lists(
        lists in prop::collection::vec(value(), 0..4),
        lengths in prop::collection::vec(1_usize..40, 1..5),
    ) {
        let document = write_response(&Value::Array(lists.clone()));
        let (answer, rows) = read(Rows::of_lists(), &document, &lengths).unwrap();
        let mut wanted = Vec::new();
        let empty = |(n, list)| match list {
            Value::Array(items) => {
                wanted.extend(items.into_iter().map(|row| (n, row)));
                Value::Array(Vec::new())
            }
            other => other,
        };
        let left: Vec<Value> = lists.into_iter().enumerate().map(empty).collect();
        prop_assert_eq!(answer, Value::Array(left));
        prop_assert_eq!(rows, wanted);
    }

    /// What is no XML-RPC is refused as it would be in one piece, and never panics.
    #[test]
    fn any_bytes(text in "(<[/!?]?(value|array|data|params?|x|nil/|!\\[CDATA\\[)?>?|[ a\"'&;-]){0,30}", length in 1_usize..9) {
        let document = format!("<methodResponse><params><param><value><array><data>{text}");
        prop_assert!(flat(document.as_bytes(), &[length]).is_err());
        let _ = flat(text.as_bytes(), &[length]);
    }
}

#[test]
fn rows_come_before_the_answer_ends() {
    let document = write_response(&Value::from(vec![1_i64, 2, 3]));
    let half = document.windows(3).position(|w| w == b">2<").unwrap() + 3;
    let mut rows = Rows::of_list();
    assert_eq!(rows.feed(&document[..half]).unwrap(), [(0, Value::Int(1))]);
    assert_eq!(rows.feed(&document[half..]).unwrap(), [(0, Value::Int(2)), (0, Value::Int(3))]);
}

#[test]
fn answers_that_are_no_list_or_not_as_koji_writes_them() {
    assert_eq!(flat(&write_fault(1000, "no <such> tag"), &[5]), Err("no <such> tag".into()));
    let broken = write_response(&Value::from(vec![1_i64, 2]));
    assert!(flat(&broken[..broken.len() - 20], &[7]).is_err());

    let row = |text: &str| -> Vec<u8> {
        format!("<r><params><param><value><array><data><value><int>1</int></value>{text}</data></array></value></param></params></r>").into()
    };
    let rows = |document: &[u8]| flat(document, &[3]).map(|(_, rows)| rows.len());
    assert_eq!(rows(&row("")), Ok(1));
    for (text, count) in [
        ("<!-- <value> --><value><int>2</int></value>", 2),
        ("<value><![CDATA[</value>]]></value><value><nil/></value>", 3),
        ("<value a='>'><int>2</int></value>", 2),
        ("<value/>", 2),
        ("<value ><string/></value >", 2),
    ] {
        let document = row(text);
        let whole = parse_response(&document).unwrap().unwrap();
        assert_eq!(whole.as_array().map(<[_]>::len), Some(count), "{text}");
        assert_eq!(rows(&document), Ok(count), "{text}");
    }
    let latin = b"<?xml version='1.0' encoding='iso-8859-1'?><r><params><param><value><array><data><value>\xe9</value></data></array></value></param></params></r>";
    assert_eq!(flat(latin, &[1]).unwrap().1, [(0, Value::from("é"))]);
}
