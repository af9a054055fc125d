//! Packages and the package lists of tags: `package`, `tag_packages`, `tag_package_owners`.

use std::collections::{HashMap, HashSet};

use fancy_regex::Regex;
use indexmap::IndexMap;
use koji_xmlrpc::Struct;

use crate::{DbError, Query, Result, Tx, args, inheritance, versioned};

/// Which entries of package lists to read. At least one of tag, owner and package has to be given.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    pub tag: Option<i64>,
    pub owner: Option<i64>,
    pub package: Option<i64>,
    pub event: Option<i64>,
    /// Follow the inheritance of `tag`.
    pub inherit: bool,
    /// Keep entries that a nearer one hides.
    pub with_dups: bool,
    /// Answer `owner_id` and `owner_name`; needed for `owner`.
    pub with_owners: bool,
    /// Read blocked entries too. Without them, a package that is blocked nearby shows up from further away.
    pub with_blocked: bool,
}

/// An entry of a tag's package list.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub package_id: i64,
    pub package_name: String,
    /// The tag that has the entry: the one asked for, or one it inherits from.
    pub tag_id: i64,
    pub blocked: bool,
    /// All columns, with the keys of `listPackages`.
    pub row: Struct,
}

impl Entry {
    fn read(row: Struct) -> Option<Entry> {
        Some(Entry {
            package_id: row.get("package_id")?.as_int()?,
            package_name: row.get("package_name")?.as_str()?.to_owned(),
            tag_id: row.get("tag_id")?.as_int()?,
            blocked: row.get("blocked")?.as_bool()?,
            row,
        })
    }

    /// Only when read with owners.
    pub fn owner_id(&self) -> Option<i64> {
        self.row.get("owner_id").and_then(|v| v.as_int())
    }

    pub fn extra_arches(&self) -> Option<&str> {
        self.row.get("extra_arches").and_then(|v| v.as_str())
    }
}

/// The entries that decide, each package once unless duplicates are wanted; those of nearer tags first.
pub async fn list(tx: &mut Tx, filter: &Filter) -> Result<Vec<Entry>> {
    let mut found: IndexMap<i64, Vec<Entry>> = IndexMap::new();
    let steps = match (filter.tag, filter.inherit) {
        (Some(tag), true) => inheritance::order(tx, tag, filter.event).await?,
        _ => Vec::new(),
    };
    let mut tags: Vec<i64> = filter.tag.into_iter().chain(steps.iter().map(|s| s.link.parent_id)).collect();
    tags.sort_unstable();
    tags.dedup();
    let rows = tx.select(&query(filter, tags)).await?;
    let mut by_tag: HashMap<i64, Vec<Entry>> = HashMap::new();
    for entry in rows.into_iter().filter_map(Entry::read) {
        // without a tag the later entry replaces the earlier one in place, as upstream's does
        match filter.tag {
            Some(_) => by_tag.entry(entry.tag_id).or_default().push(entry),
            None if filter.with_dups => found.entry(entry.package_id).or_default().push(entry),
            None => drop(found.insert(entry.package_id, vec![entry])),
        }
    }
    if let Some(tag) = filter.tag {
        for entry in by_tag.get(&tag).cloned().unwrap_or_default() {
            found.entry(entry.package_id).or_default().push(entry);
        }
    }
    let mut patterns = Patterns::default();
    for step in &steps {
        for entry in by_tag.get(&step.link.parent_id).map(Vec::as_slice).unwrap_or_default() {
            if !filter.with_dups && found.contains_key(&entry.package_id) {
                continue;
            }
            if patterns.all_match(step.filter.iter().map(|f| &**f), &entry.package_name)? {
                found.entry(entry.package_id).or_default().push(entry.clone());
            }
        }
    }
    Ok(found.into_values().flatten().collect())
}

/// The entry that decides about one package in a tag, inheritance included; with owner.
pub async fn entry(tx: &mut Tx, tag: i64, package: i64, event: Option<i64>) -> Result<Option<Entry>> {
    let filter = Filter {
        tag: Some(tag),
        package: Some(package),
        event,
        inherit: true,
        with_owners: true,
        with_blocked: true,
        ..Filter::default()
    };
    Ok(list(tx, &filter).await?.into_iter().next())
}

/// The packages that are listed in a tag and not blocked, inheritance included.
pub async fn unblocked(tx: &mut Tx, tag: i64, event: Option<i64>) -> Result<HashSet<i64>> {
    let filter = Filter { tag: Some(tag), event, inherit: true, with_blocked: true, ..Filter::default() };
    Ok(list(tx, &filter).await?.into_iter().filter(|e| !e.blocked).map(|e| e.package_id).collect())
}

/// Whether a package is listed in a tag and not blocked, inheritance included.
pub async fn is_allowed(tx: &mut Tx, tag: i64, package: i64) -> Result<bool> {
    let filter = Filter {
        tag: Some(tag),
        package: Some(package),
        inherit: true,
        with_blocked: true,
        ..Filter::default()
    };
    Ok(list(tx, &filter).await?.first().is_some_and(|e| !e.blocked))
}

