//! The hub's policy tests.

use koji_api::Fault;
use koji_api::types::repr;
use koji_db::names::Table;
use koji_db::users::User;
use koji_db::{inheritance, names, users};
use koji_policy::{PolicyContext, TestCall, fnmatch, generic, matches_any};
use koji_xmlrpc::{Struct, Value};

use super::builds;
use crate::context::Cx;
use crate::fault::{Failure, Outcome};
use crate::lookup;

/// The names of the tests that [`Facts`] answers; the policy parser refuses others.
pub const TESTS: &[&str] = &[
    "operation",
    "is_new_package",
    "package",
    "version",
    "release",
    "volume",
    "cg_match_any",
    "cg_match_all",
    "tag",
    "fromtag",
    "hastag",
    "skip_tag",
    "buildtag",
    "buildtag_inherits_from",
    "buildtype",
    "imported",
    "is_child_task",
    "method",
    "vm_name",
    "user",
    "user_in_group",
    "has_perm",
    "is_build_owner",
    "is_draft",
    "source",
    "is_sidetag",
    "is_sidetag_owner",
];

/// A request as the tests see it: the policy data, and the database behind it.
pub(super) struct Facts<'a> {
    pub(super) cx: &'a mut Cx,
    pub(super) data: Struct,
}

impl PolicyContext for Facts<'_> {
    type Error = Failure;

    fn data(&self) -> &Struct {
        &self.data
    }

    async fn test(&mut self, call: &TestCall) -> Result<bool, Failure> {
        let args = call.args.as_slice();
        match call.name.as_str() {
            "operation" | "method" | "vm_name" => Ok(self.field(&call.name, args)),
            "is_child_task" => Ok(self.truth("parent")),
            "skip_tag" => Ok(self.truth("skip_tag")),
            "user" => Ok(self.user().await?.is_some_and(|u| matches_any(&u.name, args))),
            "user_in_group" => self.user_in_group(args).await,
            "has_perm" => self.has_perm(args).await,
            "tag" | "fromtag" => self.tag(&call.name, args).await,
            "is_new_package" => Ok(self.package().await?.0.is_none()),
            "package" => Ok(matches_any(&self.package().await?.1, args)),
            "is_sidetag" => self.is_sidetag().await,
            "is_sidetag_owner" => self.is_sidetag_owner(args).await,
            "buildtag" => {
                let tags = builds::build_tags(self).await?;
                Ok(tags.iter().flatten().any(|t| matches_any(&t.name, args)))
            }
            "buildtag_inherits_from" => self.buildtag_inherits_from(args).await,
            "version" | "release" => builds::version_or_release(self, &call.name, args).await,
            "volume" => builds::volume(self, args).await,
            "cg_match_any" => {
                let cgs = builds::content_generators(self).await?;
                Ok(cgs.iter().flatten().any(|cg| matches_any(cg, args)))
            }
            "cg_match_all" => {
                let cgs = builds::content_generators(self).await?;
                Ok(!cgs.is_empty()
                    && cgs.iter().all(|cg| cg.as_ref().is_some_and(|cg| matches_any(cg, args))))
            }
            "hastag" => builds::has_tag(self, args).await,
            "buildtype" => builds::build_type(self, args).await,
            "imported" => builds::imported(self).await,
            "is_build_owner" => builds::is_owner(self).await,
            "is_draft" => builds::is_draft(self).await,
            "source" => builds::source(self, args).await,
            other => Err(Fault::generic(format!("no policy test of the name {other}")).into()),
        }
    }
}

