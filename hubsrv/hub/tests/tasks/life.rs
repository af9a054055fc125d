//! The life of a task, from makeTask to its result.

use koji_api::Fault;
use koji_hub::testing::{TestHub, kw};
use koji_xmlrpc::{Value, write_fault, write_response};

const BUILDER: &str = "builder1.example.com";
const OTHER: &str = "builder2.example.com";

fn text(bytes: Vec<u8>) -> Value {
    String::from_utf8(bytes).unwrap().into()
}

/// A hub with two hosts that are ready.
async fn hub() -> TestHub {
    let hub = TestHub::new().await;
    for name in [BUILDER, OTHER] {
        // the users of a test hub have no hosts yet
        let force = kw([("force", true.into())]);
        hub.call_as("kojiadmin", "addHost", vec![name.into(), Value::Array(vec!["x86_64".into()]), force])
            .await
            .unwrap();
        hub.call_as(name, "host.updateHost", vec![0.0.into(), true.into()]).await.unwrap();
    }
    hub
}

async fn admin(hub: &TestHub, method: &str, params: Vec<Value>) -> Result<Value, Fault> {
    hub.call_as("kojiadmin", method, params).await
}

async fn make(hub: &TestHub) -> i64 {
    let task = admin(hub, "makeTask", vec!["sleep".into(), Value::Array(vec![5.into()])]).await;
    task.unwrap().as_int().unwrap()
}

async fn open(hub: &TestHub) -> i64 {
    let task = make(hub).await;
    assert!(hub.call_as(BUILDER, "host.openTask", vec![task.into()]).await.unwrap().as_struct().is_some());
    task
}

async fn state(hub: &TestHub, task: i64) -> i64 {
    hub.call("getTaskInfo", vec![task.into()]).await.unwrap().int_at("state").unwrap()
}

#[tokio::test]
async fn from_free_to_closed() {
    let hub = hub().await;
    let task = make(&hub).await;
    let info = hub.call("getTaskInfo", vec![task.into(), true.into()]).await.unwrap();
    assert_eq!(
        (info.int_at("state"), info.int_at("priority"), info.str_at("arch")),
        (Some(0), Some(20), Some("noarch"))
    );
    assert_eq!(info.get("request"), Some(&Value::Array(vec![5.into()])));

    let opened = hub.call_as(BUILDER, "host.openTask", vec![task.into()]).await.unwrap();
    assert!(opened.str_at("request").unwrap().starts_with("<?xml"), "{opened:?}");
    // it is taken: nobody opens it again, not even the same host
    for host in [BUILDER, OTHER] {
        assert_eq!(hub.call_as(host, "host.openTask", vec![task.into()]).await.unwrap(), Value::Nil);
    }
    let stranger = hub.call_as(OTHER, "host.setTaskWeight", vec![task.into(), 1.0.into()]).await.unwrap_err();
    assert_eq!(stranger, Fault::not_allowed(format!("host 2 does not own task {task}")));
    let unfinished = hub.call("getTaskResult", vec![task.into()]).await.unwrap_err();
    assert_eq!(unfinished, Fault::generic(format!("Task {task} is not finished")));

    // a response that nobody could read is refused
    let nonsense =
        hub.call_as(BUILDER, "host.closeTask", vec![task.into(), "done ok".into()]).await.unwrap_err();
    assert_eq!(nonsense.kind.code(), 1);
    let response = text(write_response(&Value::record([("a", vec![1_i64, 2].into())])));
    hub.call_as(BUILDER, "host.closeTask", vec![task.into(), response]).await.unwrap();
    assert_eq!(state(&hub, task).await, 2);
    assert_eq!(hub.call("taskFinished", vec![task.into()]).await.unwrap(), true.into());
    let result = hub.call("getTaskResult", vec![task.into()]).await.unwrap();
    assert_eq!(result.get("a"), Some(&vec![1_i64, 2].into()));
}

