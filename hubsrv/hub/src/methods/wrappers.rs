//! Counting and cutting what other methods answer.

use std::cmp::Ordering;

use koji_api::Fault;
use koji_api::methods::{Count, CountAndFilterResults, FilterResults};
use koji_api::types::repr;
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::dispatch;
use crate::fault::{Failure, Outcome};
use crate::reply::Reply;

pub const TABLE: &[Entry] = &[
    read!(Count, count),
    read!(CountAndFilterResults, count_and_filter_results),
    read!(FilterResults, filter_results),
];

/// How deep these methods may call each other.
const DEPTH: usize = 8;

async fn count(cx: &mut Cx, call: Count) -> Outcome<i64> {
    if let Some(name) = call.methodName.as_str()
        && let Err(e) = dispatch::find(&cx.hub, name)?.decl.check(&call.args, &call.kw)
    {
        return Err(Fault::internal(format!("<class 'TypeError'>: {e}")).into());
    }
    let reply = inner(cx, &call.methodName, call.args, call.kw).await?;
    // the database counts what it would otherwise send
    if let Reply::Rows(query) = &reply
        && !query.count_only()
    {
        return Ok(cx.tx.count(query).await?);
    }
    Ok(match reply.into_value(&mut cx.tx).await? {
        Value::Nil => 0,
        Value::Array(items) => length(items.len()),
        Value::Struct(members) => length(members.len()),
        _ => 1,
    })
}

async fn filter_results(cx: &mut Cx, call: FilterResults) -> Outcome<Value> {
    Ok(filtered(cx, &call.methodName, call.args, call.kw).await?.1)
}

async fn count_and_filter_results(cx: &mut Cx, call: CountAndFilterResults) -> Outcome<Vec<Value>> {
    let (count, rows) = filtered(cx, &call.methodName, call.args, call.kw).await?;
    Ok(vec![Value::Int(count), rows])
}

/// The number of all rows, and those that the options leave.
async fn filtered(cx: &mut Cx, method: &Value, args: Vec<Value>, mut kw: Struct) -> Outcome<(i64, Value)> {
    let options = kw.shift_remove("filterOpts").unwrap_or_default();
    let name = repr::text(method);
    let unknown = dispatch::find(&cx.hub, &name).err();
    if let Some(fault) = unknown {
        return Err(fault.into());
    }
    let rows = match inner(cx, method, args, kw).await {
        Ok(reply) => reply.into_value(&mut cx.tx).await?,
        Err(Failure::Fault(fault)) => {
            let text = format!("method {name} raised an exception ({})", fault.message);
            return Err(Fault::generic(text).into());
        }
        Err(other) => return Err(other),
    };
    let mut rows = match rows {
        Value::Nil => return Ok((0, Value::Nil)),
        Value::Array(rows) => rows,
        _ => return Err(Fault::generic(format!("{name}() did not return a list")).into()),
    };
    let count = length(rows.len());
    if let Some(order) = options.str_at("order").filter(|o| !o.is_empty()) {
        let (key, descending) = order.strip_prefix('-').map_or((order, false), |key| (key, true));
        if rows.iter().any(|row| row.get(key).is_none()) {
            return Err(Fault::internal(format!("<class 'KeyError'>: '{key}'")).into());
        }
        let nil_last = options.get("noneGreatest").is_none_or(Value::truthy);
        rows.sort_by(|a, b| {
            let order = compare(a.get(key), b.get(key), nil_last);
            if descending { order.reverse() } else { order }
        });
    }
    let rows = cut(rows, options.int_at("offset"), options.int_at("limit"));
    Ok((count, Value::Array(rows)))
}

/// Python's slices: a negative offset counts from the end.
fn cut(rows: Vec<Value>, offset: Option<i64>, limit: Option<i64>) -> Vec<Value> {
    let place = |n: i64, length: usize| match usize::try_from(n) {
        Ok(n) => n.min(length),
        Err(_) => length.saturating_sub(usize::try_from(n.unsigned_abs()).unwrap_or(usize::MAX)),
    };
    let start = place(offset.unwrap_or(0), rows.len());
    let left = rows.len() - start;
    let count = limit.map_or(left, |n| place(n, left));
    rows.into_iter().skip(start).take(count).collect()
}

fn compare(a: Option<&Value>, b: Option<&Value>, nil_last: bool) -> Ordering {
    let nil = |v: Option<&Value>| v.is_none_or(Value::is_nil);
    match (nil(a), nil(b)) {
        (true, true) => Ordering::Equal,
        (true, false) if nil_last => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, true) if nil_last => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => match (a, b) {
            (Some(Value::Str(a)), Some(Value::Str(b))) => a.cmp(b),
            (Some(a), Some(b)) => match (a.as_int(), b.as_int(), a.as_double(), b.as_double()) {
                (Some(a), Some(b), ..) => a.cmp(&b),
                (_, _, Some(a), Some(b)) => a.total_cmp(&b),
                _ => Ordering::Equal,
            },
            _ => Ordering::Equal,
        },
    }
}

/// The other method's answer, under its own access rules.
async fn inner(cx: &mut Cx, method: &Value, args: Vec<Value>, kw: Struct) -> Outcome<Reply> {
    let name = method.as_str().unwrap_or_default();
    let entry = dispatch::find(&cx.hub, name)?;
    cx.depth += 1;
    if cx.depth > DEPTH {
        return Err(Fault::generic("these calls are nested too deep").into());
    }
    let reply = Box::pin(dispatch::run(cx, entry, args, kw)).await;
    cx.depth -= 1;
    reply
}

fn length(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_are_pythons() {
        let rows = |n: i64| (0..n).map(Value::Int).collect::<Vec<_>>();
        let ints = |v: Vec<Value>| v.iter().filter_map(Value::as_int).collect::<Vec<_>>();
        assert_eq!(ints(cut(rows(5), Some(1), Some(2))), [1, 2]);
        assert_eq!(ints(cut(rows(5), Some(-2), None)), [3, 4]);
        assert_eq!(ints(cut(rows(5), None, Some(-1))), [0, 1, 2, 3]);
        assert!(cut(rows(2), Some(9), Some(9)).is_empty());
    }

    #[test]
    fn nil_sorts_last_unless_told_otherwise() {
        let (nil, one) = (Value::Nil, Value::Int(1));
        assert_eq!(compare(Some(&nil), Some(&one), true), Ordering::Greater);
        assert_eq!(compare(Some(&nil), Some(&one), false), Ordering::Less);
        assert_eq!(compare(Some(&Value::Double(0.5)), Some(&one), true), Ordering::Less);
    }
}
