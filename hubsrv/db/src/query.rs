//! A select with optional filters, put together from literal pieces and bound values.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::{Arg, OptsError, QueryOpts};

/// A select statement under construction.
///
/// Every piece of SQL is a `&'static str`; `{}` in a filter stands for the next bound value. Columns carry the alias
/// under which they appear in the answer, and only those aliases can be ordered by.
///
/// ```
/// # use koji_db::Query;
/// let q = Query::from("tag_listing")
///     .columns(&[("tag.id", "tag_id"), ("tag.name", "tag_name")])
///     .join("JOIN tag ON tag.id = tag_listing.tag_id")
///     .filter("tag_listing.build_id = {}", 5_i64)
///     .at("tag_listing", None);
/// ```
#[derive(Debug, Clone)]
pub struct Query {
    distinct: bool,
    columns: Vec<(&'static str, &'static str)>,
    table: &'static str,
    joins: Vec<Cow<'static, str>>,
    clauses: Vec<String>,
    args: Vec<Arg>,
    group: Option<&'static str>,
    order: Option<&'static str>,
    opts: QueryOpts,
    checked_order: String,
}

impl Query {
    pub fn from(table: &'static str) -> Query {
        Query {
            distinct: false,
            columns: Vec::new(),
            table,
            joins: Vec::new(),
            clauses: Vec::new(),
            args: Vec::new(),
            group: None,
            order: None,
            opts: QueryOpts::default(),
            checked_order: String::new(),
        }
    }

    /// Pairs of SQL expression and alias.
    pub fn columns(mut self, columns: &[(&'static str, &'static str)]) -> Query {
        self.columns.extend_from_slice(columns);
        self
    }

    pub fn distinct(mut self) -> Query {
        self.distinct = true;
        self
    }

    /// A whole join clause, added once.
    pub fn join(mut self, join: &'static str) -> Query {
        if !self.joins.iter().any(|known| known == join) {
            self.joins.push(join.into());
        }
        self
    }

    /// A join with any number of `{}` for bound values.
    pub fn join_with(mut self, sql: &'static str, values: Vec<Arg>) -> Query {
        let join = self.bind(sql, values);
        self.joins.push(join.into());
        self
    }

    pub fn filter(self, sql: &'static str, value: impl Into<Arg>) -> Query {
        self.filter_all(sql, vec![value.into()])
    }

    /// A filter with any number of `{}`.
    pub fn filter_all(mut self, sql: &'static str, values: Vec<Arg>) -> Query {
        let clause = self.bind(sql, values);
        self.clauses.push(clause);
        self
    }

    /// `sql` with its `{}` numbered, and their values kept.
    fn bind(&mut self, sql: &'static str, values: Vec<Arg>) -> String {
        let mut clause = String::with_capacity(sql.len() + 8);
        let mut values = values.into_iter();
        for (i, piece) in sql.split("{}").enumerate() {
            if i > 0 {
                match values.next() {
                    Some(v) => {
                        self.args.push(v);
                        let _ = write!(clause, "${}", self.args.len());
                    }
                    // a programming error: PostgreSQL answers it as a syntax error
                    None => clause.push_str("{}"),
                }
            }
            clause.push_str(piece);
        }
        clause
    }

    /// A filter without values.
    pub fn filter_sql(mut self, sql: &'static str) -> Query {
        self.clauses.push(sql.to_owned());
        self
    }

    /// A comparison put together from its two literal sides; `right` has one `{}`.
    pub(crate) fn compare(mut self, left: &'static str, right: &'static str, value: Arg) -> Query {
        let right = self.bind(right, vec![value]);
        self.clauses.push(format!("{left} {right}"));
        self
    }

