use super::*;

fn target_of(s: &Subject) -> String {
    if let Subject::Target(name) = s { name.clone() } else { String::new() }
}

/// The form of `b`: starts a build.
pub const BUILD: &Op = &Op {
    name: "build",
    help: "start a build",
    on: |s| matches!(s, Subject::Target(_)),
    fields: |s, _| {
        vec![
            field("target", "target", Source::Targets).value(target_of(s)),
            field("source", "source (URL#COMMIT, or an SRPM here)", Source::Text),
            field("scratch", "scratch", Source::YesNo).value("no"),
            field("arches", "only these arches (scratch)", Source::Text).optional(),
            field("background", "in the background", Source::YesNo).value("no"),
            field("skip_tag", "do not tag", Source::YesNo).value("no"),
        ]
    },
    line: |_, v| {
        let flag = |name: &str, option: &'static str| if v.yes(name) { option } else { "" };
        args([
            "build",
            "--nowait",
            flag("scratch", "--scratch"),
            flag("background", "--background"),
            flag("skip_tag", "--skip-tag"),
            &option("arch-override", &v.text("arches")),
            &v.text("target"),
            &v.text("source"),
        ])
    },
    calls: |_, v| {
        let source = v.text("source");
        // a file must be uploaded first: the command does that
        if !source.contains("://") {
            return Vec::new();
        }
        let mut opts = Struct::new();
        for name in ["scratch", "skip_tag"] {
            if v.yes(name) {
                opts.insert(name.into(), true.into());
            }
        }
        if !v.text("arches").is_empty() {
            opts.insert("arch_override".into(), v.text("arches").into());
        }
        let priority = if v.yes("background") { Value::Int(5) } else { Value::Nil };
        vec![call("build", [source.into(), v.text("target").into(), Value::Struct(opts), priority])]
    },
    then: |_| Some(Place::new("task", "$answer")),
    ..BASE
};

pub const OPS: &[Op] = &[Op { on: |s| matches!(s, Subject::Target(_)), ..*BUILD }];
