//! Every method of the API, declared once: name, access, parameters with defaults.
//!
//! A declaration becomes a struct with a public field for each parameter (named as on the wire) that
//! implements [`Method`]. The hub binds requests to it, clients send it, `_listapi` is made from it. Parameters without a
//! type are [`Value`]s: the API accepts ids, names and structs for most of them.

// parameters are named as on the wire
#![allow(non_snake_case)]

#[macro_use]
mod declare;
mod param;

pub use declare::{Access, BindError, Decl, Method, ParamDecl};
pub use param::Param;

mod prelude {
    pub(super) use super::declare::{Access, BindError, Binder, Decl, Method, ParamDecl, ParamList};
    pub(super) use super::param::Param;
    pub(super) use koji_xmlrpc::{Struct, Value};
}

mod archives;
mod buildroots;
mod builds;
mod cg;
mod channels;
mod events;
mod external_repos;
mod groups;
mod host;
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

pub use archives::*;
pub use buildroots::*;
pub use builds::*;
pub use cg::*;
pub use channels::*;
pub use events::*;
pub use external_repos::*;
pub use groups::*;
pub use host::*;
pub use hosts::*;
pub use inheritance::*;
pub use launch::*;
pub use live::*;
pub use misc::*;
pub use notifications::*;
pub use packages::*;
pub use policy::*;
pub use repo_requests::*;
pub use repos::*;
pub use rpms::*;
pub use runroot::*;
pub use save_failed_tree::*;
pub use scheduler::*;
pub use search::*;
pub use session::*;
pub use sidetag::*;
pub use signatures::*;
pub use tagging::*;
pub use tags::*;
pub use targets::*;
pub use tasks::*;
pub use uploads::*;
pub use users::*;
pub use volumes::*;
pub use wrappers::*;

/// All declarations, by area.
pub const AREAS: &[(&str, &[&Decl])] = &[
    ("archives", archives::DECLS),
    ("buildroots", buildroots::DECLS),
    ("builds", builds::DECLS),
    ("cg", cg::DECLS),
    ("channels", channels::DECLS),
    ("events", events::DECLS),
    ("external_repos", external_repos::DECLS),
    ("groups", groups::DECLS),
    ("host", host::DECLS),
    ("hosts", hosts::DECLS),
    ("inheritance", inheritance::DECLS),
    ("launch", launch::DECLS),
    ("live", live::DECLS),
    ("misc", misc::DECLS),
    ("notifications", notifications::DECLS),
    ("packages", packages::DECLS),
    ("policy", policy::DECLS),
    ("repo_requests", repo_requests::DECLS),
    ("repos", repos::DECLS),
    ("rpms", rpms::DECLS),
    ("runroot", runroot::DECLS),
    ("save_failed_tree", save_failed_tree::DECLS),
    ("scheduler", scheduler::DECLS),
    ("search", search::DECLS),
    ("session", session::DECLS),
    ("sidetag", sidetag::DECLS),
    ("signatures", signatures::DECLS),
    ("tagging", tagging::DECLS),
    ("tags", tags::DECLS),
    ("targets", targets::DECLS),
    ("tasks", tasks::DECLS),
    ("uploads", uploads::DECLS),
    ("users", users::DECLS),
    ("volumes", volumes::DECLS),
    ("wrappers", wrappers::DECLS),
];

/// The declaration of the method called `name` on the wire.
pub fn find(name: &str) -> Option<&'static Decl> {
    AREAS.iter().flat_map(|(_, decls)| decls.iter()).find(|d| d.name == name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use koji_xmlrpc::{Struct, Value};

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = AREAS.iter().flat_map(|(_, d)| d.iter().map(|d| d.name)).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn binds_positions_keywords_and_defaults() {
        let kw: Struct = [("strict".to_owned(), Value::Int(1))].into_iter().collect();
        let call = GetTag::bind(vec!["f45".into()], kw).unwrap();
        assert_eq!((call.tagInfo.clone(), call.strict, call.blocked), (Value::from("f45"), true, false));
        let params = call.params();
        assert_eq!(params[0], Value::from("f45"));
        assert!(params[1].truthy_at("__starstar") && params[1].truthy_at("strict"));
        assert_eq!(params[1].as_struct().unwrap().len(), 2);
    }

    #[test]
    fn says_what_does_not_fit() {
        let err = |r: Result<GetTag, BindError>| r.unwrap_err().0;
        assert_eq!(
            err(GetTag::bind(vec![], Struct::new())),
            "getTag() missing 1 required positional argument: 'tagInfo'"
        );
        let kw: Struct = [("x".to_owned(), Value::Nil)].into_iter().collect();
        assert_eq!(err(GetTag::bind(vec![1.into()], kw)), "getTag() got an unexpected keyword argument 'x'");
        assert_eq!(
            err(GetTag::bind(vec![Value::Nil; 6], Struct::new())),
            "getTag() takes from 1 to 4 positional arguments but 6 were given"
        );
        let kw: Struct = [("x".to_owned(), Value::Nil)].into_iter().collect();
        assert_eq!(err(GetTag::bind(vec![], kw)), "getTag() got an unexpected keyword argument 'x'");
        let kw: Struct = [("tagInfo".to_owned(), Value::Nil)].into_iter().collect();
        assert_eq!(
            err(GetTag::bind(vec![1.into()], kw)),
            "getTag() got multiple values for argument 'tagInfo'"
        );
        let said = |decl: &Decl, n: usize| decl.check(&vec![Value::Nil; n], &Struct::new()).unwrap_err().0;
        assert_eq!(said(GetAllPerms::DECL, 1), "getAllPerms() takes 0 positional arguments but 1 was given");
        assert_eq!(
            said(GroupReqListRemove::DECL, 0),
            "groupReqListRemove() missing 3 required positional arguments: 'taginfo', 'grpinfo', and 'reqinfo'"
        );
        assert_eq!(
            said(GroupReqListRemove::DECL, 1),
            "groupReqListRemove() missing 2 required positional arguments: 'grpinfo' and 'reqinfo'"
        );
    }

    #[test]
    fn signatures_read_as_upstreams() {
        assert_eq!(GetTag::DECL.signature(), "getTag(tagInfo, strict=False, event=None, blocked=False)");
    }
}
