use super::prelude::*;

methods! {
    CreateSideTag "createSideTag" Login (basetag, debuginfo: bool = false, suffix = Value::Nil);
    EditSideTag "editSideTag" Login (sidetag, debuginfo = Value::Nil, rpm_macros = Value::Nil, remove_rpm_macros = Value::Nil, extra = Value::Nil, remove_extra = Value::Nil);
    ListSideTags "listSideTags" Anyone (basetag = Value::Nil, user = Value::Nil, queryOpts = Value::Nil);
    RemoveSideTag "removeSideTag" Login (sidetag);
}
