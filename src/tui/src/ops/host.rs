use super::*;

fn host(s: &Subject) -> bool {
    matches!(s, Subject::Host(_))
}

pub const OPS: &[Op] = &[
    Op {
        name: "enable",
        help: "takes tasks again",
        who: Who::Perm("host"),
        on: host,
        line: |s, _| args(["enable-host", &s.name()]),
        calls: |s, _| vec![call("enableHost", [s.name().into()])],
        ..BASE
    },
    Op {
        name: "disable",
        help: "takes no new tasks; those that run go on",
        who: Who::Perm("host"),
        on: host,
        fields: |_, _| vec![field("comment", "why", Source::Text).optional()],
        line: |s, v| args(["disable-host", &option("comment", &v.text("comment")), &s.name()]),
        calls: |s, v| {
            let mut calls = vec![call("disableHost", [s.name().into()])];
            if !v.text("comment").is_empty() {
                calls.push(call_with("editHost", [s.name().into()], [("comment", v.text("comment").into())]));
            }
            calls
        },
        ..BASE
    },
    Op {
        name: "add-channel",
        help: "into a channel",
        who: Who::Perm("host"),
        on: host,
        fields: |_, _| vec![field("channel", "channel", Source::Channels)],
        line: |s, v| args(["add-host-to-channel", &s.name(), &v.text("channel")]),
        calls: |s, v| vec![call("addHostToChannel", [s.name().into(), v.text("channel").into()])],
        ..BASE
    },
    Op {
        name: "remove-channel",
        help: "out of a channel",
        who: Who::Perm("host"),
        destroys: true,
        on: host,
        fields: |_, _| vec![field("channel", "channel", Source::Channels)],
        line: |s, v| args(["remove-host-from-channel", &s.name(), &v.text("channel")]),
        calls: |s, v| vec![call("removeHostFromChannel", [s.name().into(), v.text("channel").into()])],
        ..BASE
    },
    Op {
        name: "capacity",
        help: "how much it takes at once",
        who: Who::Perm("host"),
        on: host,
        fields: |_, _| vec![field("capacity", "capacity", Source::Text).value("2.0")],
        line: |s, v| args(["edit-host", &format!("--capacity={}", v.text("capacity")), &s.name()]),
        calls: |s, v| {
            let text = v.text("capacity");
            let capacity = text.parse::<f64>().map_or_else(|_| text.into(), Value::from);
            vec![call_with("editHost", [s.name().into()], [("capacity", capacity)])]
        },
        ..BASE
    },
];
