use super::prelude::*;

methods! {
    GetFullInheritance "getFullInheritance" Anyone (tag, event = Value::Nil, reverse: bool = false; **kwargs);
    GetInheritanceData "getInheritanceData" Anyone (tag, event = Value::Nil);
    GetUserPermsInheritance "getUserPermsInheritance" Anyone (userID);
    SetInheritanceData "setInheritanceData" Perm("tag") (tag, data, clear: bool = false);
}
