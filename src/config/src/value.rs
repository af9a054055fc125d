//! From the text of a setting to its type, and back to something that can be shown.

use std::path::PathBuf;

/// A setting's value without its Rust type, for listings such as the hub's `showOpts`.
#[derive(Debug, Clone, PartialEq)]
pub enum OptionValue {
    Unset,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<String>),
}

/// As it would be written in a file.
impl std::fmt::Display for OptionValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OptionValue::Unset => Ok(()),
            OptionValue::Bool(b) => f.write_str(if *b { "yes" } else { "no" }),
            OptionValue::Int(i) => i.fmt(f),
            OptionValue::Float(x) => x.fmt(f),
            OptionValue::Text(s) => f.write_str(s),
            OptionValue::List(l) => f.write_str(&l.join(" ")),
        }
    }
}

/// A type that a setting can have.
pub trait FromText: Sized {
    /// What a valid value is, as in "must be a valid integer".
    const EXPECTED: &'static str;
    /// `None` when `text` is no such value.
    fn from_text(text: &str) -> Option<Self>;
    fn to_value(&self) -> OptionValue;
}

impl FromText for bool {
    const EXPECTED: &'static str = "a boolean (yes or no)";

    fn from_text(text: &str) -> Option<bool> {
        match text.to_lowercase().as_str() {
            "1" | "yes" | "true" | "on" => Some(true),
            "0" | "no" | "false" | "off" => Some(false),
            _ => None,
        }
    }

    fn to_value(&self) -> OptionValue {
        OptionValue::Bool(*self)
    }
}

impl FromText for i64 {
    const EXPECTED: &'static str = "a valid integer";

    fn from_text(text: &str) -> Option<i64> {
        text.trim().parse().ok()
    }

    fn to_value(&self) -> OptionValue {
        OptionValue::Int(*self)
    }
}

macro_rules! unsigned {
    ($($ty:ty),*) => {$(
        impl FromText for $ty {
            const EXPECTED: &'static str = "a valid integer of 0 or more";

            fn from_text(text: &str) -> Option<$ty> {
                text.trim().parse().ok()
            }

            fn to_value(&self) -> OptionValue {
                i64::try_from(*self).map_or_else(|_| OptionValue::Text(self.to_string()), OptionValue::Int)
            }
        }
    )*};
}
unsigned!(u16, u32, u64, usize);

impl FromText for f64 {
    const EXPECTED: &'static str = "a number";

    fn from_text(text: &str) -> Option<f64> {
        text.trim().parse().ok().filter(|v: &f64| v.is_finite())
    }

    fn to_value(&self) -> OptionValue {
        OptionValue::Float(*self)
    }
}

impl FromText for String {
    const EXPECTED: &'static str = "text";

    fn from_text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn to_value(&self) -> OptionValue {
        OptionValue::Text(self.clone())
    }
}

impl FromText for PathBuf {
    const EXPECTED: &'static str = "a path";

    fn from_text(text: &str) -> Option<PathBuf> {
        (!text.is_empty() && !text.contains('\0')).then(|| PathBuf::from(text))
    }

    fn to_value(&self) -> OptionValue {
        OptionValue::Text(self.display().to_string())
    }
}

/// Words separated by white space.
impl FromText for Vec<String> {
    const EXPECTED: &'static str = "words separated by spaces";

    fn from_text(text: &str) -> Option<Vec<String>> {
        Some(text.split_whitespace().map(str::to_owned).collect())
    }

    fn to_value(&self) -> OptionValue {
        OptionValue::List(self.clone())
    }
}

/// Unset when the option is absent or empty.
impl<T: FromText> FromText for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_text(text: &str) -> Option<Option<T>> {
        if text.is_empty() { Some(None) } else { T::from_text(text).map(Some) }
    }

    fn to_value(&self) -> OptionValue {
        self.as_ref().map_or(OptionValue::Unset, T::to_value)
    }
}

impl FromText for std::net::SocketAddr {
    const EXPECTED: &'static str = "an address and a port such as 127.0.0.1:8080";

    fn from_text(text: &str) -> Option<std::net::SocketAddr> {
        text.trim().parse().ok()
    }

    fn to_value(&self) -> OptionValue {
        OptionValue::Text(self.to_string())
    }
}
