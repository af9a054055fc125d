//! A Rust value as a [`Value`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{self, Impossible, Serialize, Serializer};

use super::{BASE64, DATE_TIME};
use crate::error::ConvertError;
use crate::{Struct, Value};

/// Converts anything serde can serialize: structs and maps become structs (names must be strings), `None`
/// and `()` nil, bytes base64, enums as in serde's usual JSON form. Integers beyond 64 signed bits fail.
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, ConvertError> {
    value.serialize(ToValue)
}

impl ser::Error for ConvertError {
    fn custom<T: std::fmt::Display>(msg: T) -> Self {
        ConvertError(msg.to_string())
    }
}

struct ToValue;

fn too_big(v: impl std::fmt::Display) -> ConvertError {
    ConvertError(format!("{v} is beyond 64 signed bits"))
}

/// `{variant: value}`.
fn tagged(variant: &str, value: Value) -> Value {
    Value::record([(variant, value)])
}

impl Serializer for ToValue {
    type Ok = Value;
    type Error = ConvertError;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Members;
    type SerializeStruct = Members;
    type SerializeStructVariant = Members;

    fn serialize_bool(self, v: bool) -> Result<Value, ConvertError> {
        Ok(Value::Bool(v))
    }
    fn serialize_i8(self, v: i8) -> Result<Value, ConvertError> {
        self.serialize_i64(v.into())
    }
    fn serialize_i16(self, v: i16) -> Result<Value, ConvertError> {
        self.serialize_i64(v.into())
    }
    fn serialize_i32(self, v: i32) -> Result<Value, ConvertError> {
        self.serialize_i64(v.into())
    }
    fn serialize_i64(self, v: i64) -> Result<Value, ConvertError> {
        Ok(Value::Int(v))
    }
    fn serialize_i128(self, v: i128) -> Result<Value, ConvertError> {
        i64::try_from(v).map(Value::Int).map_err(|_| too_big(v))
    }
    fn serialize_u8(self, v: u8) -> Result<Value, ConvertError> {
        self.serialize_i64(v.into())
    }
    fn serialize_u16(self, v: u16) -> Result<Value, ConvertError> {
        self.serialize_i64(v.into())
    }
    fn serialize_u32(self, v: u32) -> Result<Value, ConvertError> {
        self.serialize_i64(v.into())
    }
    fn serialize_u64(self, v: u64) -> Result<Value, ConvertError> {
        i64::try_from(v).map(Value::Int).map_err(|_| too_big(v))
    }
    fn serialize_u128(self, v: u128) -> Result<Value, ConvertError> {
        i64::try_from(v).map(Value::Int).map_err(|_| too_big(v))
    }
    fn serialize_f32(self, v: f32) -> Result<Value, ConvertError> {
        Ok(Value::Double(v.into()))
    }
    fn serialize_f64(self, v: f64) -> Result<Value, ConvertError> {
        Ok(Value::Double(v))
    }
    fn serialize_char(self, v: char) -> Result<Value, ConvertError> {
        Ok(Value::Str(v.to_string()))
    }
    fn serialize_str(self, v: &str) -> Result<Value, ConvertError> {
        Ok(Value::Str(v.to_owned()))
    }
    fn serialize_bytes(self, v: &[u8]) -> Result<Value, ConvertError> {
        Ok(Value::Base64(v.to_owned()))
    }
    fn serialize_none(self) -> Result<Value, ConvertError> {
        Ok(Value::Nil)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, v: &T) -> Result<Value, ConvertError> {
        v.serialize(self)
    }
    fn serialize_unit(self) -> Result<Value, ConvertError> {
        Ok(Value::Nil)
    }
    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, ConvertError> {
        Ok(Value::Nil)
    }
    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, ConvertError> {
        Ok(Value::Str(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        v: &T,
    ) -> Result<Value, ConvertError> {
        match (name, v.serialize(self)?) {
            (BASE64, Value::Str(text)) => {
                STANDARD.decode(text).map(Value::Base64).map_err(|e| ConvertError(e.to_string()))
            }
            (DATE_TIME, Value::Str(text)) => Ok(Value::DateTime(text)),
            (_, value) => Ok(value),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        v: &T,
    ) -> Result<Value, ConvertError> {
        Ok(tagged(variant, v.serialize(self)?))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Items, ConvertError> {
        Ok(Items { variant: None, items: Vec::with_capacity(len.unwrap_or(0)) })
    }
    fn serialize_tuple(self, len: usize) -> Result<Items, ConvertError> {
        self.serialize_seq(Some(len))
    }
    fn serialize_tuple_struct(self, _name: &'static str, len: usize) -> Result<Items, ConvertError> {
        self.serialize_seq(Some(len))
    }
    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Items, ConvertError> {
        Ok(Items { variant: Some(variant), items: Vec::with_capacity(len) })
    }
    fn serialize_map(self, len: Option<usize>) -> Result<Members, ConvertError> {
        Ok(Members { variant: None, name: String::new(), members: Struct::with_capacity(len.unwrap_or(0)) })
    }
    fn serialize_struct(self, _name: &'static str, len: usize) -> Result<Members, ConvertError> {
        self.serialize_map(Some(len))
    }
    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        len: usize,
    ) -> Result<Members, ConvertError> {
        Ok(Members { variant: Some(variant), name: String::new(), members: Struct::with_capacity(len) })
    }
}

struct Items {
    variant: Option<&'static str>,
    items: Vec<Value>,
}

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, v: &T) -> Result<(), ConvertError> {
        self.items.push(to_value(v)?);
        Ok(())
    }

    fn finish(self) -> Result<Value, ConvertError> {
        let value = Value::Array(self.items);
        Ok(match self.variant {
            Some(name) => tagged(name, value),
            None => value,
        })
    }
}

macro_rules! items {
    ($($tr:ident $method:ident),*) => {$(
        impl ser::$tr for Items {
            type Ok = Value;
            type Error = ConvertError;
            fn $method<T: Serialize + ?Sized>(&mut self, v: &T) -> Result<(), ConvertError> {
                self.push(v)
            }
            fn end(self) -> Result<Value, ConvertError> {
                self.finish()
            }
        }
    )*};
}
items!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field);

