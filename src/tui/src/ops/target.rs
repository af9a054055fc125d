use koji_api::methods as m;

use super::*;
use crate::cell::text;

fn target(s: &Subject) -> bool {
    matches!(s, Subject::Target(_))
}

/// Its new name; empty where it keeps the old one.
fn rename(s: &Subject, v: &Values) -> String {
    let name = v.text("name");
    if name == s.name() { String::new() } else { name }
}

pub const OPS: &[Op] = &[
    Op {
        name: "edit-target",
        help: "name, build tag and destination",
        who: Who::Perm("target"),
        on: target,
        fields: |s, store| {
            let call = m::GetBuildTarget { info: s.name().into(), strict: true, ..Default::default() };
            let all = Call::new(m::GetBuildTargets::default());
            let known = store.value(&Call::new(call)).or_else(|| {
                let all = store.value(&all)?;
                let this = |t: &&Value| t.str_at("name") == Some(&s.name());
                crate::cell::rows(Some(&all)).iter().find(this).cloned().map(std::sync::Arc::new)
            });
            let was = |key| known.as_deref().map(|t| text(t, key)).unwrap_or_default();
            vec![
                field("name", "name", Source::Text).value(s.name()).single(),
                field("build", "build tag", Source::Tags).value(was("build_tag_name")),
                field("dest", "destination tag", Source::Tags).value(was("dest_tag_name")),
            ]
        },
        line: |s, v| {
            args([
                "edit-target",
                &option("rename", &rename(s, v)),
                &option("build-tag", &v.text("build")),
                &option("dest-tag", &v.text("dest")),
                &s.name(),
            ])
        },
        calls: |s, v| {
            let name = if rename(s, v).is_empty() { s.name() } else { rename(s, v) };
            let params = [s.name(), name, v.text("build"), v.text("dest")].map(Value::from);
            vec![call("editBuildTarget", params)]
        },
        ..BASE
    },
    Op {
        name: "remove-target",
        help: "delete the target",
        who: Who::Perm("target"),
        destroys: true,
        on: target,
        line: |s, _| args(["remove-target", &s.name()]),
        calls: |s, _| vec![call("deleteBuildTarget", [s.name().into()])],
        then: |_| Some(Place::new("targets", "")),
        ..BASE
    },
];
