use super::prelude::*;

methods! {
    Runroot "runroot" Perm("runroot") (tagInfo, arch, command, channel = Value::Nil; **opts);
}
