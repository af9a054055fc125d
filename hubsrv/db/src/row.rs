//! Rows to XML-RPC: the type of a column is the type on the wire.

use koji_xmlrpc::{Struct, Value, Writer};
use sqlx::postgres::{PgRow, PgValueRef};
use sqlx::{Column, Row, TypeInfo, ValueRef};

use crate::{DbError, Result};

/// A row as a struct of its columns' aliases.
pub fn row_struct(row: &PgRow) -> Result<Struct> {
    let mut out = Struct::with_capacity(row.len());
    for (i, column) in row.columns().iter().enumerate() {
        out.insert(column.name().to_owned(), value(row.try_get_raw(i)?)?);
    }
    Ok(out)
}

/// A row as a list of its values.
pub(crate) fn row_list(row: &PgRow) -> Result<Vec<Value>> {
    (0..row.len()).map(|i| value(row.try_get_raw(i)?)).collect()
}

/// Writes a row without building it first.
pub fn write_row(row: &PgRow, as_list: bool, w: &mut Writer) -> Result<()> {
    if as_list {
        w.begin_array();
    } else {
        w.begin_struct();
    }
    for (i, column) in row.columns().iter().enumerate() {
        if !as_list {
            w.begin_member(column.name());
        }
        write_value(row.try_get_raw(i)?, w)?;
        if !as_list {
            w.end_member();
        }
    }
    if as_list {
        w.end_array();
    } else {
        w.end_struct();
    }
    Ok(())
}

fn value(raw: PgValueRef<'_>) -> Result<Value> {
    if raw.is_null() {
        return Ok(Value::Nil);
    }
    let kind = raw.type_info();
    Ok(match kind.name() {
        "BOOL" => Value::Bool(decode(raw)?),
        "INT2" => Value::Int(decode::<i16>(raw)?.into()),
        "INT4" => Value::Int(decode::<i32>(raw)?.into()),
        "INT8" => Value::Int(decode(raw)?),
        "FLOAT4" => Value::Double(decode::<f32>(raw)?.into()),
        "FLOAT8" => Value::Double(decode(raw)?),
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "UNKNOWN" => Value::Str(decode(raw)?),
        "TIMESTAMPTZ" => Value::Str(timestamp(decode(raw)?)),
        "JSON" | "JSONB" => json(decode(raw)?),
        "INT4[]" => list(decode::<Vec<Option<i32>>>(raw)?),
        "INT8[]" => list(decode::<Vec<Option<i64>>>(raw)?),
        "BOOL[]" => list(decode::<Vec<Option<bool>>>(raw)?),
        "TEXT[]" | "VARCHAR[]" => list(decode::<Vec<Option<String>>>(raw)?),
        "VOID" => Value::Nil,
        other => return Err(DbError::Other(format!("no wire type for database type {other}"))),
    })
}

fn write_value(raw: PgValueRef<'_>, w: &mut Writer) -> Result<()> {
    if raw.is_null() {
        w.nil();
        return Ok(());
    }
    let kind = raw.type_info();
    match kind.name() {
        "BOOL" => w.bool(decode(raw)?),
        "INT4" => w.int(decode::<i32>(raw)?.into()),
        "INT8" => w.int(decode(raw)?),
        "FLOAT8" => w.double(decode(raw)?),
        "TEXT" | "VARCHAR" => w.str(decode::<&str>(raw)?),
        _ => w.value(&value(raw)?),
    }
    Ok(())
}

fn decode<'r, T>(raw: PgValueRef<'r>) -> Result<T>
where
    T: sqlx::Decode<'r, sqlx::Postgres>,
{
    T::decode(raw).map_err(|e| DbError::Sql(sqlx::Error::Decode(e)))
}

fn list<T: Into<Value>>(items: Vec<Option<T>>) -> Value {
    Value::Array(items.into_iter().map(Value::from).collect())
}

/// `2026-11-23 20:13:04.279036+00:00`, without the fraction when it is zero, as Python's `isoformat(' ')`.
/// Sessions run in UTC.
pub(crate) fn timestamp(t: sqlx::types::time::OffsetDateTime) -> String {
    let (date, time) = (t.date(), t.time());
    let mut s = format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        date.year(),
        u8::from(date.month()),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    );
    if time.microsecond() != 0 {
        s.push_str(&format!(".{:06}", time.microsecond()));
    }
    s.push_str("+00:00");
    s
}

/// JSON as XML-RPC: numbers with a fraction or beyond 64 bits are doubles.
pub fn json(v: serde_json::Value) -> Value {
    use serde_json::Value as J;
    match v {
        J::Null => Value::Nil,
        J::Bool(b) => Value::Bool(b),
        J::Number(n) => match n.as_i64() {
            Some(i) => Value::Int(i),
            None => Value::Double(n.as_f64().unwrap_or(f64::NAN)),
        },
        J::String(s) => Value::Str(s),
        J::Array(a) => Value::Array(a.into_iter().map(json).collect()),
        J::Object(o) => Value::Struct(o.into_iter().map(|(k, v)| (k, json(v))).collect()),
    }
}

/// XML-RPC as JSON, for JSON columns: base64 as its text, a double that is no number as null.
pub fn to_json(v: &Value) -> serde_json::Value {
    use serde_json::Value as J;
    match v {
        Value::Nil => J::Null,
        Value::Bool(b) => J::Bool(*b),
        Value::Int(i) => J::from(*i),
        Value::Double(d) => serde_json::Number::from_f64(*d).map_or(J::Null, J::Number),
        Value::Str(s) | Value::DateTime(s) => J::String(s.clone()),
        Value::Base64(b) => J::String(String::from_utf8_lossy(b).into_owned()),
        Value::Array(a) => J::Array(a.iter().map(to_json).collect()),
        Value::Struct(s) => J::Object(s.iter().map(|(k, v)| (k.clone(), to_json(v))).collect()),
    }
}
