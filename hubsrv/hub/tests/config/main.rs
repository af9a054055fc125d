//! The configuration of a hub through its API: tags, inheritance, package lists, targets, groups, external repos, hosts,
//! channels, policies, notifications, side tags, history.

#![allow(clippy::unwrap_used)]

mod external_repos;
mod groups;
mod history;
mod hosts;
mod inheritance;
mod notifications;
mod packages;
mod policy;
mod search;
mod sidetag;
mod tags;
mod targets;

use koji_api::Fault;
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

pub use koji_hub::testing::kw;

/// A call of the admin's that succeeds.
pub async fn admin<const N: usize>(hub: &TestHub, method: &str, params: [Value; N]) -> Value {
    match hub.call_as("kojiadmin", method, params.into()).await {
        Ok(value) => value,
        Err(fault) => panic!("{method}: {}", fault.message),
    }
}

/// An anonymous call that succeeds.
pub async fn ask<const N: usize>(hub: &TestHub, method: &str, params: [Value; N]) -> Value {
    match hub.call(method, params.into()).await {
        Ok(value) => value,
        Err(fault) => panic!("{method}: {}", fault.message),
    }
}

/// A call that fails.
pub async fn fault<const N: usize>(hub: &TestHub, user: &str, method: &str, params: [Value; N]) -> Fault {
    match hub.call_as(user, method, params.into()).await {
        Ok(value) => panic!("{method} answered {value:?}"),
        Err(fault) => fault,
    }
}

/// The last event of the hub.
pub async fn now(hub: &TestHub) -> Value {
    ask(hub, "getLastEvent", []).await.get("id").cloned().unwrap()
}

/// Member `key` of each struct of a list.
pub fn column(list: &Value, key: &str) -> Vec<Value> {
    list.as_array().unwrap().iter().map(|row| row.get(key).cloned().unwrap_or_default()).collect()
}

/// The same as texts.
pub fn names(list: &Value, key: &str) -> Vec<String> {
    column(list, key).iter().map(|v| v.as_str().unwrap_or_default().to_owned()).collect()
}
