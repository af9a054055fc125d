use koji_api::methods as m;

use super::*;
use crate::cell::text;

fn tag(s: &Subject) -> bool {
    matches!(s, Subject::Tag(_))
}

fn link_fields(priority: &str) -> Vec<Field> {
    let priority = field("priority", "priority (must be free)", Source::Text).value(priority);
    vec![
        field("parent", "parent", Source::Tags),
        if priority.value.is_empty() { priority.optional() } else { priority },
        field("maxdepth", "levels above it", Source::Text).optional(),
        field("filter", "only packages (regular expression)", Source::Text).optional(),
        field("noconfig", "not its configuration", Source::YesNo).value("no"),
        field("intransitive", "not passed on", Source::YesNo).value("no"),
    ]
}

fn link_options(v: &Values) -> Vec<String> {
    let flag = |name: &str| if v.yes(name) { format!("--{name}") } else { String::new() };
    let options = [
        option("priority", &v.text("priority")),
        option("maxdepth", &v.text("maxdepth")),
        option("pkg-filter", &v.text("filter")),
        flag("noconfig"),
        flag("intransitive"),
    ];
    options.into_iter().filter(|o| !o.is_empty()).collect()
}

pub const OPS: &[Op] = &[
    Op {
        name: "regen",
        help: "make the tag's repository anew",
        on: tag,
        line: |s, _| args(["regen-repo", "--nowait", &s.name()]),
        calls: |s, _| vec![call("newRepo", [s.name().into()])],
        ..BASE
    },
    Op {
        name: "request-repo",
        help: "ask for a current repository; nothing happens if it is current",
        on: tag,
        line: |s, _| args(["request-repo", "--nowait", &s.name()]),
        calls: |s, _| vec![call("repo.request", [s.name().into()])],
        ..BASE
    },
    Op {
        name: "lock",
        help: "no more changes to its contents",
        who: Who::Perm("tag"),
        on: tag,
        line: |s, _| args(["lock-tag", "--master", &s.name()]),
        calls: |s, _| vec![call_with("editTag2", [s.name().into()], [("locked", true.into())])],
        ..BASE
    },
    Op {
        name: "unlock",
        help: "changes to its contents again",
        who: Who::Perm("tag"),
        on: tag,
        line: |s, _| args(["unlock-tag", &s.name()]),
        calls: |s, _| {
            vec![call_with(
                "editTag2",
                [s.name().into()],
                [("locked", false.into()), ("perm_id", Value::Nil)],
            )]
        },
        ..BASE
    },
    Op {
        name: "edit",
        help: "name, arches, permission",
        who: Who::Perm("tag"),
        on: tag,
        fields: |s, store| {
            let known = store.value(&Call::new(m::GetTag { tagInfo: s.name().into(), ..Default::default() }));
            let was = |key| known.as_deref().map(|t| text(t, key)).unwrap_or_default();
            vec![
                field("name", "name", Source::Text).value(s.name()).single(),
                field("arches", "arches", Source::Text).value(was("arches")).optional(),
                field("perm", "permission needed to tag", Source::Permissions).value(was("perm")).optional(),
            ]
        },
        line: |s, v| {
            let name = v.text("name");
            let name = if name == s.name() { String::new() } else { option("rename", &name) };
            args([
                "edit-tag",
                &option("arches", &v.text("arches")),
                &name,
                &option("perm", &v.text("perm")),
                &s.name(),
            ])
        },
        calls: |s, v| {
            let mut changes = Struct::new();
            for key in ["name", "arches", "perm"] {
                let value = v.text(key);
                if !value.is_empty() && (key != "name" || value != s.name()) {
                    changes.insert(key.into(), value.into());
                }
            }
            vec![call_with_all("editTag2", vec![s.name().into()], changes)]
        },
        ..BASE
    },
    Op {
        name: "set-option",
        help: "an extra option: rpm.macro.NAME, mock.new_chroot, …",
        who: Who::Perm("tag"),
        on: tag,
        fields: |_, _| {
            vec![field("key", "option", Source::Text), field("value", "value (JSON, or text)", Source::Text)]
        },
        line: |s, v| args(["edit-tag", "-x", &format!("{}={}", v.text("key"), v.text("value")), &s.name()]),
        calls: |s, v| {
            let text = v.text("value");
            let value =
                serde_json::from_str(&text).map_or_else(|_| text.into(), |j| crate::call::from_json(&j));
            let extra = Value::Struct([(v.text("key"), value)].into_iter().collect());
            vec![call_with("editTag2", [s.name().into()], [("extra", extra)])]
        },
        ..BASE
    },
    Op {
        name: "remove-option",
        help: "an extra option of the tag's own",
        who: Who::Perm("tag"),
        on: tag,
        fields: |_, _| vec![field("key", "option", Source::Text)],
        line: |s, v| args(["edit-tag", "-r", &v.text("key"), &s.name()]),
        calls: |s, v| {
            let keys = Value::Array(vec![v.text("key").into()]);
            vec![call_with("editTag2", [s.name().into()], [("remove_extra", keys)])]
        },
        ..BASE
    },
    Op {
        name: "block-option",
        help: "an extra option is not inherited",
        who: Who::Perm("tag"),
        on: tag,
        fields: |_, _| vec![field("key", "option", Source::Text)],
        line: |s, v| args(["edit-tag", "-b", &v.text("key"), &s.name()]),
        calls: |s, v| {
            let keys = Value::Array(vec![v.text("key").into()]);
            vec![call_with("editTag2", [s.name().into()], [("block_extra", keys)])]
        },
        ..BASE
    },
    // links are kept by the ids of their tags: the commands look them up
    Op {
        name: "add-parent",
        help: "inherit from another tag",
        who: Who::Perm("tag"),
        on: tag,
        fields: |_, _| link_fields("0"),
        line: |s, v| {
            let mut line = args(["add-tag-inheritance"]);
            line.extend(link_options(v));
            line.extend([s.name(), v.text("parent")]);
            line
        },
        ..BASE
    },
    Op {
        name: "edit-parent",
        help: "priority, depth, filter of a link to a parent",
        who: Who::Perm("tag"),
        on: tag,
        fields: |_, _| link_fields(""),
        line: |s, v| {
            let mut line = args(["edit-tag-inheritance"]);
            line.extend(link_options(v));
            line.extend([s.name(), v.text("parent")]);
            line
        },
        ..BASE
    },
    Op {
        name: "remove-parent",
        help: "inherit from a tag no longer",
        who: Who::Perm("tag"),
        destroys: true,
        on: tag,
        fields: |_, _| vec![field("parent", "parent", Source::Tags)],
        line: |s, v| args(["remove-tag-inheritance", &s.name(), &v.text("parent")]),
        ..BASE
    },
    Op {
        name: "add-tag",
        help: "make a tag that inherits from this one",
        who: Who::Perm("tag"),
        on: tag,
        fields: |_, _| {
            vec![field("name", "name", Source::Text), field("arches", "arches", Source::Text).optional()]
        },
        line: |s, v| {
            let (parent, arches) = (option("parent", &s.name()), option("arches", &v.text("arches")));
            args(["add-tag", &parent, &arches, &v.text("name")])
        },
        calls: |s, v| {
            let mut more: Struct = [("parent".to_owned(), s.name().into())].into_iter().collect();
            if !v.text("arches").is_empty() {
                more.insert("arches".into(), v.text("arches").into());
            }
            vec![call_with_all("createTag", vec![v.text("name").into()], more)]
        },
        ..BASE
    },
    Op {
        name: "add-target",
        help: "make a target that builds in this tag",
        who: Who::Perm("target"),
        on: tag,
        fields: |s, _| {
            vec![
                field("name", "name", Source::Text).value(s.name().trim_end_matches("-build")),
                field("dest", "destination tag", Source::Tags),
            ]
        },
        line: |s, v| args(["add-target", &v.text("name"), &s.name(), &v.text("dest")]),
        calls: |s, v| {
            vec![call("createBuildTarget", [v.text("name").into(), s.name().into(), v.text("dest").into()])]
        },
        ..BASE
    },
    Op {
        name: "add-package",
        help: "a package may be built for this tag",
        who: Who::Perm("tag"),
        on: tag,
        fields: |_, _| {
            vec![field("package", "package", Source::Packages), field("owner", "owner", Source::Users)]
        },
        line: |s, v| {
            args(["add-pkg", &format!("--owner={}", v.text("owner")), &s.name(), &v.text("package")])
        },
        calls: |s, v| {
            vec![call("packageListAdd", [s.name().into(), v.text("package").into(), v.text("owner").into()])]
        },
        ..BASE
    },
    Op {
        name: "block-package",
        help: "a package is not taken from parents any more",
        who: Who::Perm("tag"),
        on: tag,
        fields: |_, _| vec![field("package", "package", Source::Packages)],
        line: |s, v| args(["block-pkg", &s.name(), &v.text("package")]),
        calls: |s, v| vec![call("packageListBlock", [s.name().into(), v.text("package").into()])],
        ..BASE
    },
    Op {
        name: "remove-tag",
        help: "delete the tag",
        who: Who::Perm("tag"),
        destroys: true,
        on: tag,
        line: |s, _| args(["remove-tag", &s.name()]),
        calls: |s, _| vec![call("deleteTag", [s.name().into()])],
        then: |_| Some(Place::new("tags", "")),
        ..BASE
    },
];
