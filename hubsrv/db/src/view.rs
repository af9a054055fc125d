//! Views: tables whose rows callers choose by clauses and fields (`repo.query`, `repo.queryQueue`, `scheduler.get...`).

use koji_api::types::repr;
use koji_xmlrpc::Value;

use crate::{Arg, OptsError, Query, QueryOpts, to_json};

/// A table, the fields that can be asked for, and the joins that some of them need.
#[derive(Debug)]
pub struct View {
    pub table: &'static str,
    /// Name and join clause.
    pub joins: &'static [(&'static str, &'static str)],
    pub fields: &'static [Field],
    /// What is answered unless the caller asks for other fields; empty for all that need no join.
    pub default: &'static [&'static str],
}

/// Name, SQL, and the join it needs.
pub type Field = (&'static str, &'static str, Option<&'static str>);

const OPERATORS: [&str; 11] = ["IN", "=", "!=", ">", "<", ">=", "<=", "IS", "IS NOT", "@>", "<@"];

#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    #[error("Invalid field for query {0}")]
    Field(String),
    #[error("Invalid operator: {0}")]
    Operator(String),
    #[error("Invalid clause: {0}")]
    Clause(String),
    #[error("Invalid value for operator {operator}: {value}")]
    Value { operator: String, value: String },
    #[error(transparent)]
    Opts(#[from] OptsError),
}

impl View {
    /// The query for `clauses` (`[field, value]` or `[field, operator, value]`, all must hold), `fields` (a list; `*` is
    /// all that need no join, `**` is all) and `opts` (`queryOpts`, ordered by any field). Nil leaves any of them out.
    pub fn query(&self, clauses: &Value, fields: &Value, opts: &Value) -> Result<Query, ViewError> {
        let names = opts.get("order").and_then(Value::as_str).unwrap_or_default();
        let mut used = Vec::new();
        let mut query = Query::from(self.table);

        let mut order = Vec::new();
        for name in names.split(',').filter(|_| !names.is_empty()) {
            let (name, descending) = name.strip_prefix('-').map_or((name, false), |n| (n, true));
            order.push((self.field(name, &mut used)?, descending));
        }
        for clause in clauses.as_array().unwrap_or_default() {
            query = self.narrow(query, clause, &mut used)?;
        }
        for name in self.wanted(fields, &used)? {
            let (alias, sql, join) = *self.find(&name)?;
            used.extend(join);
            query = query.columns(&[(sql, alias)]);
        }
        for (name, join) in self.joins {
            if used.contains(name) {
                query = query.join(join);
            }
        }
        let opts = QueryOpts::from_value(opts)?;
        Ok(query.options_without_order(&opts).order_by_all(&order))
    }

    fn find(&self, name: &str) -> Result<&Field, ViewError> {
        self.fields.iter().find(|f| f.0 == name).ok_or_else(|| ViewError::Field(name.to_owned()))
    }

    fn field(&self, name: &str, used: &mut Vec<&'static str>) -> Result<&'static str, ViewError> {
        let (_, sql, join) = *self.find(name)?;
        used.extend(join);
        Ok(sql)
    }

    /// The names of the fields to answer, in the order of the view.
    fn wanted(&self, fields: &Value, used: &[&'static str]) -> Result<Vec<String>, ViewError> {
        let mut names: Vec<String> = match fields {
            Value::Array(list) => list.iter().map(repr::text).collect(),
            Value::Str(name) if !name.is_empty() => vec![name.clone()],
            _ => Vec::new(),
        };
        if names.is_empty() {
            names = self.default.iter().map(|n| (*n).to_owned()).collect();
        }
        if names.is_empty() {
            names.push("*".to_owned());
        }
        for name in names.iter().filter(|n| *n != "*" && *n != "**") {
            self.find(name)?;
        }
        let cheap = |f: &Field| f.2.is_none_or(|join| used.contains(&join));
        let takes = |f: &Field| {
            names.iter().any(|n| match n.as_str() {
                "**" => true,
                "*" => cheap(f),
                name => name == f.0,
            })
        };
        Ok(self.fields.iter().filter(|f| takes(f)).map(|f| f.0.to_owned()).collect())
    }

    fn narrow(&self, query: Query, clause: &Value, used: &mut Vec<&'static str>) -> Result<Query, ViewError> {
        let (name, operator, value) = match clause.as_array() {
            Some([name, value]) => {
                (name, if matches!(value, Value::Array(_)) { "IN".to_owned() } else { "=".to_owned() }, value)
            }
            Some([name, operator, value]) => (name, repr::text(operator).to_uppercase(), value),
            _ => return Err(ViewError::Clause(repr::text(clause))),
        };
        // before the field: a wrong operator is what is said first
        if !OPERATORS.contains(&operator.as_str()) {
            return Err(ViewError::Operator(operator));
        }
        let name = repr::text(name);
        let left = self.field(&name, used)?;
        let bad = || ViewError::Value { operator: operator.clone(), value: repr::repr(value) };
        let value = &number(&name, value).ok_or_else(bad)?;
        let right = match operator.as_str() {
            // compared with nothing, no row is left
            "=" | "!=" | ">" | "<" | ">=" | "<=" if value.is_nil() => return Ok(query.filter_sql("FALSE")),
            "IN" => return Ok(query.compare(left, "= ANY({})", list(value).ok_or_else(bad)?)),
            "=" => "= {}",
            "!=" => "!= {}",
            ">" => "> {}",
            "<" => "< {}",
            ">=" => ">= {}",
            "<=" => "<= {}",
            "IS" => {
                return Ok(query.compare(left, "IS NOT DISTINCT FROM {}", scalar(value).ok_or_else(bad)?));
            }
            "IS NOT" => {
                return Ok(query.compare(left, "IS DISTINCT FROM {}", scalar(value).ok_or_else(bad)?));
            }
            "@>" => return Ok(query.compare(left, "@> {}::jsonb", Arg::from(to_json(value)))),
            "<@" => return Ok(query.compare(left, "<@ {}::jsonb", Arg::from(to_json(value)))),
            _ => return Err(ViewError::Operator(operator)),
        };
        Ok(query.compare(left, right, scalar(value).ok_or_else(bad)?))
    }
}

/// An id that came as text, as upstream's client sends those from its command line, is the number that the column holds.
fn number(field: &str, value: &Value) -> Option<Value> {
    match value {
        Value::Str(text) if field == "id" || field.ends_with("_id") => {
            text.trim().parse().ok().map(Value::Int)
        }
        other => Some(other.clone()),
    }
}

fn scalar(value: &Value) -> Option<Arg> {
    Some(match value {
        Value::Nil => Arg::Int(None),
        Value::Bool(b) => Arg::from(*b),
        Value::Int(i) => Arg::from(*i),
        Value::Double(d) => Arg::from(*d),
        Value::Str(s) | Value::DateTime(s) => Arg::from(s),
        Value::Struct(_) => Arg::from(to_json(value)),
        Value::Array(_) | Value::Base64(_) => return None,
    })
}

/// A list of one type.
fn list(value: &Value) -> Option<Arg> {
    let items = value.as_array()?;
    if let Some(ints) = items.iter().map(Value::as_int).collect::<Option<Vec<_>>>() {
        return Some(Arg::from(ints));
    }
    items.iter().map(|v| v.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>().map(Arg::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: View = View {
        table: "repo",
        joins: &[("tag", "JOIN tag ON tag.id = repo.tag_id")],
        fields: &[
            ("id", "repo.id", None),
            ("state", "repo.state", None),
            ("tag_name", "tag.name", Some("tag")),
        ],
        default: &[],
    };

    fn sql(clauses: Value, fields: Value, opts: Value) -> Result<String, String> {
        VIEW.query(&clauses, &fields, &opts).map(|q| q.build().0).map_err(|e| e.to_string())
    }

    #[test]
    fn joins_follow_the_fields() {
        let all = sql(Value::Nil, Value::Nil, Value::Nil).unwrap();
        assert_eq!(all, r#"SELECT repo.id AS "id", repo.state AS "state" FROM repo"#);
        let clause = Value::Array(vec!["tag_name".into(), "x".into()]);
        let by_tag = sql(vec![clause].into(), Value::Array(vec!["id".into()]), Value::Nil).unwrap();
        assert_eq!(
            by_tag,
            r#"SELECT repo.id AS "id" FROM repo JOIN tag ON tag.id = repo.tag_id WHERE (tag.name = $1)"#
        );
        let ordered = sql(Value::Nil, "id".into(), Value::record([("order", "-tag_name".into())])).unwrap();
        assert!(ordered.ends_with("JOIN tag ON tag.id = repo.tag_id ORDER BY tag.name DESC"), "{ordered}");
    }

    #[test]
    fn ids_may_come_as_text() {
        assert_eq!(number("host_id", &"7".into()), Some(Value::Int(7)));
        assert_eq!(number("tag_name", &"7".into()), Some("7".into()));
        assert_eq!(number("id", &"x".into()), None);
    }

    #[test]
    fn what_is_refused() {
        let clause =
            |items: Vec<Value>| sql(vec![Value::Array(items)].into(), Value::Nil, Value::Nil).unwrap_err();
        assert_eq!(clause(vec!["bogus".into(), 1.into()]), "Invalid field for query bogus");
        assert_eq!(clause(vec!["id".into(), "like".into(), 1.into()]), "Invalid operator: LIKE");
        assert_eq!(clause(vec!["id".into()]), "Invalid clause: ['id']");
        assert_eq!(clause(vec!["id".into(), "x".into()]), "Invalid value for operator =: 'x'");
        assert_eq!(
            sql(Value::Nil, Value::Array(vec!["x".into()]), Value::Nil).unwrap_err(),
            "Invalid field for query x"
        );
    }

    proptest::proptest! {
        /// Nothing that a caller sends gets into the statement.
        #[test]
        fn callers_text_stays_outside(text in "[A-Z' ;]{4,20}x") {
            let clause = Value::Array(vec!["tag_name".into(), text.clone().into()]);
            let built = sql(vec![clause].into(), Value::Nil, Value::Nil).unwrap();
            proptest::prop_assert!(!built.contains(&text));
            proptest::prop_assert!(sql(Value::Nil, text.clone().into(), Value::Nil).is_err());
            proptest::prop_assert!(sql(Value::Nil, Value::Nil, Value::record([("order", text.into())])).is_err());
        }
    }
}
