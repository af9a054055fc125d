use koji_db::inheritance::{Link, ancestors, descendants};
use koji_hub::testing::TestHub;
use koji_xmlrpc::Value;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::{admin, ask, column, fault, kw, names, now};

fn link(parent: i64, priority: i64) -> Value {
    full(parent, priority, None, false, false, "")
}

fn full(
    parent: i64,
    priority: i64,
    maxdepth: Option<i64>,
    intransitive: bool,
    noconfig: bool,
    filter: &str,
) -> Value {
    Value::record([
        ("parent_id", parent.into()),
        ("priority", priority.into()),
        ("maxdepth", maxdepth.into()),
        ("intransitive", intransitive.into()),
        ("noconfig", noconfig.into()),
        ("pkg_filter", filter.into()),
    ])
}

async fn tags(hub: &TestHub, n: i64) {
    for i in 1..=n {
        assert_eq!(admin(hub, "createTag", [format!("t{i}").into()]).await, Value::Int(i));
    }
}

#[tokio::test]
async fn links_are_set_kept_and_deleted() {
    let hub = TestHub::new().await;
    tags(&hub, 4).await;
    admin(&hub, "setInheritanceData", [1.into(), vec![link(2, 0), link(3, 10)].into()]).await;
    let before = now(&hub).await;
    // the same again is no change
    admin(&hub, "setInheritanceData", ["t1".into(), vec![link(3, 10)].into()]).await;
    assert_eq!(now(&hub).await, before);
    // two links exchange their places at once
    admin(&hub, "setInheritanceData", [1.into(), vec![link(2, 10), link(3, 0)].into()]).await;
    let data = ask(&hub, "getInheritanceData", [1.into()]).await;
    assert_eq!(names(&data, "name"), ["t3", "t2"]);
    assert_eq!(column(&data, "child_id"), [Value::Int(1), Value::Int(1)]);
    let then = ask(&hub, "getInheritanceData", [1.into(), kw([("event", before)])]).await;
    assert_eq!(names(&then, "name"), ["t2", "t3"]);

    let twice = fault(&hub, "kojiadmin", "setInheritanceData", [1.into(), vec![link(4, 0)].into()]).await;
    assert_eq!(
        twice.message,
        "Multiple parent tags ([3, 4]) cannot have the same priority value (0) on child tag 1"
    );
    let short = Value::record([("parent_id", 4.into())]);
    let text = fault(&hub, "kojiadmin", "setInheritanceData", [1.into(), vec![short].into()]).await.message;
    assert_eq!(text, "No value for priority");
    let bad = vec![full(4, 5, None, false, false, "(")];
    let text = fault(&hub, "kojiadmin", "setInheritanceData", [1.into(), bad.into()]).await.message;
    assert!(text.starts_with("pkg_filter '(' is no regular expression"), "{text}");

    let delete = Value::record([("parent_id", 3.into()), ("delete link", true.into())]);
    admin(&hub, "setInheritanceData", [1.into(), vec![delete].into()]).await;
    assert_eq!(names(&ask(&hub, "getInheritanceData", [1.into()]).await, "name"), ["t2"]);
    admin(&hub, "setInheritanceData", [1.into(), vec![link(4, 1)].into(), true.into()]).await;
    assert_eq!(names(&ask(&hub, "getInheritanceData", [1.into()]).await, "name"), ["t4"]);
}

/// Any set of links between seven tags, one priority a link.
fn graphs() -> impl Strategy<Value = Vec<Link>> {
    let edge = (
        1_i64..8,
        1_i64..8,
        proptest::option::weighted(0.3, 0_i64..4),
        proptest::bool::weighted(0.2),
        proptest::bool::weighted(0.2),
        proptest::bool::weighted(0.15),
    );
    proptest::collection::vec(edge, 1..14).prop_map(|edges| {
        let mut links: Vec<Link> = Vec::new();
        for (priority, (child_id, parent_id, maxdepth, intransitive, noconfig, filtered)) in (0..).zip(edges)
        {
            if links.iter().all(|l| (l.child_id, l.parent_id) != (child_id, parent_id)) {
                links.push(Link {
                    child_id,
                    parent_id,
                    name: format!("t{parent_id}"),
                    priority,
                    maxdepth,
                    intransitive,
                    noconfig,
                    pkg_filter: Some(if filtered { "^t".into() } else { String::new() }),
                });
            }
        }
        links
    })
}

async fn orders(hub: &TestHub, event: Option<&Value>) -> Vec<Value> {
    let mut all = Vec::new();
    for tag in 1..8_i64 {
        for reverse in [false, true] {
            let event = event.cloned().unwrap_or_default();
            let options = kw([("event", event), ("reverse", reverse.into())]);
            all.push(ask(hub, "getFullInheritance", [tag.into(), options]).await);
        }
    }
    all
}

/// What the hub answers is the order of the whole graph, now and at every event of the past.
#[tokio::test]
async fn any_graph_now_and_in_history() {
    let hub = TestHub::new().await;
    tags(&hub, 7).await;
    let mut runner = TestRunner::deterministic();
    let mut history = Vec::new();
    for _ in 0..12 {
        let links = graphs().new_tree(&mut runner).unwrap().current();
        for child in 1..8_i64 {
            let wanted: Vec<Value> = links
                .iter()
                .filter(|l| l.child_id == child)
                .map(|l| {
                    let filter = l.pkg_filter.as_deref().unwrap_or_default();
                    full(l.parent_id, l.priority, l.maxdepth, l.intransitive, l.noconfig, filter)
                })
                .collect();
            admin(&hub, "setInheritanceData", [child.into(), wanted.into(), true.into()]).await;
        }
        let answers = orders(&hub, None).await;
        for tag in 1..8_i64 {
            let index = usize::try_from(tag - 1).unwrap() * 2;
            let up: Vec<Value> =
                ancestors(tag, &links).into_iter().map(|s| Value::Struct(s.into_wire(false))).collect();
            assert_eq!(answers[index], Value::Array(up));
            let down: Vec<Value> = descendants(tag, &links)
                .into_iter()
                .map(|mut s| {
                    s.link.name = format!("t{}", s.link.child_id);
                    Value::Struct(s.into_wire(true))
                })
                .collect();
            assert_eq!(answers[index + 1], Value::Array(down));
        }
        history.push((now(&hub).await, answers));
    }
    for (event, answers) in &history {
        assert_eq!(orders(&hub, Some(event)).await, *answers);
    }
}
