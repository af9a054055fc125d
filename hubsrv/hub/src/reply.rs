//! What a method answers.

use koji_db::{Query, Tx};
use koji_xmlrpc::{Struct, Value};

use crate::fault::Outcome;

/// An answer: a value, or a query whose rows go straight from the database to the wire.
#[derive(Debug)]
pub enum Reply {
    Value(Value),
    Rows(Box<Query>),
    /// A list of the answers to several queries.
    Lists(Vec<Query>),
}

impl Reply {
    /// The answer as a value, for callers that need it whole (multicalls, filters).
    pub async fn into_value(self, tx: &mut Tx) -> Outcome<Value> {
        match self {
            Reply::Value(v) => Ok(v),
            Reply::Rows(q) => Ok(tx.answer(&q).await?),
            Reply::Lists(queries) => lists(tx, &queries).await,
        }
    }
}

/// The answers to several queries as one value.
pub async fn lists(tx: &mut Tx, queries: &[Query]) -> Outcome<Value> {
    let mut all = Vec::with_capacity(queries.len());
    for query in queries {
        all.push(tx.answer(query).await?);
    }
    Ok(Value::Array(all))
}

impl From<Query> for Reply {
    fn from(q: Query) -> Reply {
        Reply::Rows(Box::new(q))
    }
}
impl From<()> for Reply {
    fn from((): ()) -> Reply {
        Reply::Value(Value::Nil)
    }
}
impl From<Vec<Struct>> for Reply {
    fn from(rows: Vec<Struct>) -> Reply {
        Reply::Value(Value::Array(rows.into_iter().map(Value::Struct).collect()))
    }
}
macro_rules! from_value {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Reply {
            fn from(v: $ty) -> Reply {
                Reply::Value(v.into())
            }
        }
    )* };
}
from_value!(
    Value,
    Struct,
    Option<Struct>,
    Option<Value>,
    Option<String>,
    bool,
    i64,
    Option<i64>,
    f64,
    String,
    &str,
    Vec<Value>,
    Vec<i64>,
    Vec<String>
);
