//! `restart`: the daemon finishes its tasks and starts anew. The daemon does it itself; this is what it asks first.

use koji_xmlrpc::Value;

pub const METHOD: &str = "restart";

/// Whether a restart request is meant for this host: its argument is the host's row.
pub fn is_for(request: Option<&Value>, host_id: i64) -> bool {
    let host = request.and_then(Value::as_array).and_then(|a| a.first());
    host.is_some_and(|h| h.int_at("id") == Some(host_id) || h.as_int() == Some(host_id))
}
