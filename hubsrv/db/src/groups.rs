//! Comps groups: `groups`, `group_config`, `group_package_listing`, `group_req_listing`.

use indexmap::IndexMap;
use koji_xmlrpc::{Struct, Value};

use crate::{Arg, Query, Result, Tx, inheritance, versioned};

/// A group of a tag, with what was asked for; blocked entries included.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub id: i64,
    pub blocked: bool,
    /// Columns of `group_config`, with the keys of `getTagGroups`.
    pub row: Struct,
    /// By package name.
    pub packages: Option<IndexMap<String, Item>>,
    /// By id of the required group.
    pub requirements: Option<IndexMap<i64, Item>>,
}

/// A package of a group, or a group it requires.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub blocked: bool,
    pub row: Struct,
}

/// What to read of a tag's groups.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub inherit: bool,
    pub packages: bool,
    pub requirements: bool,
}

impl Group {
    /// The keys of `getTagGroups`; blocked items are left out unless `with_blocked`.
    pub fn into_wire(self, with_blocked: bool) -> Struct {
        fn items<K>(items: IndexMap<K, Item>, with_blocked: bool) -> Value {
            let shown = items.into_values().filter(|i| with_blocked || !i.blocked);
            Value::Array(shown.map(|i| Value::Struct(i.row)).collect())
        }
        let mut s = self.row;
        if let Some(packages) = self.packages {
            s.insert("packagelist".into(), items(packages, with_blocked));
        }
        if let Some(requirements) = self.requirements {
            s.insert("grouplist".into(), items(requirements, with_blocked));
        }
        s
    }
}

fn id(row: &Struct, key: &str) -> i64 {
    row.get(key).and_then(Value::as_int).unwrap_or_default()
}

fn item(row: Struct) -> Item {
    Item { blocked: row.get("blocked").is_some_and(Value::truthy), row }
}

/// The rows of `query`, those of nearer tags first.
async fn by_nearness(tx: &mut Tx, query: &Query, tags: &[i64]) -> Result<Vec<Struct>> {
    let mut rows = tx.select(query).await?;
    rows.sort_by_key(|row| tags.iter().position(|tag| *tag == id(row, "tag_id")));
    Ok(rows)
}

/// The groups of a tag by id: the nearest definition of a group, of a package in it and of a requirement of it decides.
/// Blocked groups have no items.
pub async fn of_tag(
    tx: &mut Tx,
    tag: i64,
    event: Option<i64>,
    wanted: Wanted,
) -> Result<IndexMap<i64, Group>> {
    let tags = if wanted.inherit { inheritance::tags(tx, tag, event).await? } else { vec![tag] };
    let mut groups: IndexMap<i64, Group> = IndexMap::new();
    for row in by_nearness(tx, &configs(&tags, event), &tags).await? {
        groups.entry(id(&row, "group_id")).or_insert_with(|| Group {
            id: id(&row, "group_id"),
            blocked: row.get("blocked").is_some_and(Value::truthy),
            row,
            packages: wanted.packages.then(IndexMap::new),
            requirements: wanted.requirements.then(IndexMap::new),
        });
    }
    if wanted.packages {
        for row in by_nearness(tx, &packages(&tags, event), &tags).await? {
            let Some(group) = groups.get_mut(&id(&row, "group_id")).filter(|g| !g.blocked) else { continue };
            let name = row.get("package").and_then(Value::as_str).unwrap_or_default().to_owned();
            if let Some(known) = &mut group.packages {
                known.entry(name).or_insert_with(|| item(row));
            }
        }
    }
    if wanted.requirements {
        for row in by_nearness(tx, &requirements(&tags, event), &tags).await? {
            let required = id(&row, "req_id");
            if groups.get(&required).is_none_or(|g| g.blocked) {
                continue;
            }
            let Some(group) = groups.get_mut(&id(&row, "group_id")).filter(|g| !g.blocked) else { continue };
            if let Some(known) = &mut group.requirements {
                known.entry(required).or_insert_with(|| item(row));
            }
        }
    }
    Ok(groups)
}

