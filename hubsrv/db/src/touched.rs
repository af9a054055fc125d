//! Which tables a statement reads and writes, from its text. All of it is this crate's own: keywords are in capitals or not,
//! tables have their plain names.

use std::collections::{BTreeSet, HashMap};
use std::sync::{LazyLock, PoisonError, RwLock};

use crate::schema;

/// Stands for every table: of a statement that writes what is not known.
pub(crate) const ANY: &str = "*";

/// Foreign keys that carry a change of one table on to another.
const CARRIED: &[(&str, &str)] = &[("build", "rpminfo")];

/// Koji's tables, each with its place among them.
static KNOWN: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| schema::tables(schema::KOJI).into_keys().zip(0..).collect());

/// In a statement whose answer depends on more than Koji's tables. A text as a time may be 'yesterday'.
const FICKLE: &[&str] = &["now", "current_timestamp", "clock_timestamp", "random", "timestamptz"];

/// Some of Koji's tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Tables(u128);

impl Tables {
    /// For what depends on something else as well: not all of its tables are known.
    const UNKNOWN: Tables = Tables(1 << 127);

    pub fn is_known(self) -> bool {
        !self.overlaps(Tables::UNKNOWN)
    }

    pub fn overlaps(self, other: Tables) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn add(&mut self, other: Tables) {
        self.0 |= other.0;
    }
}

impl FromIterator<Tables> for Tables {
    fn from_iter<I: IntoIterator<Item = Tables>>(all: I) -> Tables {
        Tables(all.into_iter().fold(0, |set, tables| set | tables.0))
    }
}

/// The table of that name.
pub(crate) fn table(name: &str) -> Tables {
    KNOWN.get(name).map_or(Tables::UNKNOWN, |place| Tables(1 << place))
}

/// What part of a transaction has written.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Something was written or locked, so that PostgreSQL has numbered it.
    any: bool,
    tables: BTreeSet<&'static str>,
}

impl Touched {
    pub(crate) fn note(&mut self, sql: &str) {
        let mut before = "";
        let mut words = words(sql).peekable();
        while let Some(word) = words.next() {
            let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
            let after = |keyword: &str| before.eq_ignore_ascii_case(keyword);
            if (is("INTO") && after("INSERT")) || (is("FROM") && after("DELETE")) {
                self.table(words.peek().copied());
            } else if is("UPDATE") {
                match before.to_ascii_uppercase().as_str() {
                    // row locks, and the rest of an INSERT
                    "FOR" | "KEY" | "DO" => self.any = true,
                    _ => self.table(words.peek().copied()),
                }
            } else if is("SHARE") || ["get_event", "nextval", "pg_notify"].iter().any(|f| is(f)) {
                self.any = true;
            } else if ["MERGE", "TRUNCATE", "COPY", "LOCK"].iter().any(|f| is(f)) {
                self.any = true;
                self.tables.insert(ANY);
            }
            before = word;
        }
    }

    fn table(&mut self, name: Option<&str>) {
        self.any = true;
        let name = name.unwrap_or_default();
        // no answer that is kept is made of this hub's own tables
        if name.starts_with("hub_") {
            return;
        }
        self.tables.insert(KNOWN.get_key_value(name).map_or(ANY, |(known, _)| known));
        self.tables.extend(CARRIED.iter().filter(|(from, _)| *from == name).map(|(_, to)| *to));
    }

    /// The tables, when anything was written or locked.
    pub(crate) fn tables(&self) -> Option<Vec<String>> {
        self.any.then(|| self.tables.iter().map(|t| (*t).to_owned()).collect())
    }
}

/// The tables that a statement can read: all that it names.
fn named(sql: &str) -> Tables {
    let mut tables = Tables::default();
    for word in words(sql) {
        if let Some(place) = KNOWN.get(word) {
            tables.add(Tables(1 << place));
        } else if word.starts_with("hub_") || FICKLE.iter().any(|f| f.eq_ignore_ascii_case(word)) {
            tables.add(Tables::UNKNOWN);
        }
    }
    tables
}

/// As [`named`], remembered: for the statements that are written in this crate, of which there are not many.
pub(crate) fn read_by(sql: &'static str) -> Tables {
    static READ: LazyLock<RwLock<HashMap<(usize, usize), Tables>>> = LazyLock::new(RwLock::default);
    let key = (sql.as_ptr().addr(), sql.len());
    let known = READ.read().unwrap_or_else(PoisonError::into_inner).get(&key).copied();
    known.unwrap_or_else(|| {
        let tables = named(sql);
        READ.write().unwrap_or_else(PoisonError::into_inner).insert(key, tables);
        tables
    })
}

/// As [`named`], of a statement that was put together.
pub(crate) fn read_by_built(sql: &str) -> Tables {
    named(sql)
}

fn words(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(sql: &str) -> Option<String> {
        let mut touched = Touched::default();
        touched.note(sql);
        touched.tables().map(|t| t.join(" "))
    }

    #[test]
    fn what_statements_write() {
        let some = |tables: &str| Some(tables.to_owned());
        for (sql, expected) in [
            ("SELECT id FROM tag WHERE name = $1", None),
            ("INSERT INTO users (name) VALUES ($1) RETURNING id", some("users")),
            ("WITH gone AS (DELETE FROM rpmsigs USING rpminfo WHERE true) SELECT 1", some("rpmsigs")),
            ("UPDATE build SET state = 1 WHERE id = $1", some("build rpminfo")),
            ("UPDATE task SET state = 1 WHERE id IN (SELECT 1 FROM host FOR UPDATE)", some("task")),
            ("INSERT INTO host_config (a) VALUES (1) ON CONFLICT DO UPDATE SET a = 2", some("host_config")),
            ("SELECT name FROM locks WHERE name = $1 FOR NO KEY UPDATE", some("")),
            ("SELECT name FROM locks WHERE name = $1 FOR SHARE", some("")),
            ("SELECT get_event()::bigint", some("")),
            ("INSERT INTO hub_audit (method) VALUES ($1)", some("")),
            ("UPDATE somewhere SET x = 1", some("*")),
            ("TRUNCATE tag_listing", some("*")),
        ] {
            assert_eq!(written(sql), expected, "{sql}");
        }
    }

    #[test]
    fn what_statements_read() {
        let read = named("SELECT t.name FROM tag AS t, users JOIN tag_listing l ON l.tag_id = t.id WHERE x");
        assert_eq!(read, ["tag", "tag_listing", "users"].into_iter().map(table).collect());
        assert!(read.is_known() && !read.overlaps(table("build")));
        for sql in ["SELECT now() FROM tag", "SELECT 1 FROM hub_audit", "SELECT CURRENT_TIMESTAMP"] {
            assert!(!named(sql).is_known(), "{sql}");
        }
    }

    #[test]
    fn all_tables_have_a_place() {
        assert!(KNOWN.len() < 127, "{} tables", KNOWN.len());
    }

    #[tokio::test]
    async fn no_other_foreign_key_carries_changes_on() {
        let db = crate::testing::database().await.unwrap();
        let mut tx = db.begin(crate::Mode::Read);
        let sql = "SELECT confrelid::regclass::text, conrelid::regclass::text FROM pg_constraint \
                   WHERE contype = 'f' AND (confupdtype <> 'a' OR confdeltype NOT IN ('a', 'r'))";
        let found: Vec<(String, String)> = tx.rows_as(sql, vec![]).await.unwrap();
        let known: Vec<(String, String)> = CARRIED.iter().map(|(a, b)| ((*a).into(), (*b).into())).collect();
        assert_eq!(found, known);
    }
}
