use super::prelude::*;

methods! {
    Count "count" Anyone (methodName; *args; **kw);
    CountAndFilterResults "countAndFilterResults" Anyone (methodName; *args; **kw);
    FilterResults "filterResults" Anyone (methodName; *args; **kw);
}
