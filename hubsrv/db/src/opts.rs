//! `queryOpts`: how a caller wants rows ordered and cut.

use koji_xmlrpc::Value;

/// Ordering and slicing of a list answer (inventory of the API: `queryOpts`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct QueryOpts {
    /// Answer the number of rows instead of the rows.
    pub count_only: bool,
    /// Column aliases, `-` in front for descending; checked against the query's columns.
    pub order: Option<String>,
    pub group: Option<String>,
    pub offset: Option<i64>,
    /// `None` and 0 are no limit.
    pub limit: Option<i64>,
    /// Rows as lists of values instead of structs.
    pub as_list: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum OptsError {
    #[error("queryOpts must be a struct")]
    NoStruct,
    #[error("invalid value for '{0}' in queryOpts: an integer of at least 0 is wanted")]
    BadNumber(&'static str),
    #[error("invalid value for '{0}' in queryOpts: a string is wanted")]
    BadString(&'static str),
    #[error("Invalid order: {0}")]
    Order(String),
}

impl QueryOpts {
    pub fn from_value(value: &Value) -> Result<QueryOpts, OptsError> {
        if value.is_nil() {
            return Ok(QueryOpts::default());
        }
        value.as_struct().ok_or(OptsError::NoStruct)?;
        let number = |key: &'static str| match value.get(key) {
            None | Some(Value::Nil) => Ok(None),
            Some(v) => v.as_int().filter(|n| *n >= 0).map(Some).ok_or(OptsError::BadNumber(key)),
        };
        let string = |key: &'static str| match value.get(key) {
            None | Some(Value::Nil) => Ok(None),
            Some(v) => v.as_str().map(|s| Some(s.to_owned())).ok_or(OptsError::BadString(key)),
        };
        Ok(QueryOpts {
            count_only: value.truthy_at("countOnly"),
            order: string("order")?.filter(|s| !s.is_empty()),
            group: string("group")?.filter(|s| !s.is_empty()),
            offset: number("offset")?,
            limit: number("limit")?.filter(|n| *n > 0),
            as_list: value.truthy_at("asList"),
        })
    }
}
