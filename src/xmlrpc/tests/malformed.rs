//! Documents that are no calls, and calls in unusual but accepted forms.

#![allow(clippy::unwrap_used)]

use koji_xmlrpc::{Value, parse_call, parse_response};
use proptest::prelude::*;

fn params(xml: &str) -> Vec<Value> {
    let document = format!("<methodCall><methodName>echo</methodName><params>{xml}</params></methodCall>");
    parse_call(document.as_bytes()).unwrap().params
}

fn param(xml: &str) -> Value {
    params(&format!("<param><value>{xml}</value></param>")).remove(0)
}

fn refusal(document: impl AsRef<[u8]>) -> String {
    parse_call(document.as_ref()).unwrap_err().to_string()
}

fn value_refusal(xml: &str) -> String {
    refusal(format!(
        "<methodCall><methodName>echo</methodName><params><param><value>{xml}</value></param></params></methodCall>"
    ))
}

/// The texts an upstream hub gave for the same bytes.
#[test]
fn refused_as_upstream() {
    assert_eq!(refusal("hello"), "syntax error: line 1, column 0");
    assert_eq!(
        refusal("<?xml version='1.0'?><methodCall><methodName>echo</methodName>"),
        "no element found: line 1, column 62"
    );
    assert_eq!(value_refusal("<int>abc</int>"), "invalid literal for int() with base 10: 'abc'");
    assert_eq!(value_refusal("<boolean>7</boolean>"), "bad boolean value");
    assert_eq!(value_refusal("<foo>1</foo>"), "ResponseError(\"unknown tag 'foo'\")");
    let entity = "<!DOCTYPE x [<!ENTITY a \"b\">]><methodCall><methodName>echo</methodName>\
                  <params><param><value>&a;</value></param></params></methodCall>";
    assert_eq!(refusal(entity), "EntitiesForbidden(name='a', system_id=None, public_id=None)");
    let mut bytes = b"<methodCall><methodName>echo</methodName><params><param><value>".to_vec();
    bytes.extend_from_slice(b"\xff\xfe</value></param></params></methodCall>");
    assert_eq!(refusal(bytes), "not well-formed (invalid token): line 1, column 63");
}

#[test]
fn refused() {
    for document in [
        "",
        "  \n",
        "<a/>",
        "<a/><b/>",
        "<a><methodName>x</methodName></b>",
        "<a><methodName>x</methodName></a>junk",
    ] {
        refusal(document);
    }
    let values = [
        "<int></int>",
        "<int>99999999999999999999</int>",
        "<double>x</double>",
        "<base64>*</base64>",
        "<nil>x</nil>",
        "<array/>",
        "<array><value>1</value></array>",
        "<struct><name>a</name></struct>",
        "<struct><member><name>a</name></member></struct>",
        "<struct><member><value>1</value></member></struct>",
        "x<int>1</int>",
        "<int>1</int><int>2</int>",
        "<int><int>1</int></int>",
        "&lol;",
        "&#0;",
        "&#xD800;",
        "&#x110000;",
        "\u{1}",
        "\u{ffff}",
        "<int>1</int>x",
    ];
    for xml in values {
        value_refusal(xml);
    }
    let deep = "<array><data><value>".repeat(201) + &"</value></data></array>".repeat(201);
    assert!(value_refusal(&deep).starts_with("more than 200 nested"));
    let deep = "<array><data><value>".repeat(200) + &"</value></data></array>".repeat(200);
    param(&deep);
}

#[test]
fn positions() {
    let error = parse_call(
        "<methodCall>\n<methodName>é</methodName>\n<params>é<x/></params></methodCall>".as_bytes(),
    )
    .unwrap_err();
    assert_eq!((error.line, error.column), (3, 13));
}

