//! Reading the arguments of lists: filters, times, and `queryOpts` for answers that are no rows of the database.

use std::cmp::Ordering;

use koji_api::Fault;
use koji_api::types::repr;
use koji_db::QueryOpts;
use koji_db::builds::When;
use koji_xmlrpc::{Struct, Value};

use crate::reply::Reply;

/// A filter by an integer column; nil is no filter. Text that is a number is one, as PostgreSQL reads it.
pub fn int(value: &Value) -> Result<Option<i64>, Fault> {
    match value {
        Value::Nil => Ok(None),
        Value::Int(_) | Value::Bool(_) => Ok(value.as_int()),
        Value::Str(text) => text.trim().parse().map(Some).map_err(|_| not_integer(text)),
        other => Err(not_integer(&repr::text(other))),
    }
}

/// A filter by one integer or any of several.
pub fn ints(value: &Value) -> Result<Option<Vec<i64>>, Fault> {
    match value {
        Value::Array(items) => {
            let ids: Result<Vec<Option<i64>>, Fault> = items.iter().map(int).collect();
            Ok(Some(ids?.into_iter().flatten().collect()))
        }
        one => Ok(int(one)?.map(|id| vec![id])),
    }
}

fn not_integer(text: &str) -> Fault {
    Fault::internal(format!("invalid input syntax for type integer: \"{text}\""))
}

/// A filter by a text column; nil is no filter.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::Nil => None,
        other => Some(repr::text(other)),
    }
}

/// A filter that upstream applies only when it is not empty.
pub fn text_or_empty(value: &Value) -> Option<String> {
    text(value).filter(|t| !t.is_empty())
}

/// Nil is both.
pub fn flag(value: &Value) -> Option<bool> {
    if value.is_nil() { None } else { Some(value.truthy()) }
}

/// How many of the latest: false is all, true one, a number so many.
pub fn latest(value: &Value) -> Option<i64> {
    match value {
        Value::Bool(latest) => latest.then_some(1),
        Value::Int(0) => None,
        Value::Int(n) => Some(*n),
        other => other.truthy().then_some(1),
    }
}

/// One architecture or any of several; `fault` is told the type of anything else.
pub fn arches(value: &Value, fault: impl FnOnce(String) -> Fault) -> Result<Option<Vec<String>>, Fault> {
    match value {
        Value::Nil => Ok(None),
        Value::Str(arch) => Ok(Some(vec![arch.clone()])),
        Value::Array(items) => Ok(Some(items.iter().map(repr::text).collect())),
        other => Err(fault(repr::class(other))),
    }
}

/// A point in time: seconds since 1970 or text; nil, 0 and empty text are none.
pub fn time(value: &Value) -> Result<Option<When>, Fault> {
    if !value.truthy() {
        return Ok(None);
    }
    match value {
        Value::Str(text) | Value::DateTime(text) => Ok(Some(When::Text(text.clone()))),
        other => match other.as_double() {
            Some(seconds) => Ok(Some(When::Seconds(seconds))),
            None => Err(Fault::generic("Invalid type for timestamp")),
        },
    }
}

/// Orders and cuts an answer that was put together here, as `queryOpts` ask.
pub fn apply_opts(mut rows: Vec<Struct>, opts: &QueryOpts) -> Result<Reply, Fault> {
    if opts.count_only {
        return Ok(Reply::Value(count(rows.len().saturating_sub(index(opts.offset)), opts.limit)));
    }
    // the least significant key first: sorting is stable
    for name in opts.order.iter().flat_map(|o| o.split(',').rev()).map(str::trim) {
        let (key, descending) = name.strip_prefix('-').map_or((name, false), |n| (n, true));
        if rows.iter().any(|row| !row.contains_key(key)) {
            return Err(Fault::internal(format!("<class 'KeyError'>: '{key}'")));
        }
        rows.sort_by(|a, b| {
            let order = compare(a.get(key), b.get(key));
            if descending { order.reverse() } else { order }
        });
    }
    let limit = opts.limit.map_or(usize::MAX, |n| index(Some(n)));
    let cut = rows.into_iter().skip(index(opts.offset)).take(limit).map(Value::Struct).collect();
    Ok(Reply::Value(Value::Array(cut)))
}

fn index(n: Option<i64>) -> usize {
    n.and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

fn count(rows: usize, limit: Option<i64>) -> Value {
    let n = limit.map_or(rows, |n| rows.min(index(Some(n))));
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::Str(a)), Some(Value::Str(b))) => a.cmp(b),
        (Some(a), Some(b)) => match (a.as_double(), b.as_double()) {
            (Some(x), Some(y)) => x.total_cmp(&y),
            // nil before everything else
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (None, None) => repr::repr(a).cmp(&repr::repr(b)),
        },
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(names: &[&str]) -> Vec<Struct> {
        names.iter().map(|n| [("name".to_owned(), Value::from(*n))].into_iter().collect()).collect()
    }

    fn names(reply: Reply) -> Vec<String> {
        let Reply::Value(Value::Array(rows)) = reply else { panic!("{reply:?}") };
        rows.iter().map(|r| r.str_at("name").unwrap().to_owned()).collect()
    }

    #[test]
    fn orders_and_cuts() {
        let opts = |v: Value| QueryOpts::from_value(&v).unwrap();
        let by = |o: Value| apply_opts(rows(&["b", "a", "c"]), &opts(o));
        assert_eq!(
            names(by(Value::record([("order", "-name".into()), ("limit", 2.into())])).unwrap()),
            ["c", "b"]
        );
        assert_eq!(names(by(Value::record([("offset", 1.into())])).unwrap()), ["a", "c"]);
        assert!(matches!(by(Value::record([("countOnly", true.into())])), Ok(Reply::Value(Value::Int(3)))));
        assert!(by(Value::record([("order", "x".into())])).is_err());
    }

    #[test]
    fn latest_is_a_flag_or_a_number() {
        assert_eq!(latest(&Value::Bool(false)), None);
        assert_eq!(latest(&Value::Bool(true)), Some(1));
        assert_eq!(latest(&Value::Int(2)), Some(2));
        assert_eq!(latest(&Value::Nil), None);
    }
}
