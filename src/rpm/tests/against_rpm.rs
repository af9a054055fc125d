//! Every field of real packages, against what rpm's own Python binding answers for them (`data/expected.json`).

#![allow(clippy::unwrap_used)]

#[path = "common/mod.rs"]
mod common;

use common::{PACKAGES, data};
use koji_rpm::{Evr, Field, RpmFile, diff, vercmp};
use serde_json::{Value, json};

fn expected() -> Value {
    serde_json::from_str(&std::fs::read_to_string(data("expected.json")).unwrap()).unwrap()
}

fn to_json(field: Field) -> Value {
    match field {
        Field::Nil => Value::Null,
        Field::Int(value) => json!(value),
        Field::Text(value) => json!(value),
        Field::Bytes(value) => json!({ "hex": hex(&value) }),
        Field::Ints(values) => json!(values),
        Field::Texts(values) => json!(values),
        Field::Blobs(values) => values.iter().map(|value| json!({ "hex": hex(value) })).collect(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn all_fields() {
    let expected = expected();
    for package in PACKAGES {
        let rpm = RpmFile::open(&data(package)).unwrap();
        let names: Vec<&str> = rpm.fields().into_iter().map(|(name, _)| name).collect();
        let known = expected[package]["fields"].as_object().unwrap();
        assert_eq!(names.len(), known.len(), "{package}: {names:?}");
        for (name, value) in known {
            assert!(names.contains(&name.as_str()), "{package}: {name} is not listed");
            let tag = koji_rpm::header::tags::by_name(name).unwrap();
            assert_eq!(to_json(rpm.tag(tag.number)), *value, "{package}: {name}");
        }
        for (name, value) in expected[package]["computed"].as_object().unwrap() {
            assert_eq!(to_json(rpm.field(name).unwrap()), *value, "{package}: {name}");
        }
    }
}

#[test]
fn names_and_unknown_names() {
    let rpm = RpmFile::open(&data("hello-1.0-1.el9.src.rpm")).unwrap();
    assert_eq!(rpm.field("arch").unwrap(), Field::Text("x86_64".into()));
    assert_eq!(rpm.field_src_arch("ARCH").unwrap(), Field::Text("src".into()));
    assert_eq!(rpm.field("requirename").unwrap(), rpm.field("REQUIRES").unwrap());
    assert_eq!(rpm.field("epoch").unwrap(), Field::Nil);
    assert_eq!(rpm.field("nosuchheader").unwrap_err().to_string(), "No such rpm header field: NOSUCHHEADER");
}

#[test]
fn koji_hashes() {
    let expected = expected();
    for package in PACKAGES {
        let rpm = RpmFile::open(&data(package)).unwrap();
        assert_eq!(diff::koji_hash(&rpm), expected[package]["kojihash"].as_str().unwrap(), "{package}");
    }
}

#[test]
fn versions() {
    for case in expected()["vercmp"].as_array().unwrap() {
        let (a, b) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        assert_eq!(vercmp(a, b) as i64, case[2].as_i64().unwrap(), "{a} {b}");
    }
    assert!(Evr::parse("1:1.0-1").compare(&Evr::parse("2.0-1")).is_gt());
    assert!(Evr::parse("0:1.0-1").compare(&Evr::parse("1.0-1")).is_eq());
    assert!(Evr::parse("1.0-10").compare(&Evr::parse("1.0-9")).is_gt());
}

#[test]
fn differences() {
    let open = |name: &str| RpmFile::open(&data(name)).unwrap();
    let (signed, unsigned) = (open("hello-1.0-1.el9.x86_64.signed.rpm"), open("hello-1.0-1.el9.x86_64.rpm"));
    assert_eq!(diff::differences(&signed, &unsigned), Vec::<String>::new());
    let lines = diff::differences(&unsigned, &open("hello-doc-1.0-1.el9.noarch.rpm"));
    for line in [
        "S.5........ NAME",
        "removed     REQUIRES bash >= 4",
        "removed     CONFLICTS hello-old < 0.5",
        "removed     /usr/share/hello/data.txt",
        "added       /usr/share/doc/hello/README",
    ] {
        assert!(lines.iter().any(|have| have == line), "{line:?} is not among {lines:#?}");
    }
}
