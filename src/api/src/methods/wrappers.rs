//! Counting and cutting what other methods answer.

use super::prelude::*;

methods! {
    /// The number of elements that the method answers with.
    Count "count" Anyone (methodName; *args; **kw);
    /// The number of elements, and those that `filterOpts` leave.
    CountAndFilterResults "countAndFilterResults" Anyone (methodName; *args; **kw);
    /// The method's answer ordered and cut by `filterOpts`: `{order, offset, limit, noneGreatest}`.
    FilterResults "filterResults" Anyone (methodName; *args; **kw);
}
