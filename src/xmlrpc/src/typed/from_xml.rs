//! A response as a Rust value, without the tree of [`crate::Value`]s between.

use std::borrow::Cow;

use serde::de::value::{CowStrDeserializer, StringDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::decode::{FaultDoc, Item, Pull, read_response};
use crate::error::{ParseError, ParseErrorKind};

/// Reads an answer straight into `T`, by the rules of [`crate::from_value`]. `Ok(Err(fault))` when the hub
/// refused or failed; an error of kind [`ParseErrorKind::Shape`] when the answer is good but no `T`.
pub fn from_response<T: DeserializeOwned>(bytes: &[u8]) -> Result<Result<T, FaultDoc>, ParseError> {
    read_response(bytes, |pull| {
        let item = pull.value()?;
        T::deserialize(FromXml { item, pull: &mut *pull }).map_err(|error| match error.kind {
            // serde's own complaints know no position
            ParseErrorKind::Shape(_) if error.line == 0 => pull.error(error.kind),
            _ => error,
        })
    })
}

impl de::Error for ParseError {
    fn custom<T: std::fmt::Display>(msg: T) -> Self {
        ParseError { kind: ParseErrorKind::Shape(msg.to_string()), line: 0, column: 0 }
    }
}

struct FromXml<'p, 'a> {
    item: Item<'a>,
    pull: &'p mut Pull<'a>,
}

impl<'de> Deserializer<'de> for FromXml<'_, '_> {
    type Error = ParseError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        match self.item {
            Item::Nil => visitor.visit_unit(),
            Item::Bool(v) => visitor.visit_bool(v),
            Item::Int(v) => visitor.visit_i64(v),
            Item::Double(v) => visitor.visit_f64(v),
            Item::Str(v) | Item::DateTime(v) => match v {
                Cow::Borrowed(v) => visitor.visit_str(v),
                Cow::Owned(v) => visitor.visit_string(v),
            },
            Item::Base64(v) => visitor.visit_byte_buf(v),
            Item::Array => {
                let mut elements = Elements { pull: &mut *self.pull, done: false };
                let value = visitor.visit_seq(&mut elements)?;
                // a tuple shorter than the array leaves the rest
                while !elements.done {
                    elements.next_element::<de::IgnoredAny>()?;
                }
                Ok(value)
            }
            Item::Struct => {
                let mut members = Members { pull: &mut *self.pull, first: true, done: false };
                let value = visitor.visit_map(&mut members)?;
                while !members.done {
                    members.next_entry::<de::IgnoredAny, de::IgnoredAny>()?;
                }
                Ok(value)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        if self.item == Item::Nil { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        match self.item {
            Item::Int(0) => visitor.visit_bool(false),
            Item::Int(1) => visitor.visit_bool(true),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ParseError> {
        self.pull.skip(&self.item)?;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        visitor.visit_newtype_struct(self)
    }

    /// A string names a variant without data, a struct of one member a variant with it.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ParseError> {
        match self.item {
            Item::Str(name) => {
                let name: StringDeserializer<ParseError> = name.into_owned().into_deserializer();
                visitor.visit_enum(name)
            }
            Item::Struct => {
                let mut members = Members { pull: self.pull, first: true, done: false };
                let value = visitor.visit_enum(de::value::MapAccessDeserializer::new(&mut members))?;
                match members.next_key::<de::IgnoredAny>()? {
                    None => Ok(value),
                    Some(_) => Err(de::Error::custom("a variant is a struct of one member")),
                }
            }
            _ => Err(de::Error::custom("a variant is a string or a struct of one member")),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier
    }
}

struct Elements<'p, 'a> {
    pull: &'p mut Pull<'a>,
    done: bool,
}

impl<'de> SeqAccess<'de> for Elements<'_, '_> {
    type Error = ParseError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ParseError> {
        if self.done || !self.pull.array_next()? {
            self.done = true;
            return Ok(None);
        }
        let item = self.pull.value()?;
        seed.deserialize(FromXml { item, pull: self.pull }).map(Some)
    }
}

struct Members<'p, 'a> {
    pull: &'p mut Pull<'a>,
    first: bool,
    done: bool,
}

impl<'de> MapAccess<'de> for Members<'_, '_> {
    type Error = ParseError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ParseError> {
        if self.done {
            return Ok(None);
        }
        let Some(name) = self.pull.struct_next(self.first)? else {
            self.done = true;
            return Ok(None);
        };
        self.first = false;
        let name: CowStrDeserializer<'_, ParseError> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ParseError> {
        let item = self.pull.value()?;
        seed.deserialize(FromXml { item, pull: self.pull })
    }
}