#[test]
fn accepted() {
    assert_eq!(params(""), []);
    for tag in ["int", "i1", "i2", "i4", "i8", "biginteger"] {
        assert_eq!(param(&format!("<{tag}> -5\n</{tag}>")), Value::Int(-5));
    }
    assert_eq!(param("<double> 2.5 </double>"), Value::Double(2.5));
    assert_eq!(param("<double>inf</double>"), Value::Double(f64::INFINITY));
    assert_eq!(param("plain &amp; &#x2603;<![CDATA[<&>]]>"), Value::from("plain & ☃<&>"));
    assert_eq!(param(""), Value::from(""));
    assert_eq!(param("  "), Value::from("  "));
    assert_eq!(param("<string/>"), Value::from(""));
    assert_eq!(param("a\r\nb\rc"), Value::from("a\nb\nc"));
    assert_eq!(param("<!-- c --> <nil/>"), Value::Nil);
    assert_eq!(param("<ex:nil/>"), Value::Nil);
    assert_eq!(param("<base64> AAFi\naW5hcnn/ </base64>"), Value::Base64(b"\0\x01binary\xff".to_vec()));
    assert_eq!(
        param("<dateTime.iso8601>20240102T03:04:05</dateTime.iso8601>"),
        Value::DateTime("20240102T03:04:05".into())
    );
    assert_eq!(
        param(
            "<struct><member><name>a</name><value>1</value></member><member><name>a</name><value>2</value></member></struct>"
        ),
        Value::record([("a", Value::from("2"))])
    );
}

#[test]
fn documents() {
    let call =
        parse_call(b"<!DOCTYPE x><methodCall><methodName>getAPIVersion</methodName></methodCall>").unwrap();
    assert_eq!((call.method.as_deref(), call.params), (Some("getAPIVersion"), vec![]));
    let call = parse_call(b"<?xml version='1.0'?><methodCall><params></params></methodCall>").unwrap();
    assert_eq!((call.method, call.params), (None, vec![]));
    let call =
        parse_call(b"<methodResponse><params><param><value>x</value></param></params></methodResponse>")
            .unwrap();
    assert_eq!(call.method, None);
    let latin =
        b"<?xml version='1.0' encoding='iso-8859-1'?><methodCall><methodName>\xe9</methodName></methodCall>";
    assert_eq!(parse_call(latin).unwrap().method.as_deref(), Some("é"));
    let bom = b"\xef\xbb\xbf<methodCall><methodName>x</methodName></methodCall>";
    assert_eq!(parse_call(bom).unwrap().method.as_deref(), Some("x"));
    let utf16: Vec<u8> = "\u{feff}<methodCall><methodName>ž</methodName></methodCall>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(parse_call(&utf16).unwrap().method.as_deref(), Some("ž"));
    assert!(
        refusal("<?xml version='1.0' encoding='ebcdic'?><methodCall/>")
            .starts_with("unknown encoding 'ebcdic'")
    );
}

#[test]
fn responses() {
    let control = "<methodResponse><params><param><value>a\u{1b}b</value></param></params></methodResponse>";
    assert_eq!(parse_response(control.as_bytes()).unwrap(), Ok(Value::from("a\u{1b}b")));
    for document in
        ["<methodResponse/>", "<methodResponse><params/></methodResponse>", "<html><body>502</body></html>"]
    {
        parse_response(document.as_bytes()).unwrap_err();
    }
    parse_response(b"<methodResponse><fault><value>x</value></fault></methodResponse>").unwrap_err();
}

const CALL: &str = "<?xml version='1.0'?>\n<methodCall>\n<methodName>a</methodName>\n<params>\n<param>\n<value><struct>\n<member>\n\
    <name>k</name>\n<value><array><data>\n<value><i8>5</i8></value>\n<value><base64>\nAA==\n</base64></value>\n<value>&lt;</value></data></array></value>\n\
    </member>\n</struct></value>\n</param>\n</params>\n</methodCall>\n";

proptest! {
    /// Reading ends with a result, whatever the bytes are.
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse_call(&bytes);
        let _ = parse_response(&bytes);
    }

    #[test]
    fn any_markup(parts in prop::collection::vec(prop::sample::select(vec![
        "<methodCall>", "</methodCall>", "<params>", "</params>", "<param>", "</param>", "<value>", "</value>", "<value/>", "<array>",
        "<data>", "</data>", "</array>", "<struct>", "</struct>", "<member>", "</member>", "<name>", "</name>", "<nil/>", "<int>", "</int>",
        "5", "x", "&amp;", "&#", ";", "<!--", "-->", "<![CDATA[", "]]>", "<?xml", "?>", "<!DOCTYPE", "[", ">", "<", "\u{fffe}", "é",
    ]), 0..40)) {
        let document = parts.concat();
        let _ = parse_call(document.as_bytes());
        let _ = parse_response(document.as_bytes());
    }

    #[test]
    fn damaged_call(at in 0..CALL.len(), byte in any::<u8>(), cut in 0..CALL.len()) {
        let mut bytes = CALL.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = parse_call(&bytes);
        prop_assert!(parse_call(&bytes[..cut.min(CALL.len() - 2)]).is_err());
    }
}
