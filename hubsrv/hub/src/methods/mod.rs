//! The API's methods, one folder or file an area, named as in `koji_api::methods`.
//!
//! A method is one `async fn NAME(cx: &mut Cx, call: NAME) -> Outcome<impl Into<Reply>>` and one line in its area's
//! table. Access is declared in `koji-api` and checked before the method runs; `read` methods get a read-only
//! snapshot, `write` methods a transaction that is committed when they succeed.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::LazyLock;

use koji_api::Decl;
use koji_db::Mode;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::reply::Reply;

type Running<'a> = Pin<Box<dyn Future<Output = Outcome<Reply>> + Send + 'a>>;

/// A method that this hub serves.
pub struct Entry {
    pub decl: &'static Decl,
    pub mode: Mode,
    /// Its answer depends on nothing but the parameters and Koji's tables: see [`crate::kept`].
    pub kept: bool,
    pub run: for<'a> fn(&'a mut Cx, Vec<Value>, Struct) -> Running<'a>,
}

/// One line of an area's table: `read!(GetUser, get_user)`.
macro_rules! entry {
    ($mode:ident, $kept:literal, $call:ty, $function:path) => {
        $crate::methods::Entry {
            decl: <$call as koji_api::Method>::DECL,
            mode: koji_db::Mode::$mode,
            kept: $kept,
            run: |cx, args, kwargs| {
                Box::pin(async move {
                    let call = <$call as koji_api::Method>::bind(args, kwargs)?;
                    Ok($function(cx, call).await?.into())
                })
            },
        }
    };
}
macro_rules! read {
    ($call:ty, $function:path) => {
        entry!(Read, false, $call, $function)
    };
}
/// As `read!`, where the answer is the same for every caller and changes only with Koji's tables: it is kept.
macro_rules! kept {
    ($call:ty, $function:path) => {
        entry!(Read, true, $call, $function)
    };
}
macro_rules! write {
    ($call:ty, $function:path) => {
        entry!(Write, false, $call, $function)
    };
}

mod archives;
mod buildroots;
mod builds;
pub(crate) mod cg;
mod channels;
mod events;
mod external_repos;
mod groups;
mod history;
pub(crate) mod host;
mod hosts;
mod inheritance;
mod launch;
mod live;
mod misc;
mod notifications;
mod packages;
mod policy;
mod repo_requests;
mod repos;
mod rpms;
mod runroot;
mod save_failed_tree;
mod scheduler;
mod search;
mod session;
mod sidetag;
mod signatures;
mod tagging;
mod tags;
mod targets;
mod tasks;
mod uploads;
mod users;
mod volumes;
mod wrappers;

const AREAS: &[&[Entry]] = &[
    archives::TABLE,
    buildroots::TABLE,
    builds::TABLE,
    cg::TABLE,
    channels::TABLE,
    events::TABLE,
    external_repos::TABLE,
    groups::TABLE,
    history::TABLE,
    hosts::TABLE,
    inheritance::TABLE,
    launch::TABLE,
    live::TABLE,
    misc::TABLE,
    notifications::TABLE,
    packages::TABLE,
    policy::TABLE,
    repo_requests::TABLE,
    repos::TABLE,
    rpms::TABLE,
    runroot::TABLE,
    save_failed_tree::TABLE,
    scheduler::TABLE,
    search::TABLE,
    session::TABLE,
    sidetag::TABLE,
    signatures::TABLE,
    tagging::TABLE,
    tags::TABLE,
    targets::TABLE,
    tasks::TABLE,
    uploads::TABLE,
    users::TABLE,
    volumes::TABLE,
    wrappers::TABLE,
];

/// Methods that take another method's name and arguments.
pub const CALLS_ANOTHER: &[&str] = &["count", "filterResults", "countAndFilterResults"];

/// The plugin that upstream's hub has a method from; this hub serves it when that plugin is switched on.
pub fn plugin_of(method: &str) -> Option<&'static str> {
    match method {
        "createSideTag" | "removeSideTag" | "listSideTags" | "editSideTag" => Some("sidetag"),
        "runroot" => Some("runroot"),
        "saveFailedTree" => Some("save_failed_tree"),
        _ => None,
    }
}

static BY_NAME: LazyLock<HashMap<&'static str, &'static Entry>> = LazyLock::new(|| {
    let tables = AREAS.iter().chain(host::TABLES);
    tables.flat_map(|table| table.iter()).map(|e| (e.decl.name, e)).collect()
});

/// The served method of that name.
pub fn find(name: &str) -> Option<&'static Entry> {
    BY_NAME.get(name).copied()
}

/// All served methods, by name.
pub fn served() -> impl Iterator<Item = &'static Entry> {
    let mut all: Vec<_> = BY_NAME.values().copied().collect();
    all.sort_unstable_by_key(|e| e.decl.name);
    all.into_iter()
}

#[cfg(test)]
mod tests {
    use koji_api::methods::Access;

    use super::*;

    /// Who asks is not looked at before an answer that is kept is sent again.
    #[test]
    fn what_is_kept_is_for_anyone() {
        let kept: Vec<_> = served().filter(|entry| entry.kept).collect();
        assert!(kept.len() > 50);
        for entry in kept {
            assert!(matches!(entry.decl.access, Access::Anyone), "{}", entry.decl.name);
            assert!(entry.mode == Mode::Read, "{}", entry.decl.name);
        }
    }
}
