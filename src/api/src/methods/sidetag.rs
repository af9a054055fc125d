use super::prelude::*;

methods! {
    /// Makes a tag with a target below a base tag, owned by the caller, if the policy sidetag allows; answers name and id.
    CreateSideTag "createSideTag" Login (basetag, debuginfo: bool = false, suffix = Value::Nil);
    /// Changes of a side tag that its base tag lets its owner make.
    EditSideTag "editSideTag" Login (sidetag, debuginfo = Value::Nil, rpm_macros = Value::Nil, remove_rpm_macros = Value::Nil, extra = Value::Nil, remove_extra = Value::Nil);
    /// Side tags, all or those of a base tag or user.
    ListSideTags "listSideTags" Anyone (basetag = Value::Nil, user = Value::Nil, queryOpts = Value::Nil);
    /// Deletes the caller's side tag and its target.
    RemoveSideTag "removeSideTag" Login (sidetag);
}