#[tokio::test]
async fn a_failed_task_raises_its_fault() {
    let hub = hub().await;
    let task = open(&hub).await;
    let response = text(write_fault(1005, "boom"));
    hub.call_as(BUILDER, "host.failTask", vec![task.into(), response]).await.unwrap();
    assert_eq!(hub.call("getTaskResult", vec![task.into()]).await.unwrap_err(), Fault::build("boom"));
    let described = hub.call("getTaskResult", vec![task.into(), false.into()]).await.unwrap();
    assert_eq!(described, Value::record([("faultCode", Value::Int(1005)), ("faultString", "boom".into())]));
    let again = hub.call_as("alice", "resubmitTask", vec![task.into()]).await.unwrap_err();
    assert_eq!(again.message, "only the task owner or an admin may resubmit a task");
    let again = admin(&hub, "resubmitTask", vec![task.into()]).await.unwrap().as_int().unwrap();
    let rows = hub
        .call("listTasks", vec![Value::record([("state", vec![0_i64].into()), ("decode", true.into())])])
        .await;
    let rows = rows.unwrap();
    let row = rows.as_array().unwrap().iter().find(|r| r.int_at("id") == Some(again)).unwrap().clone();
    assert_eq!(
        (row.get("request"), row.str_at("owner_name")),
        (Some(&Value::Array(vec![5.into()])), Some("kojiadmin"))
    );
}

#[tokio::test]
async fn children_and_waiting() {
    let hub = hub().await;
    let parent = open(&hub).await;
    let child = async |label: &str| {
        let params =
            vec!["sleep".into(), Value::Array(vec![1.into()]), parent.into(), kw([("label", label.into())])];
        hub.call_as(BUILDER, "host.subtask", params).await.unwrap().as_int().unwrap()
    };
    let (a, b) = (child("a").await, child("b").await);
    assert_ne!(a, b);
    // a label names one child
    assert_eq!(child("a").await, a);
    let tree = hub.call("getTaskDescendents", vec![parent.into()]).await.unwrap();
    assert_eq!(tree.get(&parent.to_string()).unwrap().as_array().unwrap().len(), 2);
    assert_eq!(hub.call("getTaskInfo", vec![a.into()]).await.unwrap().int_at("priority"), Some(19));

    hub.call_as(BUILDER, "host.taskSetWait", vec![parent.into(), vec![a, b].into()]).await.unwrap();
    let wait = async || hub.call_as(BUILDER, "host.taskWait", vec![parent.into()]).await.unwrap();
    assert_eq!(wait().await, Value::Array(vec![Value::Array(vec![]), vec![a, b].into()]));
    for (task, response) in [(a, write_response(&Value::from("ok"))), (b, write_fault(1005, "boom"))] {
        hub.call_as(OTHER, "host.openTask", vec![task.into()]).await.unwrap();
        let end = if task == a { "host.closeTask" } else { "host.failTask" };
        hub.call_as(OTHER, end, vec![task.into(), text(response)]).await.unwrap();
    }
    let open = hub.call_as(BUILDER, "host.getHostTasks", vec![]).await.unwrap();
    assert!(open.as_array().unwrap()[0].truthy_at("alert"), "{open:?}");
    assert_eq!(wait().await, Value::Array(vec![vec![a, b].into(), Value::Array(vec![])]));
    // told once
    assert_eq!(wait().await, Value::Array(vec![Value::Array(vec![]), Value::Array(vec![])]));

    let results = |canfail: Value| {
        hub.call_as(BUILDER, "host.taskWaitResults", vec![parent.into(), vec![a, b].into(), canfail])
    };
    assert_eq!(results(Value::Nil).await.unwrap_err(), Fault::build("boom"));
    let all = results(vec![b].into()).await.unwrap();
    assert_eq!(all.as_array().unwrap()[0], Value::Array(vec![a.into(), "ok".into()]));
    let info = hub.call("getTaskInfo", vec![parent.into()]).await.unwrap();
    assert_eq!(info.get("waiting"), Some(&false.into()));
}