impl<'a> Facts<'a> {
    pub(super) fn new(cx: &'a mut Cx, data: Struct) -> Facts<'a> {
        Facts { cx, data }
    }

    /// A member of the policy data; nil counts as absent.
    pub(super) fn get(&self, key: &str) -> Option<Value> {
        self.data.get(key).filter(|v| !v.is_nil()).cloned()
    }

    pub(super) fn truth(&self, key: &str) -> bool {
        self.data.get(key).is_some_and(Value::truthy)
    }

    fn field(&self, key: &str, patterns: &[String]) -> bool {
        self.data.get(key).is_some_and(|v| generic::matches_value(v, patterns))
    }

    /// The user of the policy data, or the caller.
    pub(super) async fn user(&mut self) -> Outcome<Option<User>> {
        match self.data.get("user_id").cloned() {
            Some(info) if !info.is_nil() => lookup::find_user(&mut self.cx.tx, &info).await,
            _ => match &self.cx.session {
                Some(session) => Ok(users::find(&mut self.cx.tx, &session.user_id.into()).await?),
                None => Ok(None),
            },
        }
    }

    async fn user_in_group(&mut self, patterns: &[String]) -> Outcome<bool> {
        let Some(user) = self.user().await? else { return Ok(false) };
        let groups = users::groups(&mut self.cx.tx, user.id).await?;
        let mut names = groups.iter().filter_map(|g| g.get("name")?.as_str());
        Ok(names.any(|name| matches_any(name, patterns)))
    }

    async fn has_perm(&mut self, patterns: &[String]) -> Outcome<bool> {
        let Some(user) = self.user().await? else { return Ok(false) };
        let perms = users::perms(&mut self.cx.tx, user.id, true).await?;
        Ok(perms.iter().any(|perm| matches_any(perm, patterns)))
    }

    async fn find_tag(&mut self, key: &str) -> Outcome<Option<koji_db::tags::Tag>> {
        let Some(info) = self.get(key) else { return Ok(None) };
        lookup::find_tag(&mut self.cx.tx, &info, None).await
    }

    async fn tag(&mut self, key: &str, patterns: &[String]) -> Outcome<bool> {
        Ok(self.find_tag(key).await?.is_some_and(|tag| matches_any(&tag.name, patterns)))
    }

    async fn buildtag_inherits_from(&mut self, patterns: &[String]) -> Outcome<bool> {
        for tag in builds::build_tags(self).await?.into_iter().flatten() {
            let steps = inheritance::order(&mut self.cx.tx, tag.id, tag.query_event).await?;
            if steps.iter().any(|step| matches_any(&step.link.name, patterns)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Id and name of the package; no id for one that is only about to exist.
    async fn package(&mut self) -> Outcome<(Option<i64>, String)> {
        if let Some(info) = self.get("package") {
            let found = lookup::named(&mut self.cx.tx, Table::Package, &info).await?;
            return match (found, info) {
                (Some(names::Named { id, name }), _) => Ok((Some(id), name)),
                (None, Value::Str(name)) => Ok((None, name)),
                (None, other) => {
                    Err(Fault::generic(format!("No such package: {}", repr::text(&other))).into())
                }
            };
        }
        match builds::build(self).await? {
            Some(build) => Ok((Some(build.package_id), build.name)),
            None => Err(Fault::generic("policy requires package data").into()),
        }
    }

    async fn is_sidetag(&mut self) -> Outcome<bool> {
        Ok(self.find_tag("tag").await?.is_some_and(|tag| is_marked(&tag.extra)))
    }

    async fn is_sidetag_owner(&mut self, args: &[String]) -> Outcome<bool> {
        let fields: &[&str] = match args {
            [] => &["tag"],
            [one] => match one.as_str() {
                "tag" => &["tag"],
                "fromtag" => &["fromtag"],
                "both" => &["tag", "fromtag"],
                other => {
                    return Err(Fault::generic(format!(
                        "Policy test is_sidetag_owner has only /tag/fromtag/both options (got {other})"
                    ))
                    .into());
                }
            },
            _ => return Err(Fault::generic("Just one argument is allowed for this test.").into()),
        };
        let Some(user) = self.user().await? else { return Ok(false) };
        for field in fields {
            let Some(tag) = self.find_tag(field).await? else { return Ok(false) };
            let owner = tag.extra.get("sidetag_user_id").and_then(Value::as_int) == Some(user.id);
            if !is_marked(&tag.extra) || !(owner || self.cx.is_admin()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn is_marked(extra: &Struct) -> bool {
    extra.get("sidetag").is_some_and(Value::truthy)
}

/// Whether any of the texts matches any of the patterns.
pub(super) fn any_matches<'t>(mut texts: impl Iterator<Item = &'t str>, patterns: &[String]) -> bool {
    texts.any(|text| patterns.iter().any(|pattern| fnmatch(text, pattern)))
}
