//! Repositories and the requests for them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use koji_api::Fault;
use koji_db::{Mode, args};
use koji_hub::testing::{TestHub, kw};
use koji_hub::{repos, scheduler};
use koji_xmlrpc::{Value, write_fault, write_response};
use tokio::task::JoinSet;

const BUILDER: &str = "builder1.example.com";

async fn admin(hub: &TestHub, method: &str, params: Vec<Value>) -> Result<Value, Fault> {
    hub.call_as("kojiadmin", method, params).await
}

/// A hub with a host for repo tasks and a build tag with a group and a blocked package.
async fn hub(host_data: Value) -> TestHub {
    let hub = TestHub::new().await;
    let params = vec![BUILDER.into(), Value::Array(vec!["x86_64".into()]), kw([("force", true.into())])];
    admin(&hub, "addHost", params).await.unwrap();
    admin(&hub, "addHostToChannel", vec![BUILDER.into(), "createrepo".into()]).await.unwrap();
    let arches = kw([("arches", "x86_64 i686".into())]);
    admin(&hub, "createTag", vec!["build".into(), arches]).await.unwrap();
    admin(&hub, "groupListAdd", vec!["build".into(), "build".into()]).await.unwrap();
    admin(&hub, "groupPackageListAdd", vec!["build".into(), "build".into(), "bash".into()]).await.unwrap();
    admin(&hub, "packageListAdd", vec!["build".into(), "unwanted".into(), "kojiadmin".into()]).await.unwrap();
    admin(&hub, "packageListBlock", vec!["build".into(), "unwanted".into()]).await.unwrap();
    hub.call_as(BUILDER, "host.updateHost", vec![0.0.into(), true.into(), host_data]).await.unwrap();
    hub
}

async fn init(hub: &TestHub, options: Value) -> (i64, i64) {
    let answer = hub.call_as(BUILDER, "host.repoInit", vec!["build".into(), options]).await.unwrap();
    let ids: Vec<i64> = answer.as_array().unwrap().iter().filter_map(Value::as_int).collect();
    (ids[0], ids[1])
}

async fn done(hub: &TestHub, repo: i64) {
    hub.call_as(BUILDER, "host.repoDone", vec![repo.into(), Value::Struct(Default::default())])
        .await
        .unwrap();
}

async fn state(hub: &TestHub, repo: i64) -> i64 {
    hub.call("repoInfo", vec![repo.into()]).await.unwrap().int_at("state").unwrap()
}

#[tokio::test]
async fn a_repo_from_init_to_ready() {
    let hub = hub(Value::Nil).await;
    let (id, event) = init(&hub, kw([])).await;
    let dir = hub.topdir().join(format!("repos/build/{id}"));
    let read = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&read("repo.json")).unwrap();
    assert_eq!(
        (json["id"].as_i64(), json["event_id"].as_i64(), json["tag"].as_str()),
        (Some(id), Some(event), Some("build"))
    );
    assert!(read("groups/comps.xml").contains("<packagereq type=\"mandatory\">bash</packagereq>"));
    for arch in ["x86_64", "i386"] {
        assert_eq!(
            (read(&format!("{arch}/pkglist")), read(&format!("{arch}/blocklist"))),
            (String::new(), "unwanted\n".into())
        );
        let toplink = std::fs::canonicalize(dir.join(arch).join("toplink")).unwrap();
        assert_eq!(toplink, std::fs::canonicalize(hub.topdir()).unwrap());
    }
    let info = hub.call("repoInfo", vec![id.into()]).await.unwrap();
    assert_eq!((info.int_at("state"), info.int_at("create_event")), (Some(0), Some(event)));
    assert!(info.int_at("begin_event").unwrap() < event && info.get("end_event").unwrap().is_nil());
    assert_eq!(hub.call("getRepo", vec!["build".into()]).await.unwrap(), Value::Nil);

    // metadata that was not uploaded: nothing changes
    let data = |file: &str| {
        let part =
            Value::Array(vec!["tasks/1/1".into(), Value::Array(vec!["primary.xml".into(), file.into()])]);
        vec![
            id.into(),
            Value::record([("i686", part)]),
            false.into(),
            Value::record([("cloned_from", Value::Int(7))]),
        ]
    };
    let upload = hub.topdir().join("work/tasks/1/1");
    std::fs::create_dir_all(&upload).unwrap();
    for file in ["primary.xml", "repomd.xml"] {
        std::fs::write(upload.join(file), file).unwrap();
    }
    let missing = hub.call_as(BUILDER, "host.repoDone", data("nosuch.xml")).await.unwrap_err();
    assert_eq!(
        missing.message,
        format!("uploaded file missing: {}/work/tasks/1/1/nosuch.xml", hub.hub.paths.top())
    );
    assert!(upload.join("primary.xml").exists());
    let outside = hub.call_as(BUILDER, "host.repoDone", data("../../../../x")).await.unwrap_err();
    assert!(outside.message.starts_with("invalid data of arch i686"), "{outside}");

    hub.call_as(BUILDER, "host.repoDone", data("repomd.xml")).await.unwrap();
    assert_eq!(
        (read("i386/repodata/repomd.xml"), read("i386/repodata/primary.xml")),
        ("repomd.xml".into(), "primary.xml".into())
    );
    assert!(!upload.join("repomd.xml").exists());
    assert!(read("repo.json").contains("\"cloned_from\": 7"));
    assert_eq!(
        std::fs::read_link(dir.parent().unwrap().join("latest")).unwrap().to_str(),
        Some(id.to_string().as_str())
    );
    assert_eq!(hub.call("getRepo", vec!["build".into()]).await.unwrap().int_at("id"), Some(id));
    let twice = hub.call_as(BUILDER, "host.repoDone", data("repomd.xml")).await.unwrap_err();
    assert_eq!(twice.message, format!("Repo {id} not in INIT state (got 1)"));
}

