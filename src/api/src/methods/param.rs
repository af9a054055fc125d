//! Types that a parameter can have.

use koji_xmlrpc::{Struct, Value};

/// A parameter's type: how it reads from the wire and goes onto it.
pub trait Param: Sized {
    /// `Err` names what was wanted.
    fn from_value(value: Value) -> Result<Self, &'static str>;
    fn to_value(&self) -> Value;
}

impl Param for Value {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        Ok(value)
    }
    fn to_value(&self) -> Value {
        self.clone()
    }
}

/// Flags are read by Python's truth, as upstream does: `1` and `"x"` are true.
impl Param for bool {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        Ok(value.truthy())
    }
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Param for i64 {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        value.as_int().ok_or("an integer")
    }
    fn to_value(&self) -> Value {
        Value::Int(*self)
    }
}

impl Param for f64 {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        value.as_double().ok_or("a number")
    }
    fn to_value(&self) -> Value {
        Value::Double(*self)
    }
}

impl Param for String {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        match value {
            Value::Str(s) => Ok(s),
            _ => Err("a string"),
        }
    }
    fn to_value(&self) -> Value {
        Value::Str(self.clone())
    }
}

impl Param for Struct {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        match value {
            Value::Struct(s) => Ok(s),
            _ => Err("a struct"),
        }
    }
    fn to_value(&self) -> Value {
        Value::Struct(self.clone())
    }
}

impl<T: Param> Param for Option<T> {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        if value.is_nil() { Ok(None) } else { T::from_value(value).map(Some) }
    }
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Nil, Param::to_value)
    }
}

impl<T: Param> Param for Vec<T> {
    fn from_value(value: Value) -> Result<Self, &'static str> {
        match value {
            Value::Array(items) => items.into_iter().map(T::from_value).collect(),
            _ => Err("a list"),
        }
    }
    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(Param::to_value).collect())
    }
}
