use super::prelude::*;

methods! {
    CheckTagAccess "checkTagAccess" Anyone (tag_id, user_id = Value::Nil);
    CreateTag "createTag" Perm("tag") (name, parent = Value::Nil, arches = Value::Nil, perm = Value::Nil, locked: bool = false, maven_support: bool = false, maven_include_all: bool = false, extra = Value::Nil);
    DeleteTag "deleteTag" Perm("tag") (tagInfo);
    EditTag "editTag" Perm("tag") (tagInfo, name, arches, locked, permissionID, extra = Value::Nil);
    EditTag2 "editTag2" Perm("tag") (tagInfo; **kwargs);
    GetTag "getTag" Anyone (tagInfo, strict: bool = false, event = Value::Nil, blocked: bool = false);
    GetTagID "getTagID" Inside (info, strict: bool = false, create: bool = false);
    ListTags "listTags" Anyone (build = Value::Nil, package = Value::Nil, perms: bool = true, queryOpts = Value::Nil, pattern = Value::Nil);
}
