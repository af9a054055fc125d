use super::prelude::*;

methods! {
    /// Records whose name matches; `matchType` is glob, regexp or exact.
    Search "search" Anyone (terms, r#type, matchType, queryOpts = Value::Nil);
}
