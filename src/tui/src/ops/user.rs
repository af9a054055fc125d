use super::*;

fn user(s: &Subject) -> bool {
    matches!(s, Subject::User(_))
}

fn permission(_: &Subject, _: &Store) -> Vec<Field> {
    vec![field("permission", "permission", Source::Permissions)]
}

pub const OPS: &[Op] = &[
    Op {
        name: "enable",
        help: "may log in again",
        who: Who::Perm("admin"),
        on: user,
        line: |s, _| args(["enable-user", &s.name()]),
        calls: |s, _| vec![call("enableUser", [s.name().into()])],
        ..BASE
    },
    Op {
        name: "disable",
        help: "may not log in any more",
        who: Who::Perm("admin"),
        destroys: true,
        on: user,
        line: |s, _| args(["disable-user", &s.name()]),
        calls: |s, _| vec![call("disableUser", [s.name().into()])],
        ..BASE
    },
    Op {
        name: "grant",
        help: "a permission",
        who: Who::Perm("admin"),
        on: user,
        fields: permission,
        line: |s, v| args(["grant-permission", &v.text("permission"), &s.name()]),
        calls: |s, v| vec![call("grantPermission", [s.name().into(), v.text("permission").into()])],
        ..BASE
    },
    Op {
        name: "revoke",
        help: "a permission",
        who: Who::Perm("admin"),
        destroys: true,
        on: user,
        fields: permission,
        line: |s, v| args(["revoke-permission", &v.text("permission"), &s.name()]),
        calls: |s, v| vec![call("revokePermission", [s.name().into(), v.text("permission").into()])],
        ..BASE
    },
];
