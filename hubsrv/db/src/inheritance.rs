//! Tag inheritance: `tag_inheritance`, and the order that follows from it.

mod walk;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use koji_xmlrpc::{Struct, Value};

use crate::{Result, Tx, args};

pub use walk::{ancestors, descendants};
pub use write::{Change, LinkError, plan, write};

/// "`child_id` inherits from `parent_id`".
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Link {
    pub child_id: i64,
    pub parent_id: i64,
    /// Name of the parent; of the child among descendants.
    pub name: String,
    /// Unique for a child; lower ones come first.
    pub priority: i64,
    pub maxdepth: Option<i64>,
    /// Not followed from further down.
    pub intransitive: bool,
    /// Gives no arches and no extra data.
    pub noconfig: bool,
    /// A regular expression for the start of package names; empty and `None` let all through.
    pub pkg_filter: Option<String>,
}

/// A link's place in the order of inheritance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub link: Link,
    pub nextdepth: Option<i64>,
    /// Links between here and the tag that was asked for, from 1.
    pub currdepth: i64,
    /// The filters on the way; a package has to match all of them.
    pub filter: Vec<Arc<str>>,
}

impl Link {
    fn wire(self, reverse: bool) -> Struct {
        let mut s = Struct::new();
        if reverse {
            s.insert("tag_id".into(), self.child_id.into());
        }
        s.insert("parent_id".into(), self.parent_id.into());
        s.insert("name".into(), self.name.into());
        s.insert("priority".into(), self.priority.into());
        s.insert("maxdepth".into(), self.maxdepth.into());
        s.insert("intransitive".into(), self.intransitive.into());
        s.insert("noconfig".into(), self.noconfig.into());
        s.insert("pkg_filter".into(), self.pkg_filter.into());
        if !reverse {
            s.insert("child_id".into(), self.child_id.into());
        }
        s
    }

    /// The keys of `getInheritanceData`.
    pub fn into_wire(self) -> Struct {
        self.wire(false)
    }
}

impl Step {
    /// The keys of `getFullInheritance`; `reverse` for a descendant.
    pub fn into_wire(self, reverse: bool) -> Struct {
        let mut s = self.link.wire(reverse);
        s.insert("nextdepth".into(), self.nextdepth.into());
        s.insert("currdepth".into(), self.currdepth.into());
        s.insert("filter".into(), Value::Array(self.filter.iter().map(|f| Value::from(&**f)).collect()));
        s
    }
}

/// Whether a `pkg_filter` can be used: it is one of Python's regular expressions.
pub fn check_filter(pattern: &str) -> std::result::Result<(), String> {
    crate::packages::compile(pattern).map(drop).map_err(|e| e.to_string())
}

/// The links of a tag to its parents, by priority.
pub async fn links(tx: &mut Tx, tag_id: i64, event: Option<i64>) -> Result<Vec<Link>> {
    tx.rows_as(
        "SELECT tag_id::bigint AS child_id, parent_id::bigint, name, priority::bigint, maxdepth::bigint,
                intransitive, noconfig, pkg_filter
           FROM tag_inheritance JOIN tag ON tag.id = parent_id
          WHERE tag_id = $1
            AND CASE WHEN $2::bigint IS NULL THEN active IS TRUE
                ELSE create_event <= $2 AND (revoke_event IS NULL OR $2 < revoke_event) END
          ORDER BY priority",
        args![tag_id, event],
    )
    .await
}

/// All tags that `tag_id` inherits from, nearest first in the order that decides. A tag can be in it more than once.
pub async fn order(tx: &mut Tx, tag_id: i64, event: Option<i64>) -> Result<Vec<Step>> {
    let links: Vec<Link> = tx
        .rows_as(
            "WITH RECURSIVE reached (id) AS (
                 SELECT $1::bigint
                 UNION
                 SELECT link.parent_id::bigint FROM tag_inheritance AS link JOIN reached ON link.tag_id = reached.id
                  WHERE CASE WHEN $2::bigint IS NULL THEN link.active IS TRUE
                        ELSE create_event <= $2 AND (revoke_event IS NULL OR $2 < revoke_event) END)
             SELECT tag_id::bigint AS child_id, parent_id::bigint, name, priority::bigint, maxdepth::bigint,
                    intransitive, noconfig, pkg_filter
               FROM tag_inheritance AS link JOIN reached ON link.tag_id = reached.id JOIN tag ON tag.id = parent_id
              WHERE CASE WHEN $2::bigint IS NULL THEN link.active IS TRUE
                    ELSE create_event <= $2 AND (revoke_event IS NULL OR $2 < revoke_event) END
              ORDER BY tag_id, priority",
            args![tag_id, event],
        )
        .await?;
    Ok(ancestors(tag_id, &links))
}

/// The tag itself and then [`order`]'s tags, each once.
pub async fn tags(tx: &mut Tx, tag_id: i64, event: Option<i64>) -> Result<Vec<i64>> {
    let mut all = vec![tag_id];
    for step in order(tx, tag_id, event).await? {
        if !all.contains(&step.link.parent_id) {
            all.push(step.link.parent_id);
        }
    }
    Ok(all)
}

/// All tags that inherit from `tag_id`.
pub async fn reverse_order(tx: &mut Tx, tag_id: i64, event: Option<i64>) -> Result<Vec<Step>> {
    let links: Vec<Link> = tx
        .rows_as(
            "WITH RECURSIVE reached (id) AS (
                 SELECT $1::bigint
                 UNION
                 SELECT link.tag_id::bigint FROM tag_inheritance AS link JOIN reached ON link.parent_id = reached.id
                  WHERE CASE WHEN $2::bigint IS NULL THEN link.active IS TRUE
                        ELSE create_event <= $2 AND (revoke_event IS NULL OR $2 < revoke_event) END)
             SELECT tag_id::bigint AS child_id, parent_id::bigint, name, priority::bigint, maxdepth::bigint,
                    intransitive, noconfig, pkg_filter
               FROM tag_inheritance AS link JOIN reached ON link.parent_id = reached.id JOIN tag ON tag.id = tag_id
              WHERE CASE WHEN $2::bigint IS NULL THEN link.active IS TRUE
                    ELSE create_event <= $2 AND (revoke_event IS NULL OR $2 < revoke_event) END
              ORDER BY parent_id, priority, link.create_event, tag_id",
            args![tag_id, event],
        )
        .await?;
    Ok(descendants(tag_id, &links))
}
