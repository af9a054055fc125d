//! Keyword arguments, which XML-RPC does not have: Koji sends them as one struct behind the positional
//! parameters, marked by a true member `__starstar`.

use crate::{Struct, Value};

/// The member that marks the struct.
pub const STARSTAR: &str = "__starstar";

/// Splits the parameters of a call into positional and keyword arguments.
///
/// Only a struct in last place with a true `__starstar` counts; with a false one it stays an ordinary
/// parameter, marker and all.
pub fn split_kwargs(mut params: Vec<Value>) -> (Vec<Value>, Struct) {
    let marked = params.last().is_some_and(|last| last.truthy_at(STARSTAR));
    match if marked { params.pop() } else { None } {
        Some(Value::Struct(mut kwargs)) => {
            kwargs.shift_remove(STARSTAR);
            (params, kwargs)
        }
        _ => (params, Struct::new()),
    }
}

/// The reverse of [`split_kwargs`]: without keyword arguments nothing is appended.
pub fn join_kwargs(mut args: Vec<Value>, mut kwargs: Struct) -> Vec<Value> {
    if !kwargs.is_empty() {
        kwargs.insert(STARSTAR.to_owned(), Value::Bool(true));
        args.push(Value::Struct(kwargs));
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let mut kwargs = Struct::new();
        kwargs.insert("strict".into(), true.into());
        let params = join_kwargs(vec!["f40".into()], kwargs.clone());
        assert_eq!(params.len(), 2);
        assert_eq!(split_kwargs(params), (vec!["f40".into()], kwargs));
        assert_eq!(join_kwargs(vec![1.into()], Struct::new()), vec![1.into()]);
    }

    #[test]
    fn false_marker_is_positional() {
        let dict = Value::record([(STARSTAR, Value::Int(0)), ("k", Value::Int(1))]);
        assert_eq!(split_kwargs(vec![dict.clone()]), (vec![dict.clone()], Struct::new()));
        let marked = Value::record([(STARSTAR, Value::Int(1))]);
        assert_eq!(split_kwargs(vec![marked.clone()]), (vec![], Struct::new()));
        // not in last place
        assert_eq!(split_kwargs(vec![marked.clone(), 2.into()]), (vec![marked, 2.into()], Struct::new()));
    }
}
