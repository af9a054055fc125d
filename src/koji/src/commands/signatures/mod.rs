//! Commands on signatures of rpms and the copies that have them.

pub mod import_sig;
pub mod list_signed;
mod prune;
pub mod prune_signed_copies;
pub mod remove_sig;
pub mod rename_sig;
pub mod write_signed_rpm;

use koji_api::methods as m;
use koji_api::paths::PathInfo;
use koji_xmlrpc::Value;

use super::tagging::build_dir;
use crate::context::Cx;
use crate::error::Result;
use crate::lookup::{field, items, text};

/// Path of an rpm's signed copy.
fn signed_path(paths: &PathInfo, build: &Value, rpm: &Value, key: &str) -> String {
    let nvr = (text(rpm, "name"), text(rpm, "version"), text(rpm, "release"));
    format!("{}/{}", build_dir(paths, build), PathInfo::signed(nvr, text(rpm, "arch"), key))
}

/// Rpms with each of their signatures (with `key`, those made with it), in the order of the rpms.
async fn signatures<'a>(cx: &Cx, rpms: &'a [Value], key: Option<&str>) -> Result<Vec<(&'a Value, Value)>> {
    let mut calls = cx.hub().multicall().batch(5000);
    for rpm in rpms {
        calls.add(m::QueryRPMSigs { rpm_id: field(rpm, "id"), sigkey: key.into(), ..Default::default() });
    }
    let mut found = Vec::new();
    for (rpm, answer) in rpms.iter().zip(calls.run().await?) {
        found.extend(items(&answer?).iter().map(|sig| (rpm, sig.clone())));
    }
    Ok(found)
}
