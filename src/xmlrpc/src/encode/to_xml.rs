//! What can be written as one XML-RPC value.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::Writer;
use crate::Value;

/// Writes itself as exactly one `<value>`.
///
/// There is deliberately no `u64`: its upper half has no XML-RPC form.
pub trait ToXml {
    fn to_xml(&self, w: &mut Writer);
}

impl<T: ToXml + ?Sized> ToXml for &T {
    fn to_xml(&self, w: &mut Writer) {
        (**self).to_xml(w);
    }
}

impl<T: ToXml + ?Sized> ToXml for Box<T> {
    fn to_xml(&self, w: &mut Writer) {
        (**self).to_xml(w);
    }
}

/// Nil.
impl ToXml for () {
    fn to_xml(&self, w: &mut Writer) {
        w.nil();
    }
}

impl ToXml for bool {
    fn to_xml(&self, w: &mut Writer) {
        w.bool(*self);
    }
}

macro_rules! ints {
    ($($int:ty),*) => {$(
        impl ToXml for $int {
            fn to_xml(&self, w: &mut Writer) {
                w.int(i64::from(*self));
            }
        }
    )*};
}
ints!(i8, i16, i32, i64, u8, u16, u32);

impl ToXml for f64 {
    fn to_xml(&self, w: &mut Writer) {
        w.double(*self);
    }
}

impl ToXml for str {
    fn to_xml(&self, w: &mut Writer) {
        w.str(self);
    }
}

impl ToXml for String {
    fn to_xml(&self, w: &mut Writer) {
        w.str(self);
    }
}

impl<T: ToXml> ToXml for Option<T> {
    fn to_xml(&self, w: &mut Writer) {
        match self {
            Some(value) => value.to_xml(w),
            None => w.nil(),
        }
    }
}

impl<T: ToXml> ToXml for [T] {
    fn to_xml(&self, w: &mut Writer) {
        w.begin_array();
        for item in self {
            item.to_xml(w);
        }
        w.end_array();
    }
}

impl<T: ToXml, const N: usize> ToXml for [T; N] {
    fn to_xml(&self, w: &mut Writer) {
        self.as_slice().to_xml(w);
    }
}

impl<T: ToXml> ToXml for Vec<T> {
    fn to_xml(&self, w: &mut Writer) {
        self.as_slice().to_xml(w);
    }
}

impl<A: ToXml, B: ToXml> ToXml for (A, B) {
    fn to_xml(&self, w: &mut Writer) {
        w.begin_array();
        self.0.to_xml(w);
        self.1.to_xml(w);
        w.end_array();
    }
}

impl<K: AsRef<str>, T: ToXml> ToXml for IndexMap<K, T> {
    fn to_xml(&self, w: &mut Writer) {
        w.begin_struct();
        for (name, value) in self {
            w.member(name.as_ref(), value);
        }
        w.end_struct();
    }
}

impl<K: AsRef<str>, T: ToXml> ToXml for BTreeMap<K, T> {
    fn to_xml(&self, w: &mut Writer) {
        w.begin_struct();
        for (name, value) in self {
            w.member(name.as_ref(), value);
        }
        w.end_struct();
    }
}

impl ToXml for Value {
    fn to_xml(&self, w: &mut Writer) {
        match self {
            Value::Nil => w.nil(),
            Value::Bool(v) => w.bool(*v),
            Value::Int(v) => w.int(*v),
            Value::Double(v) => w.double(*v),
            Value::Str(v) => w.str(v),
            Value::Base64(v) => w.base64(v),
            Value::DateTime(v) => w.datetime(v),
            Value::Array(v) => v.to_xml(w),
            Value::Struct(v) => v.to_xml(w),
        }
    }
}
