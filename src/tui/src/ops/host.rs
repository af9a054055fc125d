use super::*;

fn host(s: &Subject) -> bool {
    matches!(s, Subject::Host(_))
}

pub const OPS: &[Op] = &[
    Op {
        name: "enable",
        help: "takes tasks again",
        who: Who::Perm("host"),
        destroys: false,
        on: host,
        fields: no_fields,
        line: |s, _| args(["enable-host", &s.name()]),
        calls: |s, _| vec![call("enableHost", [s.name().into()])],
        then: nowhere,
    },
    Op {
        name: "disable",
        help: "takes no new tasks; those that run go on",
        who: Who::Perm("host"),
        destroys: false,
        on: host,
        fields: |_| vec![field("comment", "why", Source::Text).optional()],
        line: |s, v| {
            let comment = v.text("comment");
            let comment = if comment.is_empty() { comment } else { format!("--comment={comment}") };
            args(["disable-host", &comment, &s.name()])
        },
        calls: |s, v| {
            let mut calls = vec![call("disableHost", [s.name().into()])];
            if !v.text("comment").is_empty() {
                calls.push(call_with("editHost", [s.name().into()], [("comment", v.text("comment").into())]));
            }
            calls
        },
        then: nowhere,
    },
    Op {
        name: "add-channel",
        help: "into a channel",
        who: Who::Perm("host"),
        destroys: false,
        on: host,
        fields: |_| vec![field("channel", "channel", Source::Channels)],
        line: |s, v| args(["add-host-to-channel", &s.name(), &v.text("channel")]),
        calls: |s, v| vec![call("addHostToChannel", [s.name().into(), v.text("channel").into()])],
        then: nowhere,
    },
    Op {
        name: "remove-channel",
        help: "out of a channel",
        who: Who::Perm("host"),
        destroys: true,
        on: host,
        fields: |_| vec![field("channel", "channel", Source::Channels)],
        line: |s, v| args(["remove-host-from-channel", &s.name(), &v.text("channel")]),
        calls: |s, v| vec![call("removeHostFromChannel", [s.name().into(), v.text("channel").into()])],
        then: nowhere,
    },
    Op {
        name: "capacity",
        help: "how much it takes at once",
        who: Who::Perm("host"),
        destroys: false,
        on: host,
        fields: |_| vec![field("capacity", "capacity", Source::Text).value("2.0")],
        line: |s, v| args(["edit-host", &format!("--capacity={}", v.text("capacity")), &s.name()]),
        calls: |s, v| {
            let text = v.text("capacity");
            let capacity = text.parse::<f64>().map_or_else(|_| text.into(), Value::from);
            vec![call_with("editHost", [s.name().into()], [("capacity", capacity)])]
        },
        then: nowhere,
    },
];
