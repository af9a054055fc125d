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
        who: Who::LoggedIn,
        destroys: false,
        on: build,
        fields: |_| vec![field("tag", "tag", Source::Tags)],
        line: |s, v| args(["tag-build", "--nowait", &v.text("tag"), &s.name()]),
        calls: |s, v| vec![call("tagBuild", [v.text("tag").into(), s.name().into()])],
        then: nowhere,
    },
    Op {
        name: "untag",
        help: "out of this tag",
        who: Who::LoggedIn,
        destroys: true,
        on: tagged,
        fields: no_fields,
        line: |s, _| args(["untag-build", &tag_of(s), &s.name()]),
        calls: |s, _| vec![call("untagBuild", [tag_of(s).into(), s.name().into()])],
        then: nowhere,
    },
    Op {
        name: "move",
        help: "from this tag into another",
        who: Who::LoggedIn,
        destroys: false,
        on: tagged,
        fields: |_| vec![field("to", "to tag", Source::Tags)],
        line: |s, v| args(["move-build", "--nowait", &tag_of(s), &v.text("to"), &s.name()]),
        calls: |s, v| vec![call("moveBuild", [tag_of(s).into(), v.text("to").into(), s.name().into()])],
        then: nowhere,
    },
    Op {
        name: "untag-from",
        help: "out of a tag",
        who: Who::LoggedIn,
        destroys: true,
        on: |s| matches!(s, Subject::Build { .. }),
        fields: |_| vec![field("tag", "tag", Source::Tags)],
        line: |s, v| args(["untag-build", &v.text("tag"), &s.name()]),
        calls: |s, v| vec![call("untagBuild", [v.text("tag").into(), s.name().into()])],
        then: nowhere,
    },
];
