use super::prelude::*;

methods! {
    /// Whether a user may tag builds with a tag: `[allowed, can be forced, reason]`.
    CheckTagAccess "checkTagAccess" Anyone (tag_id, user_id = Value::Nil);
    /// Makes a tag, or brings a deleted one back; answers its id.
    CreateTag "createTag" Perm("tag") (name, parent = Value::Nil, arches = Value::Nil, perm = Value::Nil, locked: bool = false, maven_support: bool = false, maven_include_all: bool = false, extra = Value::Nil);
    /// Revokes a tag and all that refers to it; its name and history stay.
    DeleteTag "deleteTag" Perm("tag") (tagInfo);
    /// The old form of `editTag2`: everything is given each time.
    EditTag "editTag" Perm("tag") (tagInfo, name, arches, locked, permissionID, extra = Value::Nil);
    /// Changes a tag: name, arches, locked, perm, maven_support, maven_include_all, extra, remove_extra, block_extra.
    EditTag2 "editTag2" Perm("tag") (tagInfo; **kwargs);
    /// A tag now, at an event, or with event `auto` as it last was; nil when there is none.
    GetTag "getTag" Anyone (tagInfo, strict: bool = false, event = Value::Nil, blocked: bool = false);
    /// The id of a tag, deleted ones included; `create` reserves a name.
    GetTagID "getTagID" Inside (info, strict: bool = false, create: bool = false);
    /// Existing tags, all or those of a build or package, or matching a glob.
    ListTags "listTags" Anyone (build = Value::Nil, package = Value::Nil, perms: bool = true, queryOpts = Value::Nil, pattern = Value::Nil);
}
