use super::*;

fn task(s: &Subject) -> bool {
    matches!(s, Subject::Task(_))
}

fn id(s: &Subject) -> Value {
    if let Subject::Task(id) = s { (*id).into() } else { Value::Nil }
}

pub const OPS: &[Op] = &[
    Op {
        name: "cancel",
        help: "cancel the task and those below it",
        destroys: true,
        on: task,
        line: |s, _| args(["cancel", &s.name()]),
        calls: |s, _| vec![call("cancelTask", [id(s)])],
        ..BASE
    },
    Op {
        name: "resubmit",
        help: "do the same again as a new task",
        on: task,
        line: |s, _| args(["resubmit", "--nowait", &s.name()]),
        calls: |s, _| vec![call("resubmitTask", [id(s)])],
        then: |_| Some(Place::new("task", "$answer")),
        ..BASE
    },
    Op {
        name: "free",
        help: "back into the queue: another host may take it",
        who: Who::Perm("admin"),
        destroys: true,
        on: task,
        line: |s, _| args(["free-task", &s.name()]),
        calls: |s, _| vec![call("freeTask", [id(s)])],
        ..BASE
    },
    Op {
        name: "assign",
        help: "give it to a host",
        who: Who::Perm("admin"),
        on: task,
        fields: |_, _| {
            vec![
                field("host", "host", Source::Hosts),
                field("force", "even if it is not free", Source::YesNo).value("no"),
            ]
        },
        line: |s, v| {
            args(["assign-task", if v.yes("force") { "--force" } else { "" }, &s.name(), &v.text("host")])
        },
        calls: |s, v| vec![call("assignTask", [id(s), v.text("host").into(), v.yes("force").into()])],
        ..BASE
    },
    Op {
        name: "priority",
        help: "how urgent it is; lower comes first",
        who: Who::Perm("admin"),
        on: task,
        fields: |_, _| {
            vec![
                field("priority", "priority", Source::Text).value("20"),
                field("recurse", "with the tasks below it", Source::YesNo).value("yes"),
            ]
        },
        line: |s, v| {
            let recurse = if v.yes("recurse") { "--recurse" } else { "" };
            args(["set-task-priority", &format!("--priority={}", v.text("priority")), recurse, &s.name()])
        },
        calls: |s, v| {
            let priority = v.int("priority").map_or_else(|| v.text("priority").into(), Value::from);
            vec![call("setTaskPriority", [id(s), priority, v.yes("recurse").into()])]
        },
        ..BASE
    },
];