#[tokio::test]
async fn latest_is_the_newest_with_the_tags_own_options() {
    let hub = hub(Value::Nil).await;
    let latest =
        || std::fs::read_link(hub.topdir().join("repos/build/latest")).unwrap().to_str().unwrap().to_owned();
    let (old, _) = init(&hub, kw([])).await;
    let (new, _) = init(&hub, kw([])).await;
    let custom = Value::record([("src", true.into())]);
    let (special, _) = init(&hub, kw([("opts", custom)])).await;
    done(&hub, new).await;
    assert_eq!(latest(), new.to_string());
    done(&hub, old).await;
    done(&hub, special).await;
    assert_eq!(latest(), new.to_string());
}

#[tokio::test]
async fn who_may_ask_for_a_repo_of_now() {
    let hub = hub(Value::Nil).await;
    let ask = async |user: &str| {
        hub.call_as(user, "newRepo", vec!["build".into(), kw([("src", true.into())])]).await
    };
    let denied = ask("alice").await.unwrap_err();
    assert_eq!(denied, Fault::not_allowed("regen-repo permission required (logged in as alice)"));
    for (user, permission) in [("alice", "regen-repo"), ("bob", "repo")] {
        admin(&hub, "grantPermission", vec![user.into(), permission.into(), true.into()]).await.unwrap();
        let task = ask(user).await.unwrap();
        let request = hub.call("getTaskRequest", vec![task]).await.unwrap();
        assert_eq!(request, Value::Array(vec!["build".into(), kw([("src", true.into())])]));
    }
}

#[tokio::test]
async fn states_go_forward() {
    let hub = hub(Value::Nil).await;
    let (repo, _) = init(&hub, kw([])).await;
    done(&hub, repo).await;
    let set = async |state: Value| admin(&hub, "repo.setState", vec![repo.into(), state]).await;
    admin(&hub, "repoExpire", vec![repo.into()]).await.unwrap();
    admin(&hub, "repoExpire", vec![repo.into()]).await.unwrap();
    let back = set(1.into()).await.unwrap_err();
    assert_eq!(back.message, format!("Invalid repo state transition for repo {repo}: EXPIRED -> READY"));
    assert_eq!(set(9.into()).await.unwrap_err(), Fault::parameter("Unknown repo state: 9"));
    admin(&hub, "repoProblem", vec![repo.into()]).await.unwrap();
    assert_eq!(admin(&hub, "repoDelete", vec![repo.into()]).await.unwrap(), 0.into());
    assert_eq!(state(&hub, repo).await, 3);
    assert_eq!(set(4.into()).await.unwrap_err().message, format!("Repo {repo} is deleted"));
}

fn request(answer: &Value) -> i64 {
    answer.get("request").and_then(|r| r.int_at("id")).unwrap_or_else(|| panic!("no request: {answer:?}"))
}