struct Members {
    variant: Option<&'static str>,
    /// Of the member whose value comes next.
    name: String,
    members: Struct,
}

impl Members {
    fn finish(self) -> Result<Value, ConvertError> {
        let value = Value::Struct(self.members);
        Ok(match self.variant {
            Some(name) => tagged(name, value),
            None => value,
        })
    }
}

impl ser::SerializeMap for Members {
    type Ok = Value;
    type Error = ConvertError;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ConvertError> {
        self.name = key.serialize(Name)?;
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, v: &T) -> Result<(), ConvertError> {
        self.members.insert(std::mem::take(&mut self.name), to_value(v)?);
        Ok(())
    }
    fn end(self) -> Result<Value, ConvertError> {
        self.finish()
    }
}

macro_rules! members {
    ($($tr:ident),*) => {$(
        impl ser::$tr for Members {
            type Ok = Value;
            type Error = ConvertError;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, v: &T) -> Result<(), ConvertError> {
                self.members.insert(name.to_owned(), to_value(v)?);
                Ok(())
            }
            fn end(self) -> Result<Value, ConvertError> {
                self.finish()
            }
        }
    )*};
}
members!(SerializeStruct, SerializeStructVariant);

/// Member names: strings and what stands for one.
struct Name;

macro_rules! no_name {
    ($($method:ident($($ty:ty),*)),* $(,)?) => {$(
        fn $method(self, $(_: $ty),*) -> Result<String, ConvertError> {
            Err(not_a_name())
        }
    )*};
}

fn not_a_name() -> ConvertError {
    ConvertError("the names of a struct's members must be strings".into())
}

impl Serializer for Name {
    type Ok = String;
    type Error = ConvertError;
    type SerializeSeq = Impossible<String, ConvertError>;
    type SerializeTuple = Impossible<String, ConvertError>;
    type SerializeTupleStruct = Impossible<String, ConvertError>;
    type SerializeTupleVariant = Impossible<String, ConvertError>;
    type SerializeMap = Impossible<String, ConvertError>;
    type SerializeStruct = Impossible<String, ConvertError>;
    type SerializeStructVariant = Impossible<String, ConvertError>;

    fn serialize_str(self, v: &str) -> Result<String, ConvertError> {
        Ok(v.to_owned())
    }
    fn serialize_char(self, v: char) -> Result<String, ConvertError> {
        Ok(v.to_string())
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<String, ConvertError> {
        Ok(variant.to_owned())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        v: &T,
    ) -> Result<String, ConvertError> {
        v.serialize(self)
    }

    no_name! {
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64), serialize_f32(f32),
        serialize_f64(f64), serialize_bytes(&[u8]), serialize_none(), serialize_unit(), serialize_unit_struct(&'static str),
    }
    fn serialize_some<T: Serialize + ?Sized>(self, v: &T) -> Result<String, ConvertError> {
        v.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<String, ConvertError> {
        Err(not_a_name())
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, ConvertError> {
        Err(not_a_name())
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeSeq, ConvertError> {
        Err(not_a_name())
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeSeq, ConvertError> {
        Err(not_a_name())
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeSeq, ConvertError> {
        Err(not_a_name())
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, ConvertError> {
        Err(not_a_name())
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeMap, ConvertError> {
        Err(not_a_name())
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeMap, ConvertError> {
        Err(not_a_name())
    }
}
