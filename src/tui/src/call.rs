//! A call to the hub as data: what screens want, what the store keys by, what recordings hold.

use std::time::Duration;

use koji_api::Method;
use koji_xmlrpc::{Struct, Value};

/// A call to the hub, not yet made.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub method: String,
    pub params: Vec<Value>,
    /// Needs the logged-in session. Everything else is read anonymously, side by side.
    pub login: bool,
}

/// What methods begin with that are commands; no method of a hub has a blank.
const HERE: &str = "koji ";

impl Call {
    pub fn new<M: Method>(method: M) -> Call {
        Call { method: M::DECL.name.to_owned(), params: method.params(), login: false }
    }

    /// A command of `koji` that prints JSON, asked like a call: of what is on this machine.
    pub fn here(words: &str) -> Call {
        Call { method: format!("{HERE}{words}"), params: Vec::new(), login: false }
    }

    /// The words of the command, where it is one.
    pub fn command(&self) -> Option<Vec<String>> {
        let words = self.method.strip_prefix(HERE)?;
        Some(words.split(' ').map(str::to_owned).collect())
    }

    pub fn as_user(self) -> Call {
        Call { login: true, ..self }
    }

    /// The same call has the same key.
    pub fn key(&self) -> String {
        let params: Vec<serde_json::Value> = self.params.iter().map(to_json).collect();
        format!("{}{}", self.method, serde_json::Value::Array(params))
    }

    /// `koji call` as a shell command, for the copy menu.
    pub fn as_json(&self) -> String {
        let params: Vec<serde_json::Value> = self.params.iter().map(to_json).collect();
        serde_json::json!({"method": self.method, "params": params}).to_string()
    }
}

/// A call whose answer a screen shows, and how old the answer may become while the screen is looked at.
#[derive(Debug, Clone)]
pub struct Want {
    pub call: Call,
    pub every: Duration,
}

impl Want {
    /// For what hardly changes: asked once, again on reload.
    pub fn once(call: Call) -> Want {
        Want { call, every: Duration::from_secs(3600) }
    }

    pub fn every(call: Call, seconds: u64) -> Want {
        Want { call, every: Duration::from_secs(seconds) }
    }
}

pub fn to_json(value: &Value) -> serde_json::Value {
    use serde_json::Value as J;
    match value {
        Value::Nil => J::Null,
        Value::Bool(b) => J::Bool(*b),
        Value::Int(i) => J::from(*i),
        Value::Double(d) => J::from(*d),
        Value::Str(s) | Value::DateTime(s) => J::from(s.as_str()),
        Value::Base64(b) => {
            use base64::Engine;
            serde_json::json!({"$base64": base64::engine::general_purpose::STANDARD.encode(b)})
        }
        Value::Array(a) => J::Array(a.iter().map(to_json).collect()),
        Value::Struct(s) => J::Object(s.iter().map(|(k, v)| (k.clone(), to_json(v))).collect()),
    }
}

pub fn from_json(value: &serde_json::Value) -> Value {
    use serde_json::Value as J;
    match value {
        J::Null => Value::Nil,
        J::Bool(b) => Value::Bool(*b),
        J::Number(n) => n.as_i64().map_or_else(|| Value::Double(n.as_f64().unwrap_or(0.0)), Value::Int),
        J::String(s) => Value::Str(s.clone()),
        J::Array(a) => Value::Array(a.iter().map(from_json).collect()),
        J::Object(o) => match o.get("$base64").and_then(J::as_str) {
            Some(text) => {
                use base64::Engine;
                Value::Base64(base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default())
            }
            None => Value::Struct(o.iter().map(|(k, v)| (k.clone(), from_json(v))).collect::<Struct>()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_json() {
        let v = Value::record([
            ("a", Value::Array(vec![1.into(), 2.5.into(), Value::Nil, true.into()])),
            ("b", Value::Base64(vec![0, 255])),
            ("c", "é".into()),
        ]);
        assert_eq!(from_json(&to_json(&v)), v);
    }
}
