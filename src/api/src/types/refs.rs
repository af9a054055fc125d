//! How callers name a record, and the point in time they ask for.

use koji_xmlrpc::Value;

use super::repr;
use crate::Fault;

/// A tag, package, target, channel, ... by id or by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NameOrId {
    Id(i64),
    Name(String),
}

impl NameOrId {
    /// Reads an id, a name, or a struct with `id` or `name`; anything else is the fault that clients know
    /// (`ParameterError`).
    pub fn from_value(value: &Value) -> Result<NameOrId, Fault> {
        let invalid = |v: &Value| Fault::parameter(format!("Invalid name or id value: {}", repr::text(v)));
        let inner = match value {
            Value::Struct(members) => match (members.get("id"), members.get("name")) {
                // upstream converts the id of a struct, so that "5" is good enough there
                (Some(id), _) => return number(id).map(NameOrId::Id).ok_or_else(|| invalid(value)),
                (None, Some(name)) => name,
                (None, None) => return Err(invalid(value)),
            },
            other => other,
        };
        match inner {
            Value::Int(id) => Ok(NameOrId::Id(*id)),
            Value::Str(name) => Ok(NameOrId::Name(name.clone())),
            // upstream's database refuses the comparison
            Value::Bool(_) => Err(Fault::internal("operator does not exist: integer = boolean")),
            other => Err(invalid(other)),
        }
    }

    /// As [`NameOrId::from_value`]; nil is `None`.
    pub fn maybe(value: &Value) -> Result<Option<NameOrId>, Fault> {
        if value.is_nil() { Ok(None) } else { NameOrId::from_value(value).map(Some) }
    }

    pub fn id(&self) -> Option<i64> {
        match self {
            NameOrId::Id(id) => Some(*id),
            NameOrId::Name(_) => None,
        }
    }

    pub fn name(&self) -> Option<&str> {
        match self {
            NameOrId::Id(_) => None,
            NameOrId::Name(name) => Some(name),
        }
    }
}

impl From<i64> for NameOrId {
    fn from(id: i64) -> Self {
        NameOrId::Id(id)
    }
}
impl From<&str> for NameOrId {
    fn from(name: &str) -> Self {
        NameOrId::Name(name.to_owned())
    }
}

/// The id or name itself, as fault texts quote it.
impl std::fmt::Display for NameOrId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NameOrId::Id(id) => write!(f, "{id}"),
            NameOrId::Name(name) => f.write_str(name),
        }
    }
}

/// The `event` argument of a query: nil is now, an integer a point in history.
pub fn event(value: &Value) -> Result<Option<i64>, Fault> {
    match value {
        Value::Nil => Ok(None),
        Value::Int(_) | Value::Bool(_) => Ok(value.as_int()),
        other => Err(Fault::generic(format!("Invalid event: {}", repr::repr(other)))),
    }
}

/// An integer by Python's `int()`: numbers and their text.
pub fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Int(i) => Some(*i),
        Value::Bool(b) => Some(i64::from(*b)),
        Value::Double(d) if d.is_finite() && d.abs() < 9e15 => format!("{:.0}", d.trunc()).parse().ok(),
        Value::Str(s) => s.trim().parse().ok(),
        _ => None,
    }
}

/// An argument that has to be an integer; the fault is a `ParameterError`.
pub fn to_int(value: &Value) -> Result<i64, Fault> {
    number(value).ok_or_else(|| wrong_type(value, "int"))
}

/// An argument that is a truth value; nil, which is none, is a `ParameterError`.
pub fn to_bool(value: &Value) -> Result<bool, Fault> {
    if value.is_nil() { Err(wrong_type(value, "bool")) } else { Ok(value.truthy()) }
}

/// An argument that has to be a string; the fault is a `ParameterError`.
pub fn to_str(value: &Value) -> Result<&str, Fault> {
    value.as_str().ok_or_else(|| wrong_type(value, "str"))
}

/// The fault for an argument that is no `wanted` (Python's name of the type).
pub fn wrong_type(value: &Value, wanted: &str) -> Fault {
    if value.is_nil() {
        return Fault::parameter(format!("Invalid type, expected type <class '{wanted}'>"));
    }
    Fault::parameter(format!(
        "Invalid type for value '{}': {}, expected type <class '{wanted}'>",
        repr::text(value),
        repr::class(value)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_names_and_structs() {
        let read = |v: Value| NameOrId::from_value(&v);
        assert_eq!(read(5_i64.into()), Ok(NameOrId::Id(5)));
        assert_eq!(read("f45".into()), Ok(NameOrId::from("f45")));
        assert_eq!(read(Value::record([("id", 5_i64.into()), ("name", "x".into())])), Ok(NameOrId::Id(5)));
        assert_eq!(read(Value::record([("id", "5".into())])), Ok(NameOrId::Id(5)));
        assert_eq!(read(Value::record([("name", "x".into())])), Ok(NameOrId::from("x")));
    }

    #[test]
    fn faults_are_upstreams() {
        let fault = |v: Value| NameOrId::from_value(&v).unwrap_err();
        assert_eq!(fault(Value::Nil), Fault::parameter("Invalid name or id value: None"));
        assert_eq!(fault(Value::Array(vec![])).message, "Invalid name or id value: []");
        assert_eq!(fault(1.5.into()).message, "Invalid name or id value: 1.5");
        assert_eq!(
            fault(Value::record([("foo", 1_i64.into())])).message,
            "Invalid name or id value: {'foo': 1}"
        );
        assert_eq!(event(&"x".into()).unwrap_err(), Fault::generic("Invalid event: 'x'"));
        assert_eq!(
            to_int(&"x".into()).unwrap_err().message,
            "Invalid type for value 'x': <class 'str'>, expected type <class 'int'>"
        );
        assert_eq!(to_int(&Value::Nil).unwrap_err().message, "Invalid type, expected type <class 'int'>");
    }
}
