//! Values bound to statements.

use sqlx::Arguments;
use sqlx::postgres::PgArguments;

/// A bound value. Absent values keep their type, because PostgreSQL prepares a statement once for given types.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    Int(Option<i64>),
    Double(Option<f64>),
    Bool(Option<bool>),
    Text(Option<String>),
    Json(Option<serde_json::Value>),
    Ints(Vec<i64>),
    Texts(Vec<String>),
    Doubles(Vec<f64>),
}

/// The values of one statement, in the order of `$1`, `$2`, ...
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Arg::from($value)),*] };
}

pub(crate) fn bind(args: &[Arg]) -> std::result::Result<PgArguments, sqlx::Error> {
    let mut out = PgArguments::default();
    for arg in args {
        match arg {
            Arg::Int(v) => out.add(v),
            Arg::Double(v) => out.add(v),
            Arg::Bool(v) => out.add(v),
            Arg::Text(v) => out.add(v.as_deref()),
            Arg::Json(v) => out.add(v),
            Arg::Ints(v) => out.add(v),
            Arg::Texts(v) => out.add(v),
            Arg::Doubles(v) => out.add(v),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(out)
}

macro_rules! from {
    ($($ty:ty => $variant:ident),*) => { $(
        impl From<$ty> for Arg {
            fn from(v: $ty) -> Arg {
                Arg::$variant(Some(v.into()))
            }
        }
        impl From<Option<$ty>> for Arg {
            fn from(v: Option<$ty>) -> Arg {
                Arg::$variant(v.map(Into::into))
            }
        }
    )* };
}
from!(i64 => Int, i32 => Int, u32 => Int, f64 => Double, bool => Bool, &str => Text, String => Text, serde_json::Value => Json);

impl From<&String> for Arg {
    fn from(v: &String) -> Arg {
        Arg::Text(Some(v.clone()))
    }
}
impl From<Vec<i64>> for Arg {
    fn from(v: Vec<i64>) -> Arg {
        Arg::Ints(v)
    }
}
impl From<&[i64]> for Arg {
    fn from(v: &[i64]) -> Arg {
        Arg::Ints(v.to_vec())
    }
}
impl From<Vec<String>> for Arg {
    fn from(v: Vec<String>) -> Arg {
        Arg::Texts(v)
    }
}
impl From<Vec<f64>> for Arg {
    fn from(v: Vec<f64>) -> Arg {
        Arg::Doubles(v)
    }
}