fn query(filter: &Filter, tags: Vec<i64>) -> Query {
    let mut q = Query::from("tag_packages")
        .columns(&[
            ("package.id", "package_id"),
            ("package.name", "package_name"),
            ("tag.id", "tag_id"),
            ("tag.name", "tag_name"),
            ("extra_arches", "extra_arches"),
            ("tag_packages.blocked", "blocked"),
        ])
        .join("JOIN tag ON tag.id = tag_packages.tag_id")
        .join("JOIN package ON package.id = tag_packages.package_id")
        .at("tag_packages", filter.event)
        .filter_opt("tag_packages.package_id = {}", filter.package);
    if filter.tag.is_some() {
        q = q.filter("tag_packages.tag_id = ANY({})", tags);
    }
    if filter.with_owners {
        q = q
            .columns(&[("users.id", "owner_id"), ("users.name", "owner_name")])
            .join(
                "JOIN tag_package_owners ON tag_packages.tag_id = tag_package_owners.tag_id \
                 AND tag_packages.package_id = tag_package_owners.package_id",
            )
            .join("JOIN users ON users.id = tag_package_owners.owner")
            .at("tag_package_owners", filter.event)
            .filter_opt("users.id = {}", filter.owner);
    }
    q.when(!filter.with_blocked, |q| q.filter_sql("NOT tag_packages.blocked"))
        .order_by("tag_packages.create_event, package.id")
}

/// A `pkg_filter`, anchored.
pub(crate) fn compile(pattern: &str) -> Result<Regex> {
    Regex::new(&format!(r"\A(?:{pattern})"))
        .map_err(|e| DbError::Other(format!("pkg_filter '{pattern}' is no regular expression: {e}")))
}

/// Compiled `pkg_filter`s. They are Python's regular expressions, matched at the start of the name.
#[derive(Default)]
struct Patterns(HashMap<String, Regex>);

impl Patterns {
    fn all_match<'a>(&mut self, patterns: impl Iterator<Item = &'a str>, name: &str) -> Result<bool> {
        for pattern in patterns {
            if !self.0.contains_key(pattern) {
                self.0.insert(pattern.to_owned(), compile(pattern)?);
            }
            let Some(regex) = self.0.get(pattern) else { return Ok(false) };
            let matches = regex.is_match(name).map_err(|e| {
                DbError::Other(format!("pkg_filter '{pattern}' cannot be matched with '{name}': {e}"))
            })?;
            if !matches {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// All packages whose name starts with `prefix`, matched without regard to case.
pub fn all(prefix: Option<&str>) -> Query {
    Query::from("package")
        .columns(&[("package.id", "package_id"), ("package.name", "package_name")])
        .filter_opt("package.name ILIKE {} || '%'", prefix)
        .order_by("package.id")
}

/// Puts a package on a tag's own list, in place of what is there.
pub async fn set(
    tx: &mut Tx,
    tag: i64,
    package: i64,
    owner: i64,
    blocked: bool,
    extra_arches: Option<&str>,
) -> Result<()> {
    versioned::replace(
        tx,
        "tag_packages",
        vec![("tag_id", tag.into()), ("package_id", package.into())],
        vec![("blocked", blocked.into()), ("extra_arches", extra_arches.into())],
    )
    .await?;
    set_owner(tx, tag, package, owner).await
}

pub async fn set_owner(tx: &mut Tx, tag: i64, package: i64, owner: i64) -> Result<()> {
    versioned::replace(
        tx,
        "tag_package_owners",
        vec![("tag_id", tag.into()), ("package_id", package.into())],
        vec![("owner", owner.into())],
    )
    .await
}

/// Takes a package off a tag's own list. Its owner stays recorded.
pub async fn remove(tx: &mut Tx, tag: i64, package: i64) -> Result<u64> {
    versioned::revoke(tx, "tag_packages", vec![("tag_id", tag.into()), ("package_id", package.into())]).await
}

/// The id of the package with exactly this name.
pub async fn id_of(tx: &mut Tx, name: &str) -> Result<Option<i64>> {
    tx.maybe_int("SELECT id FROM package WHERE name = $1", args![name]).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_match_at_the_start_and_all() {
        let mut p = Patterns::default();
        let mut matches = |patterns: &[&str], name| p.all_match(patterns.iter().copied(), name).unwrap();
        assert!(matches(&[], "bash"));
        assert!(matches(&["b"], "bash") && !matches(&["a"], "bash"));
        assert!(matches(&["a|b"], "bash") && matches(&["^b", "ba.h$"], "bash"));
        assert!(!matches(&["^b", "x"], "bash"));
        // what Python has and most engines do not
        assert!(matches(&["(?!kernel)"], "bash") && !matches(&["(?!kernel)"], "kernel-rt"));
        assert!(Patterns::default().all_match(["("].into_iter(), "x").is_err());
    }
}
