use super::*;

fn channel(s: &Subject) -> bool {
    matches!(s, Subject::Channel(_))
}

fn comment(_: &Subject, _: &Store) -> Vec<Field> {
    vec![field("comment", "why", Source::Text).optional()]
}

/// A channel is opened or closed, with a remark where there is one.
fn switch(method: &str, s: &Subject, v: &Values) -> Vec<Call> {
    let why = v.text("comment");
    let why = (!why.is_empty()).then(|| ("comment".to_owned(), why.into()));
    vec![call_with_all(method, vec![s.name().into()], why.into_iter().collect())]
}

pub const OPS: &[Op] = &[
    Op {
        name: "enable",
        help: "its tasks are given to hosts again",
        who: Who::Perm("host"),
        on: channel,
        fields: comment,
        line: |s, v| args(["enable-channel", &option("comment", &v.text("comment")), &s.name()]),
        calls: |s, v| switch("enableChannel", s, v),
        ..BASE
    },
    Op {
        name: "disable",
        help: "its tasks wait",
        who: Who::Perm("host"),
        on: channel,
        fields: comment,
        line: |s, v| args(["disable-channel", &option("comment", &v.text("comment")), &s.name()]),
        calls: |s, v| switch("disableChannel", s, v),
        ..BASE
    },
    Op {
        name: "add-host",
        help: "a host takes tasks of this channel",
        who: Who::Perm("host"),
        on: channel,
        fields: |_, _| vec![field("host", "host", Source::Hosts)],
        line: |s, v| args(["add-host-to-channel", &v.text("host"), &s.name()]),
        calls: |s, v| vec![call("addHostToChannel", [v.text("host").into(), s.name().into()])],
        ..BASE
    },
    Op {
        name: "remove-host",
        help: "a host takes tasks of this channel no longer",
        who: Who::Perm("host"),
        destroys: true,
        on: channel,
        fields: |_, _| vec![field("host", "host", Source::Hosts)],
        line: |s, v| args(["remove-host-from-channel", &v.text("host"), &s.name()]),
        calls: |s, v| vec![call("removeHostFromChannel", [v.text("host").into(), s.name().into()])],
        ..BASE
    },
    Op {
        name: "edit",
        help: "name and description",
        who: Who::Perm("admin"),
        on: channel,
        fields: |s, _| {
            vec![
                field("name", "name", Source::Text).value(s.name()).single(),
                field("description", "description", Source::Text).optional(),
            ]
        },
        line: |s, v| {
            let name = v.text("name");
            let name = if name == s.name() { String::new() } else { name };
            args([
                "edit-channel",
                &option("name", &name),
                &option("description", &v.text("description")),
                &s.name(),
            ])
        },
        calls: |s, v| {
            let mut changes = Struct::new();
            for key in ["name", "description"] {
                let value = v.text(key);
                if !value.is_empty() && (key != "name" || value != s.name()) {
                    changes.insert(key.into(), value.into());
                }
            }
            vec![call_with_all("editChannel", vec![s.name().into()], changes)]
        },
        ..BASE
    },
];
