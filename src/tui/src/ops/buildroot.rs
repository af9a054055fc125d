use super::*;

pub const OPS: &[Op] = &[Op {
    name: "make-here",
    help: "the same buildroot on this machine, from the packages the hub recorded",
    who: Who::Anyone,
    on: |s| matches!(s, Subject::Buildroot(_)),
    line: |s, _| args(["local", "init", &option("buildroot", &s.name())]),
    terminal: true,
    ..BASE
}];