#[tokio::test]
async fn what_fulfils_a_request() {
    let hub = hub(Value::Nil).await;
    let ask =
        async |options: Value| admin(&hub, "repo.request", vec!["build".into(), options]).await.unwrap();
    let first = ask(kw([])).await;
    let id = request(&first);
    let src = || Value::record([("src", true.into())]);
    let with_src = request(&ask(kw([("opts", src())])).await);
    assert_ne!(id, with_src);
    // the same again is the same request, and as urgent as the most urgent asks
    let again = ask(kw([("priority", (-5).into())])).await;
    assert_eq!((request(&again), again.get("duplicate")), (id, Some(&true.into())));
    assert_eq!(again.get("request").unwrap().int_at("priority"), Some(15));
    let bogus = admin(&hub, "repo.request", vec!["build".into(), kw([("min_event", 9999.into())])]).await;
    assert_eq!(bogus.unwrap_err(), Fault::parameter("Invalid event: 9999"));

    let (repo, event) = init(&hub, kw([])).await;
    done(&hub, repo).await;
    let check = async |id: i64| hub.call("repo.checkRequest", vec![id.into()]).await.unwrap();
    assert_eq!(check(id).await.get("repo").unwrap().int_at("id"), Some(repo));
    assert_eq!(check(id).await.get("request").unwrap().get("active"), Some(&false.into()));
    // without sources it is not what the other one asked for
    assert!(check(with_src).await.get("repo").unwrap().is_nil());
    // and one with sources is not what the first would have got
    let (sources, _) = init(&hub, kw([("opts", src())])).await;
    done(&hub, sources).await;
    assert_eq!(check(with_src).await.get("repo").unwrap().int_at("id"), Some(sources));
    let get = async |options: Value| {
        hub.call("repo.get", vec!["build".into(), options]).await.unwrap().int_at("id")
    };
    assert_eq!(get(kw([])).await, Some(repo));
    assert_eq!(get(kw([("opts", src())])).await, Some(sources));
    assert_eq!(get(kw([("at_event", event.into())])).await, Some(repo));
    assert_eq!(get(kw([("min_event", (event + 2).into())])).await, None);

    // a change of the tag makes it too old for who wants the last one, not for others
    admin(&hub, "packageListAdd", vec!["build".into(), "new".into(), "kojiadmin".into()]).await.unwrap();
    assert!(ask(kw([])).await.get("request").unwrap().is_nil());
    request(&ask(kw([("min_event", "last".into())])).await);
    admin(&hub, "repo.updateEndEvents", vec![]).await.unwrap();
    let info = hub.call("repoInfo", vec![repo.into()]).await.unwrap();
    assert!(info.int_at("end_event").unwrap() > event);
}

#[tokio::test]
async fn a_request_is_tried_again_and_then_given_up() {
    let hub = hub(Value::Nil).await;
    let asked = admin(&hub, "repo.request", vec!["build".into()]).await.unwrap();
    let id = request(&asked);
    let mut tried = 0;
    loop {
        admin(&hub, "repo.checkQueue", vec![]).await.unwrap();
        let answer = hub.call("repo.checkRequest", vec![id.into()]).await.unwrap();
        if answer.get("request").unwrap().get("active") == Some(&false.into()) {
            break;
        }
        tried += 1;
        let task = answer.get("task").unwrap().clone();
        let task_id = task.int_at("id").unwrap();
        assert_eq!(
            (task.str_at("method"), task.int_at("priority"), task.int_at("state")),
            (Some("newRepo"), Some(15), Some(0))
        );
        hub.call_as(BUILDER, "host.openTask", vec![task_id.into()]).await.unwrap();
        // while it is under way no other one is made
        admin(&hub, "repo.checkQueue", vec![]).await.unwrap();
        let same = hub.call("repo.checkRequest", vec![id.into()]).await.unwrap();
        assert_eq!(same.get("request").unwrap().int_at("task_id"), Some(task_id));
        let response = String::from_utf8(write_fault(1000, "no")).unwrap();
        hub.call_as(BUILDER, "host.failTask", vec![task_id.into(), response.into()]).await.unwrap();
        assert!(tried < 10);
    }
    assert_eq!(tried, 4);
}

