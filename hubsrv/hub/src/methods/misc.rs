//! Greetings and introspection.

use koji_api::methods::{Echo, GetAPIVersion};
use koji_xmlrpc::Value;

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;

pub const TABLE: &[Entry] = &[read!(GetAPIVersion, get_api_version), read!(Echo, echo)];

async fn get_api_version(_: &mut Cx, _: GetAPIVersion) -> Outcome<i64> {
    Ok(1)
}

async fn echo(_: &mut Cx, call: Echo) -> Outcome<Vec<Value>> {
    Ok(call.args)
}
