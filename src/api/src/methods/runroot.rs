use super::prelude::*;

methods! {
    /// Runs a command in a buildroot of a tag; the task's id.
    Runroot "runroot" Perm("runroot") (tagInfo, arch, command, channel = Value::Nil; **opts);
}
