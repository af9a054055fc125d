//! A1, A3: the permission of every method, against every kind of caller; from the declarations.

use koji_api::Access;
use koji_hub::methods::served;
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use super::state;

/// Codes that refuse a caller: not allowed, not logged in.
fn refuses(answer: &Result<Value, koji_api::Fault>) -> bool {
    answer.as_ref().is_err_and(|f| matches!(f.kind.code(), 1002 | 1004))
}

async fn permissions(hub: &TestHub) -> Vec<String> {
    let all = hub.call("getAllPerms", vec![]).await.unwrap();
    all.as_array().unwrap().iter().map(|p| p.str_at("name").unwrap().to_owned()).collect()
}

/// Each method with a permission is called by holders of each other one. They are refused before their arguments are looked
/// at, and nothing changes.
#[tokio::test]
async fn a1_every_permission_opens_its_own_methods_only() {
    let hub = TestHub::new().await;
    let mut wanted: Vec<&str> = served()
        .filter_map(|e| match e.decl.access {
            Access::Perm(perm) => Some(perm),
            _ => None,
        })
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut all = permissions(&hub).await;
    for perm in wanted {
        if !all.iter().any(|p| p == perm) {
            all.push(perm.to_owned());
        }
    }
    for perm in &all {
        let create = koji_hub::testing::kw([("create", true.into())]);
        hub.call_as("kojiadmin", "createUser", vec![format!("u-{perm}").into()]).await.unwrap();
        let grant = vec![format!("u-{perm}").into(), perm.as_str().into(), create];
        hub.call_as("kojiadmin", "grantPermission", grant).await.unwrap();
        hub.session(&format!("u-{perm}")).await;
    }
    let before = state::rows(&hub).await;
    let mut calls = 0;
    for perm in &all {
        let user = format!("u-{perm}");
        for entry in served() {
            let name = entry.decl.name;
            let answer = match entry.decl.access {
                Access::Perm(p) if p == perm || perm == "admin" => continue,
                Access::Perm(_) | Access::Host => hub.call_as(&user, name, vec![]).await,
                Access::Anyone | Access::Login | Access::Inside => continue,
            };
            calls += 1;
            assert!(refuses(&answer), "{name} with permission {perm}: {answer:?}");
        }
    }
    assert!(calls > 1000, "{calls}");
    assert_eq!(state::rows(&hub).await, before);
    // and what they open, they open: arguments are looked at. Methods without arguments would do their work.
    for entry in served() {
        let Access::Perm(perm) = entry.decl.access else { continue };
        if entry.decl.params.iter().any(|p| p.default.is_none()) {
            for user in [format!("u-{perm}"), "kojiadmin".to_owned()] {
                let answer = hub.call_as(&user, entry.decl.name, vec![]).await;
                assert_eq!(answer.unwrap_err().kind.code(), 1019, "{} as {user}", entry.decl.name);
            }
        }
    }
}

/// Builders are hosts, and nothing else.
#[tokio::test]
async fn a1_a_host_has_no_permissions_and_a_user_is_no_host() {
    let hub = TestHub::new().await;
    hub.add_host("builder1.example.com", "x86_64").await.unwrap();
    hub.session("builder1.example.com").await;
    let before = state::rows(&hub).await;
    for entry in served() {
        let name = entry.decl.name;
        match entry.decl.access {
            Access::Perm(_) => {
                let answer = hub.call_as("builder1.example.com", name, vec![]).await;
                assert!(refuses(&answer), "{name} as a host: {answer:?}");
            }
            // even an admin is none
            Access::Host => {
                let answer = hub.call_as("kojiadmin", name, vec![]).await;
                assert_eq!(answer.unwrap_err().kind.code(), 1002, "{name} as an admin");
            }
            Access::Anyone | Access::Login | Access::Inside => {}
        }
    }
    assert_eq!(state::rows(&hub).await, before);
}

/// A host account whose session is not exclusive is not yet a builder: two daemons cannot act as one host.
#[tokio::test]
async fn a2_host_methods_want_the_exclusive_session() {
    let hub = TestHub::new().await;
    hub.add_host("builder1.example.com", "x86_64").await.unwrap();
    hub.call_as("builder1.example.com", "host.getID", vec![]).await.unwrap();
    hub.call_as("builder1.example.com", "sharedSession", vec![]).await.unwrap();
    for entry in served().filter(|e| e.decl.access == Access::Host) {
        let answer = hub.call_as("builder1.example.com", entry.decl.name, vec![]).await;
        let fault = answer.unwrap_err();
        assert_eq!(
            (fault.kind.code(), fault.message.as_str()),
            (1002, "This method requires an exclusive session"),
            "{}",
            entry.decl.name
        );
    }
}

/// In a multicall the calls that may, do; those that fail or are refused leave no row.
#[tokio::test]
async fn a4_a_call_that_fails_inside_a_multicall_leaves_nothing() {
    let hub = TestHub::new().await;
    hub.call_as("kojiadmin", "grantPermission", vec!["alice".into(), "tag".into()]).await.unwrap();
    let call = |name: &str, params: Vec<Value>| {
        Value::record([("methodName", Value::from(name)), ("params", Value::Array(params))])
    };
    let extra = koji_hub::testing::kw([("parent", "nosuch".into())]);
    let calls = vec![
        call("createTag", vec!["one".into()]),
        call("createTag", vec!["half".into(), extra]),
        call("createUser", vec!["mallory".into()]),
        call("createTag", vec!["one".into()]),
        call("createTag", vec!["two".into()]),
    ];
    let answer = hub.call_as("alice", "multiCall", vec![Value::Array(calls)]).await.unwrap();
    let codes: Vec<_> = answer.as_array().unwrap().iter().map(|a| a.int_at("faultCode")).collect();
    assert_eq!(codes, [None, Some(1000), Some(1004), Some(1000), None]);
    for (tag, there) in [("one", true), ("half", false), ("two", true)] {
        let found = hub.call("getTag", vec![tag.into()]).await.unwrap();
        assert_eq!(!found.is_nil(), there, "{tag}");
    }
    assert_eq!(hub.call("getUser", vec!["mallory".into()]).await.unwrap(), Value::Nil);
}
