//! Requests to a hub and their answers as lines of a recording.

use koji_xmlrpc::{Value, parse_call, parse_response};
use serde_json::json;

use crate::call::{Call, to_json};

/// The calls in a request: more than one in a multicall.
pub fn calls(request: &[u8]) -> Option<Vec<Call>> {
    let call = parse_call(request).ok()?;
    let method = call.method?;
    if method != "multiCall" {
        return Some(vec![Call { method, params: call.params, login: false }]);
    }
    let one = |entry: &Value| {
        let params = entry.get("params").and_then(Value::as_array).unwrap_or_default().to_vec();
        Some(Call { method: entry.str_at("methodName")?.to_owned(), params, login: false })
    };
    call.params.first()?.as_array()?.iter().map(one).collect()
}

/// The lines of a recording that say what was answered. None for what is no answer.
pub fn lines(method: &str, request: &[u8], answer: &[u8]) -> Option<Vec<serde_json::Value>> {
    let calls = calls(request)?;
    let fault = |call: &Call, text: &str| json!({"call": call.key(), "fault": text});
    let said = |call: &Call, value: &Value| json!({"call": call.key(), "answer": to_json(value)});
    match parse_response(answer).ok()? {
        Err(refused) => Some(calls.iter().map(|c| fault(c, &refused.string)).collect()),
        Ok(value) if method != "multiCall" => Some(calls.iter().map(|c| said(c, &value)).collect()),
        Ok(value) => {
            let line = |(call, entry): (&Call, &Value)| match entry.as_array() {
                Some([value]) => said(call, value),
                _ => fault(call, entry.str_at("faultString").unwrap_or_default()),
            };
            Some(calls.iter().zip(value.as_array()?).map(line).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use koji_xmlrpc::{write_call, write_fault, write_response};

    use super::*;

    #[test]
    fn requests_and_answers_as_lines() {
        let one = |n: i64| {
            Value::record([("methodName", "getTag".into()), ("params", Value::Array(vec![n.into()]))])
        };
        let many = write_call("multiCall", &[Value::Array(vec![one(1), one(2)])]);
        let refused = Value::record([("faultCode", 1000.into()), ("faultString", "no such tag".into())]);
        let answers = write_response(&Value::Array(vec![Value::Array(vec!["f45".into()]), refused]));
        let both = [
            json!({"call": "getTag[1]", "answer": "f45"}),
            json!({"call": "getTag[2]", "fault": "no such tag"}),
        ];
        assert_eq!(lines("multiCall", &many, &answers).unwrap(), both);
        let single = write_call("getTag", &[1.into()]);
        assert_eq!(lines("getTag", &single, &write_response(&Value::from("f45"))).unwrap(), both[..1]);
        let fault = [json!({"call": "getTag[1]", "fault": "away"})];
        assert_eq!(lines("getTag", &single, &write_fault(1, "away")).unwrap(), fault);
        assert_eq!(lines("getTag", &single, b"<html>"), None);
    }
}