#[tokio::test]
async fn cancelling_reaches_what_is_not_over() {
    let hub = hub().await;
    let parent = open(&hub).await;
    let params = vec!["sleep".into(), Value::Array(vec![1.into()]), parent.into()];
    let child = hub.call_as(BUILDER, "host.subtask", params).await.unwrap().as_int().unwrap();
    let denied = hub.call_as("alice", "cancelTask", vec![parent.into()]).await.unwrap_err();
    assert_eq!(denied, Fault::not_allowed("Cannot cancel task, not owner"));
    let strict = admin(&hub, "cancelTaskFull", vec![child.into()]).await.unwrap_err();
    assert_eq!(strict.message, format!("Task {child} is not top-level (parent={parent})"));
    // the host that runs it may
    hub.call_as(BUILDER, "cancelTask", vec![parent.into()]).await.unwrap();
    assert_eq!((state(&hub, parent).await, state(&hub, child).await), (3, 3));
    let canceled = hub.call("getTaskResult", vec![child.into()]).await.unwrap_err();
    assert_eq!(canceled, Fault::generic(format!("Task {child} is canceled")));
    let late =
        hub.call_as(BUILDER, "host.closeTask", vec![parent.into(), text(write_response(&Value::Nil))]).await;
    assert_eq!(late.unwrap_err().kind.code(), 1004);
}

#[tokio::test]
async fn refused_and_freed_tasks_go_back() {
    let hub = hub().await;
    let task = open(&hub).await;
    hub.call_as(OTHER, "host.freeTasks", vec![vec![task].into()]).await.unwrap();
    assert_eq!(state(&hub, task).await, 1);
    hub.call_as(BUILDER, "host.freeTasks", vec![vec![task].into()]).await.unwrap();
    assert_eq!(state(&hub, task).await, 0);
    assert_eq!(
        admin(&hub, "freeTask", vec![task.into()]).await.unwrap_err().message,
        format!("No such task: {task}")
    );

    assert_eq!(admin(&hub, "assignTask", vec![task.into(), BUILDER.into()]).await.unwrap(), true.into());
    let refuse = vec![task.into(), kw([("soft", false.into()), ("msg", "no".into())])];
    hub.call_as(BUILDER, "host.refuseTask", refuse).await.unwrap();
    assert_eq!(state(&hub, task).await, 0);
    // the scheduler keeps to it
    assert_eq!(admin(&hub, "scheduler.doRun", vec![true.into()]).await.unwrap(), true.into());
    let info = hub.call("getTaskInfo", vec![task.into()]).await.unwrap();
    assert_eq!((info.int_at("state"), info.int_at("host_id")), (Some(4), Some(2)));
    let log = hub
        .call("scheduler.getLogMessages", vec![Value::Nil, Value::Array(vec!["msg".into()])])
        .await
        .unwrap();
    let messages: Vec<_> = log.as_array().unwrap().iter().filter_map(|r| r.str_at("msg")).collect();
    assert_eq!(messages, ["Assigning task", "Host refused task: no", "Assigning task"]);
}

#[tokio::test]
async fn who_may_make_which_tasks() {
    let hub = hub().await;
    let fault = async |user: &str, method: &str, params: Vec<Value>| {
        hub.call_as(user, method, params).await.unwrap_err().message
    };
    let sleep = || vec!["sleep".into(), Value::Array(vec![5.into()])];
    assert_eq!(fault("alice", "makeTask", sleep()).await, "admin permission required (logged in as alice)");
    let with = |key: &str, value: Value| [sleep(), vec![kw([(key, value)])]].concat();
    assert_eq!(
        fault("kojiadmin", "makeTask", with("owner", "bob".into())).await,
        "The owner option is not allowed here"
    );
    assert_eq!(
        fault("kojiadmin", "makeTask", with("channel", "nosuch".into())).await,
        "No such channel: nosuch"
    );
    assert_eq!(fault("kojiadmin", "makeTask", with("parent", 99.into())).await, "Invalid parent task: 99");
    let build = |priority: i64| vec!["git://x#1".into(), "tgt".into(), Value::Nil, priority.into()];
    assert_eq!(fault("alice", "build", build(-1)).await, "only admins may create high-priority tasks");
    let task = hub.call_as("alice", "build", build(3)).await.unwrap();
    let info = hub.call("getTaskInfo", vec![task, true.into()]).await.unwrap();
    assert_eq!((info.int_at("priority"), info.int_at("owner")), (Some(23), Some(2)));
    let request = info.get("request").unwrap().as_array().unwrap().to_vec();
    assert_eq!(request, ["git://x#1".into(), "tgt".into(), Value::Struct(Default::default())]);
    let disabled = admin(&hub, "disableChannel", vec!["maven".into()]).await;
    disabled.unwrap();
    assert_eq!(
        fault("kojiadmin", "makeTask", with("channel", "maven".into())).await,
        "Channel maven is disabled."
    );
}

