//! What was changed, when and by whom.

use koji_api::Fault;
use koji_api::methods::QueryHistory;
use koji_api::types::{NameOrId, refs, repr};
use koji_db::history::{self, By, Filter, TABLES, Table};
use koji_db::names;
use koji_db::{Arg, QueryOpts, Tx};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub const TABLE: &[Entry] = &[read!(QueryHistory, query_history)];

/// Rows by table. A filter by a record leaves out the tables that know no such record.
async fn query_history(cx: &mut Cx, call: QueryHistory) -> Outcome<Struct> {
    let tables: Vec<&'static Table> = match &call.tables {
        Value::Nil => TABLES.iter().collect(),
        Value::Array(names) => {
            let find = |name: &Value| {
                let unknown = || Fault::generic(format!("No such history table: {}", repr::text(name)));
                name.as_str().and_then(Table::find).ok_or_else(unknown)
            };
            names.iter().map(find).collect::<Result<_, _>>()?
        }
        other => return Err(refs::wrong_type(other, "list").into()),
    };
    let mut options = call.kwargs;
    let opts = QueryOpts::from_value(&options.shift_remove("queryOpts").unwrap_or_default())?;
    let mut filter = Filter::default();
    let mut tables = tables;
    for (option, value) in &options {
        let kinds = kinds_of(option);
        if kinds.is_empty() {
            limit(&mut cx.tx, &mut filter, option, value).await?;
            continue;
        }
        tables.retain(|table| kinds.iter().any(|by| table.has(*by)));
        for by in kinds.iter().filter(|by| tables.iter().any(|table| table.has(**by))) {
            let id = resolve(&mut cx.tx, *by, value).await?;
            filter.about.push((*by, id));
        }
    }
    let mut answer = Struct::with_capacity(tables.len());
    for table in tables {
        let mut rows = cx.tx.answer(&history::query(table, &filter, &opts)?).await?;
        if let Value::Array(rows) = &mut rows {
            for row in rows {
                if let Value::Struct(row) = row {
                    history::mark(row, &filter);
                }
            }
        }
        answer.insert(table.name.to_owned(), rows);
    }
    Ok(answer)
}

/// The kinds of record that an option filters by; a table has at most one of them.
fn kinds_of(option: &str) -> &'static [By] {
    match option {
        "tag" => &[By::Tag],
        "build" => &[By::Build],
        "host" => &[By::Host],
        "channel" => &[By::Channel],
        "package" => &[By::Package, By::GroupPackage],
        "user" => &[By::User],
        "permission" => &[By::Permission],
        "cg" => &[By::Cg],
        "external_repo" => &[By::ExternalRepo],
        "build_target" => &[By::BuildTarget],
        "group" => &[By::Group],
        "xkey" => &[By::Key],
        _ => &[],
    }
}

/// The value to compare with. Hosts and channels that do not exist have no history; other records have to exist.
async fn resolve(tx: &mut Tx, by: By, value: &Value) -> Outcome<Arg> {
    let table = match by {
        By::Build => return Ok(lookup::build(tx, value).await?.id.into()),
        By::User => return Ok(lookup::user(tx, value).await?.id.into()),
        By::GroupPackage | By::Key => return Ok(repr::text(value).into()),
        By::Host => return Ok(history::host_id(tx, &NameOrId::from_value(value)?).await?.into()),
        By::Channel => {
            let found = lookup::named(tx, names::Table::Channel, value).await?;
            return Ok(found.map(|c| c.id).into());
        }
        By::Tag => names::Table::Tag,
        By::Package => names::Table::Package,
        By::Permission => names::Table::Permission,
        By::Cg => names::Table::ContentGenerator,
        By::ExternalRepo => names::Table::ExternalRepo,
        By::BuildTarget => names::Table::BuildTarget,
        By::Group => names::Table::Group,
    };
    Ok(lookup::named_strict(tx, table, value).await?.id.into())
}

/// Limits of time, editor and state. Unknown options are ignored, as upstream ignores them.
async fn limit(tx: &mut Tx, filter: &mut Filter, option: &str, value: &Value) -> Outcome<()> {
    match option {
        "active" if value.is_nil() => {}
        "active" => filter.active = Some(value.truthy()),
        "editor" => filter.editor = Some(lookup::user(tx, value).await?.id),
        "after" => filter.after = Some(time(tx, value).await?),
        "before" => filter.before = Some(time(tx, value).await?),
        // no event is after none, and none before it
        "afterEvent" if value.is_nil() => filter.after_event = Some(i64::MAX),
        "beforeEvent" if value.is_nil() => filter.before_event = Some(i64::MIN),
        "afterEvent" => filter.after_event = Some(refs::to_int(value)?),
        "beforeEvent" => filter.before_event = Some(refs::to_int(value)?),
        _ => {}
    }
    Ok(())
}

async fn time(tx: &mut Tx, value: &Value) -> Outcome<f64> {
    match value {
        Value::Str(text) | Value::DateTime(text) => Ok(history::timestamp(tx, text).await?),
        other => Ok(other.as_double().ok_or_else(|| refs::wrong_type(other, "float"))?),
    }
}
