//! The tree of a value.

use super::pull::{Item, Pull};
use crate::error::ParseError;
use crate::{Struct, Value};

/// The value whose `<value>` was read. The recursion ends at [`super::MAX_DEPTH`].
pub fn value(pull: &mut Pull<'_>) -> Result<Value, ParseError> {
    let item = pull.value()?;
    Ok(match item {
        Item::Nil => Value::Nil,
        Item::Bool(v) => Value::Bool(v),
        Item::Int(v) => Value::Int(v),
        Item::Double(v) => Value::Double(v),
        Item::Str(v) => Value::Str(v.into_owned()),
        Item::Base64(v) => Value::Base64(v),
        Item::DateTime(v) => Value::DateTime(v.into_owned()),
        Item::Array => {
            let mut items = Vec::new();
            while pull.array_next()? {
                items.push(value(pull)?);
            }
            Value::Array(items)
        }
        Item::Struct => {
            let mut members = Struct::new();
            while let Some(name) = pull.struct_next(members.is_empty())? {
                // a name that occurs twice keeps its last value, as in Python
                let value = value(pull)?;
                members.insert(name.into_owned(), value);
            }
            Value::Struct(members)
        }
    })
}
