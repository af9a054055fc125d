//! Comps groups of tags: what `build` and `srpm-build` install, and what comps files say.

mod config;
mod items;

use koji_api::Fault;
use koji_api::methods::{
    GetTagGroups, GroupListAdd, GroupListBlock, GroupListRemove, GroupListUnblock, GroupPackageListAdd,
    GroupPackageListBlock, GroupPackageListRemove, GroupPackageListUnblock, GroupReqListAdd,
    GroupReqListBlock, GroupReqListRemove, GroupReqListUnblock,
};
use koji_api::types::refs;
use koji_db::Arg;
use koji_db::groups::{self, Wanted};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::lookup;

pub const TABLE: &[Entry] = &[
    kept!(GetTagGroups, get_tag_groups),
    write!(GroupListAdd, config::group_list_add),
    write!(GroupListBlock, config::group_list_block),
    write!(GroupListRemove, config::group_list_remove),
    write!(GroupListUnblock, config::group_list_unblock),
    write!(GroupPackageListAdd, items::group_package_list_add),
    write!(GroupPackageListBlock, items::group_package_list_block),
    write!(GroupPackageListRemove, items::group_package_list_remove),
    write!(GroupPackageListUnblock, items::group_package_list_unblock),
    write!(GroupReqListAdd, items::group_req_list_add),
    write!(GroupReqListBlock, items::group_req_list_block),
    write!(GroupReqListRemove, items::group_req_list_remove),
    write!(GroupReqListUnblock, items::group_req_list_unblock),
];

async fn get_tag_groups(cx: &mut Cx, call: GetTagGroups) -> Outcome<Vec<Struct>> {
    let tag = lookup::tag_id(&mut cx.tx, &call.tag).await?;
    let wanted = Wanted { inherit: call.inherit, packages: call.incl_pkgs, requirements: call.incl_reqs };
    let groups = groups::of_tag(&mut cx.tx, tag, refs::event(&call.event)?, wanted).await?;
    let shown = groups.into_values().filter(|g| call.incl_blocked || !g.blocked);
    Ok(shown.map(|g| g.into_wire(call.incl_blocked)).collect())
}

/// The type of an option's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Flag,
    Text,
}

/// An option of an entry: its column, and what it is when nobody says.
struct Field {
    name: &'static str,
    kind: Kind,
}

impl Field {
    const fn flag(name: &'static str) -> Field {
        Field { name, kind: Kind::Flag }
    }

    const fn text(name: &'static str) -> Field {
        Field { name, kind: Kind::Text }
    }

    fn arg(&self, value: &Value) -> Result<Arg, Fault> {
        Ok(match (self.kind, value) {
            (Kind::Flag, Value::Nil) => Arg::Bool(None),
            (Kind::Flag, value) => Arg::from(value.truthy()),
            (Kind::Text, Value::Nil) => Arg::Text(None),
            (Kind::Text, value) => Arg::from(refs::to_str(value)?),
        })
    }
}

/// The options as columns: those given, then those of the entry that is there. Unknown ones are ignored, as upstream
/// ignores them. Also whether any of them differs from what is there.
fn merged(fields: &[Field], given: &Struct, previous: Option<&Struct>) -> (Struct, bool) {
    let mut changed = false;
    let mut all = Struct::new();
    for field in fields {
        let old = previous.map(|row| row.get(field.name).cloned().unwrap_or_default());
        let value = match (given.get(field.name), old) {
            (Some(new), old) => {
                changed |= old.is_none_or(|old| old != *new);
                new.clone()
            }
            (None, Some(old)) => old,
            (None, None) => continue,
        };
        all.insert(field.name.to_owned(), value);
    }
    (all, changed)
}

fn columns(fields: &[Field], values: &Struct) -> Result<Vec<(&'static str, Arg)>, Fault> {
    let given = fields.iter().filter_map(|field| Some((field, values.get(field.name)?)));
    given.map(|(field, value)| Ok((field.name, field.arg(value)?))).collect()
}
