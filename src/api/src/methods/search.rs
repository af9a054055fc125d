use super::prelude::*;

methods! {
    Search "search" Anyone (terms, r#type, matchType, queryOpts = Value::Nil);
}
