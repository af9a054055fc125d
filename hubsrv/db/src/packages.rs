//! Packages and the package lists of tags: `package`, `tag_packages`, `tag_package_owners`.

use std::collections::{HashMap, HashSet};

use fancy_regex::Regex;
use indexmap::IndexMap;
use koji_xmlrpc::Struct;

use crate::inheritance::{self, Step};
use crate::{DbError, Query, Result, Tx, args, versioned};

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
    let steps = steps(tx, filter).await?;
    let rows = tx.select(&query(filter, &steps)).await?;
    let entries = rows.into_iter().filter_map(Entry::read).collect();
    if filter.tag.is_some() {
        return deciding(filter, &steps, entries);
    }
    let mut found: IndexMap<i64, Vec<Entry>> = IndexMap::new();
    for entry in entries {
        // without a tag the later entry replaces the earlier one in place, as upstream's does
        match filter.with_dups {
            true => found.entry(entry.package_id).or_default().push(entry),
            false => drop(found.insert(entry.package_id, vec![entry])),
        }
    }
    Ok(found.into_values().flatten().collect())
}

async fn steps(tx: &mut Tx, filter: &Filter) -> Result<Vec<Step>> {
    match (filter.tag, filter.inherit) {
        (Some(tag), true) => inheritance::order(tx, tag, filter.event).await,
        _ => Ok(Vec::new()),
    }
}

/// What decides about an entry's place.
trait Listed: Clone {
    fn tag_id(&self) -> i64;
    fn package_id(&self) -> i64;
    fn package_name(&self) -> &str;
}

impl Listed for Entry {
    fn tag_id(&self) -> i64 {
        self.tag_id
    }
    fn package_id(&self) -> i64 {
        self.package_id
    }
    fn package_name(&self) -> &str {
        &self.package_name
    }
}

/// An entry with no more than is needed to tell which packages a tag has.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Brief {
    package_id: i32,
    package_name: String,
    tag_id: i32,
    blocked: bool,
}

impl Listed for Brief {
    fn tag_id(&self) -> i64 {
        self.tag_id.into()
    }
    fn package_id(&self) -> i64 {
        self.package_id.into()
    }
    fn package_name(&self) -> &str {
        &self.package_name
    }
}

/// Of the entries of a tag and of all that it inherits from, those that decide.
fn deciding<T: Listed>(filter: &Filter, steps: &[Step], entries: Vec<T>) -> Result<Vec<T>> {
    let mut by_tag: HashMap<i64, Vec<usize>> = HashMap::new();
    for (n, entry) in entries.iter().enumerate() {
        by_tag.entry(entry.tag_id()).or_default().push(n);
    }
    let own = filter.tag.map(|tag| (tag, [].as_slice()));
    let inherited = steps.iter().map(|step| (step.link.parent_id, step.filter.as_slice()));
    // each package with the numbers of its entries
    let mut found: IndexMap<i64, Vec<usize>> = IndexMap::new();
    let mut patterns = Patterns::default();
    for (nth, (tag, filters)) in own.into_iter().chain(inherited).enumerate() {
        for n in by_tag.get(&tag).map(Vec::as_slice).unwrap_or_default() {
            let Some(entry) = entries.get(*n) else { continue };
            if nth > 0 && !filter.with_dups && found.contains_key(&entry.package_id()) {
                continue;
            }
            if patterns.all_match(filters.iter().map(|f| &**f), entry.package_name())? {
                found.entry(entry.package_id()).or_default().push(*n);
            }
        }
    }
    // without duplicates no entry is there twice
    let mut entries: Vec<Option<T>> = entries.into_iter().map(Some).collect();
    let entry = |n: usize| {
        let entry = entries.get_mut(n)?;
        if filter.with_dups { entry.clone() } else { entry.take() }
    };
    Ok(found.into_values().flatten().filter_map(entry).collect())
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

/// The packages that are listed in a tag and not blocked, inheritance included; with `only`, none but that one.
pub async fn unblocked(tx: &mut Tx, tag: i64, only: Option<i64>, event: Option<i64>) -> Result<HashSet<i64>> {
    let filter = Filter {
        tag: Some(tag),
        package: only,
        event,
        inherit: true,
        with_blocked: true,
        ..Filter::default()
    };
    let steps = steps(tx, &filter).await?;
    let entries: Vec<Brief> = tx.select_as(&query(&filter, &steps)).await?;
    let decided = deciding(&filter, &steps, entries)?;
    Ok(decided.into_iter().filter(|e| !e.blocked).map(|e| e.package_id()).collect())
}

/// Whether a package is listed in a tag and not blocked, inheritance included.
pub async fn is_allowed(tx: &mut Tx, tag: i64, package: i64) -> Result<bool> {
    Ok(unblocked(tx, tag, Some(package), None).await?.contains(&package))
}

fn query(filter: &Filter, steps: &[Step]) -> Query {
    let mut tags: Vec<i64> = filter.tag.into_iter().chain(steps.iter().map(|s| s.link.parent_id)).collect();
    tags.sort_unstable();
    tags.dedup();
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
