//! Points in history, and when tags changed.

use super::prelude::*;

methods! {
    /// An event's `id` and `ts` (seconds since 1970).
    GetEvent "getEvent" Anyone (id, strict = Value::Bool(true));
    /// The last event, or the last one before a time in seconds since 1970.
    GetLastEvent "getLastEvent" Anyone (before = Value::Nil, strict = Value::Bool(true));
    /// Rows of versioned tables with who changed them when, by table; filters as keywords.
    QueryHistory "queryHistory" Anyone (tables = Value::Nil; **kwargs);
    /// Whether anything about one of the tags changed after the event; inheritance is not followed.
    TagChangedSinceEvent "tagChangedSinceEvent" Anyone (event, taglist);
    /// The first event after `after` that changed the tag; without it the tag's creation.
    TagFirstChangeEvent "tagFirstChangeEvent" Anyone (tag, after = Value::Nil, inherit: bool = true);
    /// The last event, before `before` if given, that changed the tag.
    TagLastChangeEvent "tagLastChangeEvent" Anyone (tag, before = Value::Nil, inherit: bool = true);
}
