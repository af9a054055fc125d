//! What a refused call must leave alone: rows and files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use koji_db::{Mode, args};
use koji_hub::testing::TestHub;

/// Tables that calls may write whatever comes of them.
const ALWAYS: &[&str] = &["hub_audit", "hub_changes", "sessions"];

/// Number of rows and of changes of rows, by table.
pub async fn rows(hub: &TestHub) -> BTreeMap<String, i64> {
    let mut tx = hub.hub.db.begin(Mode::Read);
    let tables = "SELECT c.relname::text AS name, (xpath('/row/n/text()', query_to_xml(format(
             'SELECT count(*) || ''.'' || coalesce(max(xmin::text::bigint), 0) AS n FROM %I.%I', n.nspname, c.relname),
             false, true, '')))[1]::text AS n
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND n.nspname = ANY (current_schemas(false))";
    let found = tx.rows(tables, args![]).await.unwrap();
    let mut all = BTreeMap::new();
    for row in found {
        let mut values = row.into_values();
        let name = values.next().unwrap().as_str().unwrap().to_owned();
        let (count, newest) = values
            .next()
            .unwrap()
            .as_str()
            .unwrap()
            .split_once('.')
            .map(|(c, x)| (c.to_owned(), x.to_owned()))
            .unwrap();
        if !ALWAYS.contains(&name.as_str()) {
            all.insert(format!("{name} rows"), count.parse().unwrap());
            all.insert(format!("{name} newest"), newest.parse().unwrap());
        }
    }
    all
}

/// All files and directories below a directory.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            }
            all.push(entry.path());
        }
    }
    all.sort();
    all
}
