//! Documents of an upstream hub and client, read and written again: every byte must be the same.

#![allow(clippy::unwrap_used)]

use koji_xmlrpc::{parse_call, parse_response, split_kwargs, write_call, write_fault, write_response};

#[derive(serde::Deserialize)]
struct Exchange {
    request: String,
    response: String,
}

fn exchanges() -> Vec<Exchange> {
    let text = include_str!("golden_sample.jsonl");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn byte_for_byte() {
    let mut calls = 0;
    for Exchange { request, response } in exchanges() {
        if request.starts_with("<?xml version='1.0'?>\n<methodCall>\n<methodName>") {
            let call = parse_call(request.as_bytes()).unwrap();
            let written = write_call(&call.method.unwrap(), &call.params);
            assert_eq!(String::from_utf8(written).unwrap(), request);
            calls += 1;
        }
        let written = match parse_response(response.as_bytes()).unwrap() {
            Ok(value) => write_response(&value),
            Err(fault) => write_fault(fault.code, &fault.string),
        };
        assert_eq!(String::from_utf8(written).unwrap(), response);
    }
    assert!(calls > 50, "only {calls} calls in the sample");
}

#[test]
fn keyword_arguments_are_recognised() {
    let calls = exchanges().into_iter().filter(|e| e.request.contains("__starstar"));
    let split: Vec<_> =
        calls.map(|e| split_kwargs(parse_call(e.request.as_bytes()).unwrap().params)).collect();
    assert!(split.iter().any(|(_, kwargs)| !kwargs.is_empty()));
    assert!(split.iter().all(|(_, kwargs)| !kwargs.contains_key("__starstar")));
}
