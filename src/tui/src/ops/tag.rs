use super::*;

fn tag(s: &Subject) -> bool {
    matches!(s, Subject::Tag(_))
}

pub const OPS: &[Op] = &[
    Op {
        name: "regen",
        help: "make the tag's repository anew",
        who: Who::LoggedIn,
        destroys: false,
        on: tag,
        fields: no_fields,
        line: |s, _| args(["regen-repo", "--nowait", &s.name()]),
        calls: |s, _| vec![call("newRepo", [s.name().into()])],
        then: nowhere,
    },
    Op {
        name: "request-repo",
        help: "ask for a current repository; nothing happens if it is current",
        who: Who::LoggedIn,
        destroys: false,
        on: tag,
        fields: no_fields,
        line: |s, _| args(["request-repo", "--nowait", &s.name()]),
        calls: |s, _| vec![call("repo.request", [s.name().into()])],
        then: nowhere,
    },
    Op {
        name: "lock",
        help: "no more changes to its contents",
        who: Who::Perm("tag"),
        destroys: false,
        on: tag,
        fields: no_fields,
        line: |s, _| args(["lock-tag", "--master", &s.name()]),
        calls: |s, _| vec![call_with("editTag2", [s.name().into()], [("locked", true.into())])],
        then: nowhere,
    },
    Op {
        name: "unlock",
        help: "changes to its contents again",
        who: Who::Perm("tag"),
        destroys: false,
        on: tag,
        fields: no_fields,
        line: |s, _| args(["unlock-tag", &s.name()]),
        calls: |s, _| {
            vec![call_with(
                "editTag2",
                [s.name().into()],
                [("locked", false.into()), ("perm_id", Value::Nil)],
            )]
        },
        then: nowhere,
    },
    Op {
        name: "edit",
        help: "name and arches",
        who: Who::Perm("tag"),
        destroys: false,
        on: tag,
        fields: |s| {
            vec![
                field("name", "name", Source::Text).value(s.name()),
                field("arches", "arches (empty: as they are)", Source::Text).optional(),
            ]
        },
        line: |s, v| {
            let arches = v.text("arches");
            let arches = if arches.is_empty() { String::new() } else { format!("--arches={arches}") };
            let name = v.text("name");
            let name = if name == s.name() { String::new() } else { format!("--rename={name}") };
            args(["edit-tag", &arches, &name, &s.name()])
        },
        calls: |s, v| {
            let mut changes = Struct::new();
            if v.text("name") != s.name() {
                changes.insert("name".into(), v.text("name").into());
            }
            if !v.text("arches").is_empty() {
                changes.insert("arches".into(), v.text("arches").into());
            }
            vec![Call {
                method: "editTag2".into(),
                params: join_kwargs(vec![s.name().into()], changes),
                login: true,
            }]
        },
        then: nowhere,
    },
    Op {
        name: "add-parent",
        help: "inherit from another tag",
        who: Who::Perm("tag"),
        destroys: false,
        on: tag,
        fields: |_| {
            vec![
                field("parent", "parent", Source::Tags),
                field("priority", "priority (must be free)", Source::Text).value("0"),
            ]
        },
        line: |s, v| {
            args([
                "add-tag-inheritance",
                &format!("--priority={}", v.text("priority")),
                &s.name(),
                &v.text("parent"),
            ])
        },
        // the hub takes links with names for ids in no version: the command looks them up, so it is run
        calls: |_, _| Vec::new(),
        then: nowhere,
    },
    Op {
        name: "remove-parent",
        help: "inherit from a tag no longer",
        who: Who::Perm("tag"),
        destroys: true,
        on: tag,
        fields: |_| vec![field("parent", "parent", Source::Tags)],
        line: |s, v| args(["remove-tag-inheritance", &s.name(), &v.text("parent")]),
        calls: |_, _| Vec::new(),
        then: nowhere,
    },
    Op {
        name: "add-package",
        help: "a package may be built for this tag",
        who: Who::Perm("tag"),
        destroys: false,
        on: tag,
        fields: |_| {
            vec![field("package", "package", Source::Packages), field("owner", "owner", Source::Users)]
        },
        line: |s, v| {
            args(["add-pkg", &format!("--owner={}", v.text("owner")), &s.name(), &v.text("package")])
        },
        calls: |s, v| {
            vec![call("packageListAdd", [s.name().into(), v.text("package").into(), v.text("owner").into()])]
        },
        then: nowhere,
    },
    Op {
        name: "block-package",
        help: "a package is not taken from parents any more",
        who: Who::Perm("tag"),
        destroys: false,
        on: tag,
        fields: |_| vec![field("package", "package", Source::Packages)],
        line: |s, v| args(["block-pkg", &s.name(), &v.text("package")]),
        calls: |s, v| vec![call("packageListBlock", [s.name().into(), v.text("package").into()])],
        then: nowhere,
    },
    Op {
        name: "remove-tag",
        help: "delete the tag",
        who: Who::Perm("tag"),
        destroys: true,
        on: tag,
        fields: no_fields,
        line: |s, _| args(["remove-tag", &s.name()]),
        calls: |s, _| vec![call("deleteTag", [s.name().into()])],
        then: |_| Some(Place::new("tags", "")),
    },
];
