use super::*;

fn build(s: &Subject) -> bool {
    matches!(s, Subject::Build { .. } | Subject::Tagged { .. })
}

fn tagged(s: &Subject) -> bool {
    matches!(s, Subject::Tagged { .. })
}

fn tag_of(s: &Subject) -> String {
    if let Subject::Tagged { tag, .. } = s { tag.clone() } else { String::new() }
}

pub const OPS: &[Op] = &[
    Op {
        name: "tag",
        help: "into a tag",
        on: build,
        fields: |_, _| vec![field("tag", "tag", Source::Tags)],
        line: |s, v| args(["tag-build", "--nowait", &v.text("tag"), &s.name()]),
        calls: |s, v| vec![call("tagBuild", [v.text("tag").into(), s.name().into()])],
        ..BASE
    },
    Op {
        name: "untag",
        help: "out of this tag",
        destroys: true,
        on: tagged,
        line: |s, _| args(["untag-build", &tag_of(s), &s.name()]),
        calls: |s, _| vec![call("untagBuild", [tag_of(s).into(), s.name().into()])],
        ..BASE
    },
    Op {
        name: "move",
        help: "from this tag into another",
        on: tagged,
        fields: |_, _| vec![field("to", "to tag", Source::Tags)],
        line: |s, v| args(["move-build", "--nowait", &tag_of(s), &v.text("to"), &s.name()]),
        calls: |s, v| vec![call("moveBuild", [tag_of(s).into(), v.text("to").into(), s.name().into()])],
        ..BASE
    },
    Op {
        name: "untag-from",
        help: "out of a tag",
        destroys: true,
        on: |s| matches!(s, Subject::Build { .. }),
        fields: |_, _| vec![field("tag", "tag", Source::Tags)],
        line: |s, v| args(["untag-build", &v.text("tag"), &s.name()]),
        calls: |s, v| vec![call("untagBuild", [v.text("tag").into(), s.name().into()])],
        ..BASE
    },
    Op {
        name: "cancel-build",
        help: "give up a build that is under way",
        destroys: true,
        on: |s| matches!(s, Subject::Build { .. }),
        line: |s, _| args(["cancel", &s.name()]),
        calls: |s, _| vec![call("cancelBuild", [s.name().into()])],
        ..BASE
    },
    Op {
        name: "reproduce",
        help: "build it again here, in the server's buildroot, and compare",
        who: Who::Anyone,
        on: build,
        line: |s, _| args(["repro", &s.name()]),
        terminal: true,
        ..BASE
    },
];