/// What can be done to a task, in any order, by anyone of two hosts and an admin.
#[derive(Debug, Clone)]
enum Step {
    Open(bool),
    Close(bool),
    Free,
    Assign(bool),
    Cancel,
    FreeByHost(bool),
}

/// What the task must be, told by the rules alone.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Model {
    state: i64,
    /// Whether it is the first host, if it is one.
    host: Option<bool>,
}

impl Model {
    fn step(&mut self, step: &Step) {
        let set = |state, host| Model { state, host };
        *self = match (step, self.state) {
            (Step::Open(h), 0) => set(1, Some(*h)),
            (Step::Open(h), 4) if self.host == Some(*h) => set(1, Some(*h)),
            (Step::Close(h), 1) if self.host == Some(*h) => set(2, self.host),
            (Step::Free, 1 | 4) => set(0, None),
            (Step::FreeByHost(h), 1) if self.host == Some(*h) => set(0, None),
            (Step::Assign(h), 0) => set(4, Some(*h)),
            (Step::Cancel, 0 | 1 | 4) => set(3, self.host),
            _ => *self,
        };
    }
}

#[tokio::test]
async fn any_order_of_steps_keeps_to_the_state_machine() {
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;
    let steps = proptest::collection::vec(
        proptest::prop_oneof![
            4 => proptest::bool::ANY.prop_map(Step::Open),
            2 => proptest::bool::ANY.prop_map(Step::Close),
            2 => proptest::strategy::Just(Step::Free),
            3 => proptest::bool::ANY.prop_map(Step::Assign),
            1 => proptest::strategy::Just(Step::Cancel),
            2 => proptest::bool::ANY.prop_map(Step::FreeByHost),
        ],
        1..12,
    );
    let hub = hub().await;
    let name = |first: bool| if first { BUILDER } else { OTHER };
    let mut runner = TestRunner::deterministic();
    for _ in 0..25 {
        let steps = steps.new_tree(&mut runner).unwrap().current();
        let task = make(&hub).await;
        let mut model = Model { state: 0, host: None };
        for step in &steps {
            // refusals are as good as successes here: what counts is what the task is afterwards
            let _ = match step {
                Step::Open(h) => hub.call_as(name(*h), "host.openTask", vec![task.into()]).await,
                Step::Close(h) => {
                    let params = vec![task.into(), text(write_response(&Value::Nil))];
                    hub.call_as(name(*h), "host.closeTask", params).await
                }
                Step::Free => admin(&hub, "freeTask", vec![task.into()]).await,
                Step::Assign(h) => admin(&hub, "assignTask", vec![task.into(), name(*h).into()]).await,
                Step::Cancel => admin(&hub, "cancelTask", vec![task.into()]).await,
                Step::FreeByHost(h) => hub.call_as(name(*h), "host.freeTasks", vec![vec![task].into()]).await,
            };
            model.step(step);
            let info = hub.call("getTaskInfo", vec![task.into()]).await.unwrap();
            let host = info.int_at("host_id").map(|h| h == 1);
            assert_eq!(
                (info.int_at("state").unwrap(), host),
                (model.state, model.host),
                "after {step:?} of {steps:?}"
            );
            assert_eq!(info.get("completion_time").unwrap().is_nil(), !matches!(model.state, 2 | 3));
        }
    }
}
