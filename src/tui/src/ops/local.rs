use super::*;

fn root(s: &Subject) -> bool {
    matches!(s, Subject::Root(_))
}

fn target_of(s: &Subject) -> String {
    if let Subject::Target(name) = s { name.clone() } else { String::new() }
}

/// The form of `B`: builds on this machine.
pub const BUILD: &Op = &Op {
    name: "build-here",
    help: "on this machine, in a buildroot like the server's",
    who: Who::Anyone,
    on: |s| matches!(s, Subject::Target(_)),
    fields: |s, _| {
        vec![
            field("target", "like this target or build tag", Source::Targets).value(target_of(s)),
            field("source", "source (SRPM, directory or URL#COMMIT)", Source::Text),
            field("nocheck", "skip %check", Source::YesNo).value("no"),
            field("keep", "keep the root after a success, too", Source::YesNo).value("no"),
            field("shell", "a shell in the root when it failed", Source::YesNo).value("no"),
        ]
    },
    line: |_, v| {
        let flag = |name: &str, option: &'static str| if v.yes(name) { option } else { "" };
        args([
            "local",
            "build",
            &option("target", &v.text("target")),
            flag("nocheck", "--nocheck"),
            flag("keep", "--keep"),
            flag("shell", "--shell-after-fail"),
            &v.text("source"),
        ])
    },
    terminal: true,
    ..BASE
};

pub const OPS: &[Op] = &[
    Op { on: |s| matches!(s, Subject::Target(_)), ..*BUILD },
    Op {
        name: "root-here",
        help: "a root like its buildroots on this machine",
        who: Who::Anyone,
        on: |s| matches!(s, Subject::Target(_) | Subject::Tag(_) | Subject::Task(_) | Subject::Build { .. }),
        line: |s, _| args(["local", "init", &s.name()]),
        terminal: true,
        ..BASE
    },
    Op {
        name: "make-here",
        help: "the same buildroot on this machine, from the packages the hub recorded",
        who: Who::Anyone,
        on: |s| matches!(s, Subject::Buildroot(_)),
        line: |s, _| args(["local", "init", &option("buildroot", &s.name())]),
        terminal: true,
        ..BASE
    },
    Op {
        name: "enter",
        help: "a shell in the root, as the build user",
        who: Who::Anyone,
        on: root,
        line: |s, _| args(["local", "shell", &s.name()]),
        terminal: true,
        ..BASE
    },
    Op {
        name: "verify",
        help: "compare its packages with what the hub recorded of the server's",
        who: Who::Anyone,
        on: root,
        line: |s, _| args(["local", "verify", &s.name()]),
        terminal: true,
        ..BASE
    },
    Op {
        name: "remove",
        help: "the root and what is in it",
        who: Who::Anyone,
        destroys: true,
        on: root,
        line: |s, _| args(["local", "rm", &s.name()]),
        then: |_| Some(Place::new("local", "")),
        ..BASE
    },
];
