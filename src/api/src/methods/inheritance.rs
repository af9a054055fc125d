use super::prelude::*;

methods! {
    /// All tags that a tag inherits from, in the order that decides; with `reverse` those that inherit from it.
    GetFullInheritance "getFullInheritance" Anyone (tag, event = Value::Nil, reverse: bool = false; **kwargs);
    /// The links of a tag to its parents, by priority.
    GetInheritanceData "getInheritanceData" Anyone (tag, event = Value::Nil);
    /// A user's permissions, each with where it comes from: nil or the names of groups.
    GetUserPermsInheritance "getUserPermsInheritance" Anyone (userID);
    /// Sets links of a tag to parents; a link with `delete link` is removed, `clear` removes all others.
    SetInheritanceData "setInheritanceData" Perm("tag") (tag, data, clear: bool = false);
}
