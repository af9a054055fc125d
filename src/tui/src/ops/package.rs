use super::*;

fn in_tag(s: &Subject) -> bool {
    matches!(s, Subject::Package { tag: Some(_), .. })
}

fn tag_of(s: &Subject) -> String {
    if let Subject::Package { tag: Some(tag), .. } = s { tag.clone() } else { String::new() }
}

pub const OPS: &[Op] = &[
    Op {
        name: "add-to-tag",
        help: "may be built for a tag",
        who: Who::Perm("tag"),
        on: |s| matches!(s, Subject::Package { .. }),
        fields: |_, _| vec![field("tag", "tag", Source::Tags), field("owner", "owner", Source::Users)],
        line: |s, v| args(["add-pkg", &format!("--owner={}", v.text("owner")), &v.text("tag"), &s.name()]),
        calls: |s, v| {
            vec![call("packageListAdd", [v.text("tag").into(), s.name().into(), v.text("owner").into()])]
        },
        ..BASE
    },
    Op {
        name: "block",
        help: "not taken from the tag's parents any more",
        who: Who::Perm("tag"),
        on: in_tag,
        line: |s, _| args(["block-pkg", &tag_of(s), &s.name()]),
        calls: |s, _| vec![call("packageListBlock", [tag_of(s).into(), s.name().into()])],
        ..BASE
    },
    Op {
        name: "unblock",
        help: "taken from the tag's parents again",
        who: Who::Perm("tag"),
        on: in_tag,
        line: |s, _| args(["unblock-pkg", &tag_of(s), &s.name()]),
        calls: |s, _| vec![call("packageListUnblock", [tag_of(s).into(), s.name().into()])],
        ..BASE
    },
    Op {
        name: "owner",
        help: "another owner in this tag",
        who: Who::Perm("tag"),
        on: in_tag,
        fields: |_, _| vec![field("owner", "owner", Source::Users)],
        line: |s, v| args(["set-pkg-owner", &v.text("owner"), &tag_of(s), &s.name()]),
        calls: |s, v| {
            vec![call("packageListSetOwner", [tag_of(s).into(), s.name().into(), v.text("owner").into()])]
        },
        ..BASE
    },
];
