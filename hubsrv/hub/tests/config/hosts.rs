use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;

use crate::{admin, ask, fault, kw, names, now};

#[tokio::test]
async fn hosts_are_added_changed_and_disabled() {
    let hub = TestHub::with_config("HostPrincipalFormat = compile/%s@EXAMPLE.TEST").await;
    let add = |name: &'static str, arches: Vec<&'static str>| {
        let hub = &hub;
        async move { hub.call_as("kojiadmin", "addHost", vec![name.into(), arches.into()]).await }
    };
    let first = add("builder1.example.com", vec!["x86_64", "i686"]).await.unwrap();
    add("new.example.com", vec!["ppc64p7"]).await.unwrap();
    let text = |r: Result<Value, koji_api::Fault>| r.unwrap_err().message;
    assert_eq!(text(add("new.example.com", vec!["x"]).await), "host already exists: new.example.com");
    assert_eq!(text(add("alice", vec!["x86_64"]).await), "user alice already exists and it is not a host");
    assert_eq!(text(add("b", vec!["bad!"]).await), "Architecture can be only [a-zA-Z0-9_-]");
    let user = ask(&hub, "getUser", ["new.example.com".into()]).await;
    assert_eq!(user.int_at("usertype"), Some(1));
    assert_eq!(user.get("krb_principals"), Some(&vec!["compile/new.example.com@EXAMPLE.TEST"].into()));

    let host = ask(&hub, "getHost", [first.clone()]).await;
    assert_eq!((host.str_at("arches"), host.get("capacity")), (Some("x86_64 i686"), Some(&2.0.into())));
    assert_eq!((host.truthy_at("enabled"), host.get("update_ts")), (true, Some(&Value::Nil)));
    assert_eq!(ask(&hub, "getAllArches", []).await, vec!["x86_64", "i386", "ppc64"].into());

    let before = now(&hub).await;
    let edit = |options: Value| {
        let hub = &hub;
        async move { admin(hub, "editHost", ["builder1.example.com".into(), options]).await }
    };
    assert_eq!(edit(kw([("capacity", 8.into()), ("comment", "c".into())])).await, Value::Bool(true));
    assert_eq!(edit(kw([("capacity", 8.into()), ("bogus", 1.into())])).await, Value::Bool(false));
    admin(&hub, "disableHost", ["builder1.example.com".into()]).await;
    let host = ask(&hub, "getHost", [first.clone()]).await;
    assert_eq!((host.get("capacity"), host.truthy_at("enabled")), (Some(&8.0.into()), false));
    let then = ask(&hub, "getHost", [first, kw([("event", before)])]).await;
    assert_eq!((then.get("comment"), then.truthy_at("enabled")), (Some(&Value::Nil), true));
    let on = ask(&hub, "listHosts", [kw([("enabled", true.into())])]).await;
    assert_eq!(names(&on, "name"), ["new.example.com"]);
    // whole names only
    let ppc = kw([("arches", "ppc64".into())]);
    assert_eq!(ask(&hub, "listHosts", [ppc]).await, Value::Array(vec![]));
}

#[tokio::test]
async fn channels_and_their_hosts() {
    let hub = TestHub::new().await;
    let host = Value::from(hub.add_host("builder1.example.com", "x86_64").await.unwrap());
    let name = || Value::from("builder1.example.com");
    let id = admin(&hub, "addChannel", ["mine".into(), "d".into()]).await;
    let again = fault(&hub, "kojiadmin", "addChannel", ["mine".into()]).await;
    assert_eq!(again.message, format!("channel mine already exists (id={})", id.as_int().unwrap()));
    admin(&hub, "addHostToChannel", [name(), "mine".into()]).await;
    let before = now(&hub).await;
    let twice = fault(&hub, "kojiadmin", "addHostToChannel", [name(), "mine".into()]).await;
    assert_eq!(twice.message, "host builder1.example.com is already subscribed to the mine channel");
    assert_eq!(names(&ask(&hub, "listChannels", [host.clone()]).await, "name"), ["default", "mine"]);
    assert_eq!(names(&ask(&hub, "listHosts", [kw([("channelID", "mine".into())])]).await, "name").len(), 1);

    admin(&hub, "disableChannel", ["maven".into(), kw([("comment", "off".into())])]).await;
    assert_eq!(
        names(&ask(&hub, "listChannels", [kw([("enabled", false.into())])]).await, "comment"),
        ["off"]
    );
    let disabled = fault(&hub, "kojiadmin", "addHostToChannel", [name(), "maven".into()]).await;
    assert_eq!(disabled.message, "channel maven is disabled");
    admin(&hub, "addHostToChannel", [name(), "maven".into(), kw([("force", true.into())])]).await;
    admin(&hub, "removeHostFromChannel", [name(), "mine".into()]).await;
    let gone = fault(&hub, "kojiadmin", "removeHostFromChannel", [name(), "mine".into()]).await;
    assert_eq!(gone.message, "host builder1.example.com is not subscribed to the mine channel");
    let then = ask(&hub, "listChannels", [host, kw([("event", before)])]).await;
    assert_eq!(names(&then, "name"), ["default", "mine"]);
    admin(&hub, "renameChannel", ["mine".into(), "ours".into()]).await;
    assert_eq!(ask(&hub, "getChannel", ["ours".into()]).await.get("id"), Some(&id));
    admin(&hub, "addHostToChannel", [name(), "runroot".into(), kw([("create", true.into())])]).await;
    let strict = fault(&hub, "alice", "getChannel", ["nosuch".into(), true.into()]).await;
    assert_eq!(strict.message, "query returned no rows");
}
