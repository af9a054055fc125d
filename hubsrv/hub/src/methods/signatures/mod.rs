//! Signatures of rpms: kept apart from them, put into copies when asked.

mod add;
mod checksums;
mod delete;
mod write;

use koji_api::methods::{AddRPMSig, DeleteRPMSig, GetRPMChecksums, QueryRPMSigs, WriteSignedRPM};
use koji_api::types::repr;
use koji_db::{QueryOpts, signatures};
use koji_xmlrpc::Value;

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::reply::Reply;
use crate::{filters, lookup};

pub(crate) use write::write_copy;

pub const TABLE: &[Entry] = &[
    write!(AddRPMSig, add::add_rpm_sig),
    write!(DeleteRPMSig, delete::delete_rpm_sig),
    write!(GetRPMChecksums, checksums::get_rpm_checksums),
    kept!(QueryRPMSigs, query_rpm_sigs),
    write!(WriteSignedRPM, write::write_signed_rpm),
];

async fn query_rpm_sigs(cx: &mut Cx, call: QueryRPMSigs) -> Outcome<Reply> {
    let opts = QueryOpts::from_value(&call.queryOpts)?;
    let rpm = match &call.rpm_id {
        Value::Nil => None,
        Value::Int(id) => Some(*id),
        other => match lookup::rpms(&mut cx.tx, other).await?.first().and_then(|r| r.get("id")?.as_int()) {
            Some(id) => Some(id),
            None => return Ok(Reply::Value(Value::Array(Vec::new()))),
        },
    };
    let sigkey = filters::text(&call.sigkey).map(|key| key.to_lowercase());
    Ok(signatures::list(rpm, sigkey, &opts)?.into())
}

/// The key's id as it is stored.
fn key(sigkey: &Value) -> String {
    repr::text(sigkey).to_lowercase()
}
