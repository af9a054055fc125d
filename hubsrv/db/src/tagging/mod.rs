//! Builds in tags: table `tag_listing`, and the walk through inheritance that says which builds a tag has.

mod listings;
mod maven;
mod write;

use std::collections::{HashMap, HashSet};

use crate::builds::BuildKind;
use crate::{Query, Result, Tx, args, inheritance, packages};

pub use listings::{Archives, Rpms, archives, builds, rpms, untagged};
pub use maven::maven_archives;
pub use write::{is_tagged, note_update, retag, tag, tags_of, untag, untag_everywhere};

/// Which of a tag's builds are wanted; the default is all that are directly in it.
#[derive(Debug, Clone, Default)]
pub struct TaggedFilter {
    /// As the tag was at an event.
    pub event: Option<i64>,
    /// Builds of inherited tags too.
    pub inherit: bool,
    /// At most so many builds of each package, the most recently tagged of the nearest tags.
    pub latest: Option<i64>,
    /// Name of a package.
    pub package: Option<String>,
    /// Beginning of the package's name, upper and lower case alike.
    pub prefix: Option<String>,
    /// Name of the builds' owner.
    pub owner: Option<String>,
    pub kind: Option<BuildKind>,
    pub draft: Option<bool>,
}

/// A build that belongs to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tagged {
    pub build_id: i64,
    /// The tag that it is in, the queried one or an inherited one.
    pub tag_id: i64,
    pub package_id: i64,
    /// When it was tagged.
    pub create_event: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    build_id: i32,
    tag_id: i32,
    package_id: i32,
    package_name: String,
    create_event: i32,
}

/// The builds of a tag: nearest tag first, in a tag the most recently tagged first. Only complete builds of packages that the
/// tag's package list has, unblocked; the list is read with inheritance even when the builds are not.
pub async fn select(tx: &mut Tx, tag: i64, filter: &TaggedFilter) -> Result<Vec<Tagged>> {
    let tags = path(tx, tag, filter.event, filter.inherit).await?;
    let package = match &filter.package {
        None => None,
        Some(name) => match packages::id_of(tx, name).await? {
            None => return Ok(Vec::new()),
            id => id,
        },
    };
    let listed: HashSet<i64> = packages::unblocked(tx, tag, package, filter.event).await?;

    let mut query = Query::from("tag_listing")
        .columns(&[
            ("tag_listing.build_id", "build_id"),
            ("tag_listing.tag_id", "tag_id"),
            ("build.pkg_id", "package_id"),
            ("package.name", "package_name"),
            ("tag_listing.create_event", "create_event"),
        ])
        .join_with(
            "JOIN unnest({}::bigint[]) WITH ORDINALITY AS path (tag_id, position) ON path.tag_id = tag_listing.tag_id",
            args![tags],
        )
        .join("JOIN build ON build.id = tag_listing.build_id")
        .join("JOIN package ON package.id = build.pkg_id")
        .at("tag_listing", filter.event)
        .filter_sql("build.state = 1")
        .filter_opt("build.pkg_id = {}", package)
        .filter_opt("build.draft = {}", filter.draft)
        .filter_opt("build.owner = (SELECT id FROM users WHERE name = {})", filter.owner.as_deref());
    if let Some(kind) = filter.kind {
        query = kind.restrict(query);
    }
    let query = query.order_by("path.position, tag_listing.create_event DESC, tag_listing.build_id DESC");
    let rows: Vec<Row> = tx.select_as(&query).await?;

    let prefix = filter.prefix.as_deref().filter(|p| !p.is_empty()).map(str::to_lowercase);
    let mut seen: HashMap<i64, i64> = HashMap::new();
    let mut chosen = Vec::with_capacity(rows.len());
    for row in rows {
        let package_id = i64::from(row.package_id);
        if !listed.contains(&package_id) {
            continue;
        }
        if let Some(most) = filter.latest {
            let count = seen.entry(package_id).or_default();
            if *count >= most {
                continue;
            }
            *count += 1;
        }
        if prefix.as_ref().is_some_and(|p| !row.package_name.to_lowercase().starts_with(p.as_str())) {
            continue;
        }
        chosen.push(Tagged {
            build_id: row.build_id.into(),
            tag_id: row.tag_id.into(),
            package_id,
            create_event: row.create_event.into(),
        });
    }
    Ok(chosen)
}

/// The tag, and with `inherit` the tags it inherits from, nearest first; a tag can be in it more than once.
async fn path(tx: &mut Tx, tag: i64, event: Option<i64>, inherit: bool) -> Result<Vec<i64>> {
    let mut tags = vec![tag];
    if inherit {
        tags.extend(inheritance::order(tx, tag, event).await?.into_iter().map(|step| step.link.parent_id));
    }
    Ok(tags)
}
