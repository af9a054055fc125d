//! Requests and results as they are stored: XML-RPC documents, in old rows wrapped in base64.

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};
use koji_xmlrpc::{FaultDoc, Value, parse_call, parse_response, write_call};

use crate::{DbError, Result};

/// What a task ended with.
#[derive(Debug, Clone, PartialEq)]
pub enum TaskResult {
    Value(Value),
    Fault(FaultDoc),
}

/// The request of a new task.
pub fn encode_request(method: &str, args: &[Value]) -> String {
    String::from_utf8_lossy(&write_call(method, args)).into_owned()
}

/// The arguments of a stored request; keyword arguments stay the struct with `__starstar` at the end.
pub fn decode_request(stored: &str) -> Result<Vec<Value>> {
    let call = parse_call(&document(stored)?).map_err(|e| bad("request", &e))?;
    Ok(call.params)
}

pub fn decode_result(stored: &str) -> Result<TaskResult> {
    let result = parse_response(&document(stored)?).map_err(|e| bad("result", &e))?;
    Ok(match result {
        Ok(value) => TaskResult::Value(value),
        Err(fault) => TaskResult::Fault(fault),
    })
}

/// Old hubs and builders break the base64 into lines.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn document(stored: &str) -> Result<Vec<u8>> {
    let start: String = stored.chars().take(10).collect();
    if start.contains("<?xml") {
        return Ok(stored.as_bytes().to_vec());
    }
    let packed: String = stored.split_ascii_whitespace().collect();
    BASE64.decode(packed).map_err(|e| bad("text", &e))
}

fn bad(what: &str, e: &dyn std::fmt::Display) -> DbError {
    DbError::BadValue(format!("the {what} of the task is neither an XML-RPC document nor base64 of one: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use koji_xmlrpc::{write_fault, write_response};
    use proptest::prelude::*;

    #[test]
    fn plain_and_base64() {
        let stored = encode_request("build", &["git://x#1".into(), "f45".into(), Value::Nil]);
        assert!(stored.starts_with("<?xml version='1.0'?>\n<methodCall>\n<methodName>build</methodName>"));
        let wanted = vec![Value::from("git://x#1"), "f45".into(), Value::Nil];
        assert_eq!(decode_request(&stored).unwrap(), wanted);
        let mut packed = BASE64.encode(&stored);
        packed.insert(40, '\n');
        assert_eq!(decode_request(&packed).unwrap(), wanted);
    }

    #[test]
    fn results_and_faults() {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        assert_eq!(
            decode_result(&text(write_response(&Value::from(5_i64)))).unwrap(),
            TaskResult::Value(5_i64.into())
        );
        let fault = FaultDoc { code: 1005, string: "boom".into() };
        assert_eq!(decode_result(&text(write_fault(1005, "boom"))).unwrap(), TaskResult::Fault(fault));
        assert!(decode_result("done ok").is_err());
    }

    proptest! {
        #[test]
        fn any_text_reads_or_is_refused(stored in "\\PC{0,60}") {
            let _ = decode_request(&stored);
            let _ = decode_result(&stored);
        }

        #[test]
        fn what_is_stored_reads_back(method in "[a-zA-Z]{1,12}", n in any::<i32>(), s in "[ -~]{0,30}") {
            let args = vec![Value::Int(n.into()), Value::Str(s)];
            prop_assert_eq!(decode_request(&encode_request(&method, &args)).unwrap(), args);
        }
    }
}