    /// An order by literal expressions, each descending or not; it wins over [`Query::order_by`].
    pub(crate) fn order_by_all(mut self, order: &[(&'static str, bool)]) -> Query {
        let terms: Vec<String> = order
            .iter()
            .map(
                |(expression, descending)| {
                    if *descending { format!("{expression} DESC") } else { (*expression).to_owned() }
                },
            )
            .collect();
        self.checked_order = terms.join(", ");
        self
    }

    /// Takes over everything but the order.
    pub(crate) fn options_without_order(mut self, opts: &QueryOpts) -> Query {
        self.opts = opts.clone();
        self
    }

    /// The filter, if there is a value for it.
    pub fn filter_opt(self, sql: &'static str, value: Option<impl Into<Arg>>) -> Query {
        match value {
            Some(v) => self.filter(sql, v),
            None => self,
        }
    }

    /// Applies `f` when `condition` holds.
    pub fn when(self, condition: bool, f: impl FnOnce(Query) -> Query) -> Query {
        if condition { f(self) } else { self }
    }

    /// Rows of the versioned `table` that are active now (`None`) or were at an event.
    pub fn at(mut self, table: &'static str, event: Option<i64>) -> Query {
        match event {
            None => self.clauses.push(format!("{table}.active IS TRUE")),
            Some(event) => {
                self.args.push(Arg::from(event));
                let n = self.args.len();
                self.clauses.push(format!(
                    "{table}.create_event <= ${n} AND ({table}.revoke_event IS NULL OR ${n} < {table}.revoke_event)"
                ));
            }
        }
        self
    }

    pub fn group_by(mut self, columns: &'static str) -> Query {
        self.group = Some(columns);
        self
    }

    /// The order unless the caller's `queryOpts` ask for another.
    pub fn order_by(mut self, order: &'static str) -> Query {
        self.order = Some(order);
        self
    }

    /// Takes over the caller's options. Order names must be aliases or expressions of this query's columns (upstream's client
    /// asks for `buildroot.id`), so call it after [`Query::columns`].
    pub fn options(mut self, opts: &QueryOpts) -> Result<Query, OptsError> {
        let mut order = Vec::new();
        // who counts needs no order, not even a right one
        let asked = opts.order.iter().filter(|_| !opts.count_only);
        for name in asked.flat_map(|o| o.split(',')).map(str::trim) {
            let (bare, descending) = name.strip_prefix('-').map_or((name, false), |n| (n, true));
            let (expression, _) = self
                .columns
                .iter()
                .find(|(_, alias)| *alias == bare)
                .or_else(|| self.columns.iter().find(|(expression, _)| *expression == bare))
                .ok_or_else(|| OptsError::Order(bare.to_owned()))?;
            order.push(if descending { format!("{expression} DESC") } else { (*expression).to_owned() });
        }
        self.checked_order = order.join(", ");
        self.opts = opts.clone();
        Ok(self)
    }

    pub fn count_only(&self) -> bool {
        self.opts.count_only
    }

    pub fn as_list(&self) -> bool {
        self.opts.as_list
    }

    /// The statement and its values.
    pub(crate) fn build(&self) -> (String, &[Arg]) {
        (self.sql(true), &self.args)
    }

    /// The statement that counts the rows.
    pub(crate) fn build_count(&self) -> (String, &[Arg]) {
        (format!("SELECT count(*) FROM ({}) AS counted", self.sql(false)), &self.args)
    }

    fn sql(&self, with_order: bool) -> String {
        let mut sql = String::from(if self.distinct { "SELECT DISTINCT " } else { "SELECT " });
        let mut columns = self.columns.clone();
        if self.opts.as_list {
            // upstream's order of the values in each list
            columns.sort_by_key(|(_, alias)| *alias);
        }
        for (i, (expression, alias)) in columns.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            let _ = write!(sql, "{comma}{expression} AS \"{alias}\"");
        }
        let _ = write!(sql, " FROM {}", self.table);
        for join in &self.joins {
            let _ = write!(sql, " {join}");
        }
        for (i, clause) in self.clauses.iter().enumerate() {
            let word = if i == 0 { "WHERE" } else { "AND" };
            let _ = write!(sql, " {word} ({clause})");
        }
        if let Some(group) = self.group {
            let _ = write!(sql, " GROUP BY {group}");
        }
        if with_order {
            if !self.checked_order.is_empty() {
                let _ = write!(sql, " ORDER BY {}", self.checked_order);
            } else if let Some(order) = self.order {
                let _ = write!(sql, " ORDER BY {order}");
            }
        }
        if let Some(offset) = self.opts.offset {
            let _ = write!(sql, " OFFSET {offset}");
        }
        if let Some(limit) = self.opts.limit {
            let _ = write!(sql, " LIMIT {limit}");
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    #[test]
    fn values_are_numbered_and_events_shared() {
        let q = Query::from("tag_config")
            .columns(&[("tag.id", "id"), ("tag.name", "name")])
            .join("JOIN tag ON tag.id = tag_config.tag_id")
            .filter("tag.name = {}", "x")
            .filter_all("tag.id BETWEEN {} AND {}", args![1_i64, 2_i64])
            .at("tag_config", Some(7));
        let (sql, args) = q.build();
        assert_eq!(
            sql,
            "SELECT tag.id AS \"id\", tag.name AS \"name\" FROM tag_config JOIN tag ON tag.id = tag_config.tag_id \
             WHERE (tag.name = $1) AND (tag.id BETWEEN $2 AND $3) AND (tag_config.create_event <= $4 AND \
             (tag_config.revoke_event IS NULL OR $4 < tag_config.revoke_event))"
        );
        assert_eq!(args, args!["x", 1_i64, 2_i64, 7_i64]);
    }

    #[test]
    fn lists_have_their_values_in_the_order_of_the_names() {
        let q = Query::from("tag").columns(&[("tag.name", "name"), ("tag.id", "id")]);
        let opts = QueryOpts { as_list: true, ..QueryOpts::default() };
        let sql = q.options(&opts).unwrap().build().0;
        assert!(sql.starts_with("SELECT tag.id AS \"id\", tag.name AS \"name\" FROM"), "{sql}");
    }

    #[test]
    fn only_known_columns_order() {
        let q = Query::from("tag").columns(&[("tag.id", "id"), ("tag.name", "name")]);
        let opts = |order: &str| QueryOpts { order: Some(order.into()), ..QueryOpts::default() };
        let sql = q.clone().options(&opts("-name,id")).unwrap().build().0;
        assert!(sql.ends_with("ORDER BY tag.name DESC, tag.id"), "{sql}");
        let sql = q.clone().options(&opts("-tag.name")).unwrap().build().0;
        assert!(sql.ends_with("ORDER BY tag.name DESC"), "{sql}");
        assert!(q.options(&opts("id; DROP TABLE tag")).is_err());
    }
}