#[tokio::test]
async fn tags_that_regenerate_themselves() {
    let hub = hub(Value::Nil).await;
    let extra = Value::record([("repo.auto", true.into()), ("repo.lag", Value::Int(0))]);
    admin(&hub, "editTag2", vec!["build".into(), kw([("extra", extra)])]).await.unwrap();
    admin(&hub, "createTag", vec!["child".into(), kw([("parent", "build".into())])]).await.unwrap();
    admin(&hub, "repo.autoRequests", vec![]).await.unwrap();
    admin(&hub, "repo.autoRequests", vec![]).await.unwrap();
    let fields = Value::Array(vec!["tag_name".into(), "priority".into()]);
    let queue = hub.call("repo.queryQueue", vec![Value::Nil, fields]).await.unwrap();
    let rows: Vec<_> =
        queue.as_array().unwrap().iter().map(|r| (r.str_at("tag_name"), r.int_at("priority"))).collect();
    assert_eq!(rows, [(Some("build"), Some(25))], "only its own setting counts");
}

#[tokio::test]
async fn with_a_live_host_a_request_has_its_repo_in_no_time() {
    let hub = hub(Value::record([("live", true.into())])).await;
    let mut services = JoinSet::new();
    services.spawn(scheduler::serve(Arc::clone(&hub.hub)));
    services.spawn(repos::serve(Arc::clone(&hub.hub)));
    let id = request(&admin(&hub, "repo.request", vec!["build".into()]).await.unwrap());
    let start = Instant::now();
    let task = loop {
        let tasks = hub.call_as(BUILDER, "host.getTasks", vec![]).await.unwrap();
        if let Some(task) = tasks.as_array().unwrap().first() {
            break task.int_at("id").unwrap();
        }
        assert!(start.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let opened = hub.call_as(BUILDER, "host.openTask", vec![task.into()]).await.unwrap();
    assert_eq!(opened.str_at("method"), Some("newRepo"));
    let request = hub.call("getTaskRequest", vec![task.into()]).await.unwrap();
    assert_eq!(request.as_array().unwrap()[0].str_at("name"), Some("build"));
    let (repo, _) = init(&hub, kw([("task_id", task.into())])).await;
    done(&hub, repo).await;
    let response = String::from_utf8(write_response(&Value::Array(vec![repo.into(), 1.into()]))).unwrap();
    hub.call_as(BUILDER, "host.closeTask", vec![task.into(), response.into()]).await.unwrap();
    let answer = hub.call("repo.checkRequest", vec![id.into()]).await.unwrap();
    assert_eq!(answer.get("repo").unwrap().int_at("id"), Some(repo));
}

#[tokio::test]
async fn the_service_takes_a_breath_before_it_tries_again() {
    let hub = hub(Value::record([("live", true.into())])).await;
    let mut services = JoinSet::new();
    services.spawn(repos::serve(Arc::clone(&hub.hub)));
    let id = request(&admin(&hub, "repo.request", vec!["build".into()]).await.unwrap());
    let start = Instant::now();
    let task = loop {
        let answer = hub.call("repo.checkRequest", vec![id.into()]).await.unwrap();
        if let Some(task) = answer.get("task").and_then(|t| t.int_at("id")) {
            break task;
        }
        assert!(start.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    admin(&hub, "cancelTask", vec![task.into()]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let answer = hub.call("repo.checkRequest", vec![id.into()]).await.unwrap();
    assert_eq!(answer.get("request").unwrap().int_at("task_id"), Some(task));
    // who asks gets it at once
    admin(&hub, "repo.checkQueue", vec![]).await.unwrap();
    let answer = hub.call("repo.checkRequest", vec![id.into()]).await.unwrap();
    assert!(answer.get("request").unwrap().int_at("task_id").unwrap() > task);
}

#[tokio::test]
async fn external_repos_change_the_tags_that_use_them() {
    let hub = hub(Value::Nil).await;
    let erepo =
        admin(&hub, "createExternalRepo", vec!["ext".into(), "http://x.example.com/".into()]).await.unwrap();
    let id = erepo.get("id").cloned().unwrap();
    admin(&hub, "addExternalRepoToTag", vec!["build".into(), "ext".into(), 5.into()]).await.unwrap();
    let before = hub.call("tagLastChangeEvent", vec!["build".into()]).await.unwrap().as_int().unwrap();
    let data = Value::record([("max_ts", Value::Int(5))]);
    admin(&hub, "repo.setExternalRepoData", vec![id.clone(), data.clone()]).await.unwrap();
    assert_eq!(hub.call("repo.getExternalRepoData", vec![id]).await.unwrap(), data);
    assert!(hub.call("tagLastChangeEvent", vec!["build".into()]).await.unwrap().as_int().unwrap() > before);
    let mut tx = hub.hub.db.begin(Mode::Read);
    let n = tx.int("SELECT count(*) FROM external_repo_data WHERE active", args![]).await.unwrap();
    assert_eq!(n, 1);
}