fn configs(tags: &[i64], event: Option<i64>) -> Query {
    Query::from("group_config")
        .columns(&[
            ("groups.name", "name"),
            ("group_id", "group_id"),
            ("tag_id", "tag_id"),
            ("blocked", "blocked"),
            ("exported", "exported"),
            ("display_name", "display_name"),
            ("is_default", "is_default"),
            ("uservisible", "uservisible"),
            ("description", "description"),
            ("langonly", "langonly"),
            ("biarchonly", "biarchonly"),
        ])
        .join("JOIN groups ON group_id = groups.id")
        .at("group_config", event)
        .filter("tag_id = ANY({})", tags)
        .order_by("create_event, group_id")
}

fn packages(tags: &[i64], event: Option<i64>) -> Query {
    Query::from("group_package_listing")
        .columns(&[
            ("group_id", "group_id"),
            ("tag_id", "tag_id"),
            ("package", "package"),
            ("blocked", "blocked"),
            ("type", "type"),
            ("basearchonly", "basearchonly"),
            ("requires", "requires"),
        ])
        .at("group_package_listing", event)
        .filter("tag_id = ANY({})", tags)
        .order_by("create_event, group_id, package")
}

fn requirements(tags: &[i64], event: Option<i64>) -> Query {
    Query::from("group_req_listing")
        .columns(&[
            ("group_id", "group_id"),
            ("tag_id", "tag_id"),
            ("req_id", "req_id"),
            ("blocked", "blocked"),
            ("type", "type"),
            ("is_metapkg", "is_metapkg"),
            ("groups.name", "name"),
        ])
        .join("JOIN groups ON req_id = groups.id")
        .at("group_req_listing", event)
        .filter("tag_id = ANY({})", tags)
        .order_by("create_event, group_id, req_id")
}

/// A row of one of the three tables, by its natural key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    Group { tag: i64, group: i64 },
    Package { tag: i64, group: i64, package: &'a str },
    Requirement { tag: i64, group: i64, required: i64 },
}

impl Key<'_> {
    fn table(self) -> &'static str {
        match self {
            Key::Group { .. } => "group_config",
            Key::Package { .. } => "group_package_listing",
            Key::Requirement { .. } => "group_req_listing",
        }
    }

    fn columns(self) -> Vec<(&'static str, Arg)> {
        match self {
            Key::Group { tag, group } => vec![("tag_id", tag.into()), ("group_id", group.into())],
            Key::Package { tag, group, package } => {
                vec![("tag_id", tag.into()), ("group_id", group.into()), ("package", package.into())]
            }
            Key::Requirement { tag, group, required } => {
                vec![("tag_id", tag.into()), ("group_id", group.into()), ("req_id", required.into())]
            }
        }
    }
}

/// Writes an entry in place of the one that is there. Columns are those of the key's table.
pub async fn set(tx: &mut Tx, key: Key<'_>, row: Vec<(&'static str, Arg)>) -> Result<()> {
    versioned::replace(tx, key.table(), key.columns(), row).await
}

/// Revokes an entry; the number of rows that there were.
pub async fn remove(tx: &mut Tx, key: Key<'_>) -> Result<u64> {
    versioned::revoke(tx, key.table(), key.columns()).await
}

/// Whether the tag's own entry is there, and blocked. Locks it until the transaction ends.
pub async fn blocked(tx: &mut Tx, key: Key<'_>) -> Result<Option<bool>> {
    let columns = |key: Key<'_>| key.columns().into_iter().map(|(_, arg)| arg).collect::<Vec<_>>();
    let sql = match key {
        Key::Group { .. } => {
            "SELECT blocked FROM group_config
              WHERE tag_id = $1 AND group_id = $2 AND active IS TRUE FOR UPDATE"
        }
        Key::Package { .. } => {
            "SELECT blocked FROM group_package_listing
              WHERE tag_id = $1 AND group_id = $2 AND package = $3 AND active IS TRUE FOR UPDATE"
        }
        Key::Requirement { .. } => {
            "SELECT blocked FROM group_req_listing
              WHERE tag_id = $1 AND group_id = $2 AND req_id = $3 AND active IS TRUE FOR UPDATE"
        }
    };
    let row = tx.row(sql, columns(key)).await?;
    Ok(row.and_then(|r| r.get("blocked").and_then(Value::as_bool)))
}
