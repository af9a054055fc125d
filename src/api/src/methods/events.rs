use super::prelude::*;

methods! {
    GetEvent "getEvent" Anyone (id, strict: bool = true);
    GetLastEvent "getLastEvent" Anyone (before = Value::Nil, strict: bool = true);
    QueryHistory "queryHistory" Anyone (tables = Value::Nil; **kwargs);
    TagChangedSinceEvent "tagChangedSinceEvent" Anyone (event, taglist);
    TagFirstChangeEvent "tagFirstChangeEvent" Anyone (tag, after = Value::Nil, inherit: bool = true);
    TagLastChangeEvent "tagLastChangeEvent" Anyone (tag, before = Value::Nil, inherit: bool = true);
}
