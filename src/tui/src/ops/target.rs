use super::*;

fn target(s: &Subject) -> bool {
    matches!(s, Subject::Target(_))
}

pub const OPS: &[Op] = &[
    Op {
        name: "edit-target",
        help: "name, build tag and destination",
        who: Who::Perm("target"),
        destroys: false,
        on: target,
        fields: |s| {
            vec![
                field("name", "name", Source::Text).value(s.name()),
                field("build", "build tag", Source::Tags),
                field("dest", "destination tag", Source::Tags),
            ]
        },
        line: |s, v| {
            args([
                "edit-target",
                &format!("--rename={}", v.text("name")),
                &format!("--build-tag={}", v.text("build")),
                &format!("--dest-tag={}", v.text("dest")),
                &s.name(),
            ])
        },
        calls: |s, v| {
            let params = [s.name(), v.text("name"), v.text("build"), v.text("dest")].map(Value::from);
            vec![call("editBuildTarget", params)]
        },
        then: nowhere,
    },
    Op {
        name: "remove-target",
        help: "delete the target",
        who: Who::Perm("target"),
        destroys: true,
        on: target,
        fields: no_fields,
        line: |s, _| args(["remove-target", &s.name()]),
        calls: |s, _| vec![call("deleteBuildTarget", [s.name().into()])],
        then: |_| Some(Place::new("targets", "")),
    },
];
