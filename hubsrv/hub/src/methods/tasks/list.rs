//! `listTasks`.

use koji_api::Fault;
use koji_api::methods::ListTasks;
use koji_api::types::repr;
use koji_db::QueryOpts;
use koji_db::tasks::{self as table, Among, COLUMN_OPTIONS, TIME_OPTIONS, TaskFilter, When};
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::fault::Outcome;
use crate::reply::Reply;
use crate::tasks;

pub async fn list_tasks(cx: &mut Cx, call: ListTasks) -> Outcome<Reply> {
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    let query = table::list(&filter(&call.opts)?, &opts)?;
    if !call.opts.truthy_at("decode") || opts.count_only || opts.as_list {
        return Ok(query.into());
    }
    let mut rows = cx.tx.select(&query).await?;
    for row in &mut rows {
        if let Some(Value::Str(text)) = row.get("request") {
            let request = table::decode_request(text)?;
            row.insert("request".into(), Value::Array(request));
        }
        if let Some(Value::Str(text)) = row.get("result") {
            let result = tasks::decode_result(text)?;
            row.insert("result".into(), result);
        }
    }
    Ok(rows.into())
}

/// Options that are not known are ignored, as they always were.
fn filter(opts: &Value) -> Result<TaskFilter, Fault> {
    let mut filter = TaskFilter::default();
    if opts.is_nil() {
        return Ok(filter);
    }
    let opts = opts.as_struct().ok_or_else(|| {
        Fault::internal(format!("listTasks: opts must be a struct, not {}", repr::class(opts)))
    })?;
    for name in COLUMN_OPTIONS {
        if let Some(value) = opts.get(name) {
            filter.columns.push((name, among(name, value)?, false));
        }
        if let Some(value) = opts.get(&format!("not_{name}")) {
            filter.columns.push((name, among(name, value)?, true));
        }
    }
    if let Some(method) = opts.get("method") {
        let text = method.as_str().ok_or_else(|| invalid("method", method))?;
        filter.method = Some(text.to_owned());
    }
    for name in TIME_OPTIONS {
        match opts.get(name) {
            None | Some(Value::Nil) => {}
            Some(Value::Str(text) | Value::DateTime(text)) => {
                filter.times.push((name, When::Text(text.clone())));
            }
            Some(other) => {
                let seconds = other.as_double().ok_or_else(|| invalid(name, other))?;
                filter.times.push((name, When::Seconds(seconds)));
            }
        }
    }
    Ok(filter)
}

/// `arch` and `state` take lists only; the others a list, one id, or nil.
fn among(name: &str, value: &Value) -> Result<Among, Fault> {
    let bad = || invalid(name, value);
    match value {
        Value::Array(items) if name == "arch" => {
            let texts = items.iter().map(|v| v.as_str().map(str::to_owned));
            texts.collect::<Option<Vec<_>>>().map(Among::Texts).ok_or_else(bad)
        }
        Value::Array(items) => {
            items.iter().map(Value::as_int).collect::<Option<Vec<_>>>().map(Among::Ints).ok_or_else(bad)
        }
        _ if matches!(name, "arch" | "state") => Err(bad()),
        Value::Nil => Ok(Among::Null),
        other => other.as_int().map(|id| Among::Ints(vec![id])).ok_or_else(bad),
    }
}

fn invalid(name: &str, value: &Value) -> Fault {
    Fault::internal(format!("listTasks: invalid value for '{name}': {}", repr::repr(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_a_list_or_nil() {
        let opts = Value::record([
            ("owner", Value::Int(3)),
            ("not_state", vec![2_i64, 3].into()),
            ("parent", Value::Nil),
            ("bogus", "x".into()),
            ("createdAfter", Value::Int(5)),
            ("completeBefore", "2026-01-01".into()),
        ]);
        let f = filter(&opts).unwrap();
        assert_eq!(
            f.columns,
            [
                ("state", Among::Ints(vec![2, 3]), true),
                ("owner", Among::Ints(vec![3]), false),
                ("parent", Among::Null, false)
            ]
        );
        let times =
            [("createdAfter", When::Seconds(5.0)), ("completeBefore", When::Text("2026-01-01".into()))];
        assert_eq!(f.times, times);
        for bad in [("state", Value::Int(1)), ("arch", "x86_64".into()), ("owner", "alice".into())] {
            assert!(filter(&Value::record([bad])).is_err());
        }
    }
}
