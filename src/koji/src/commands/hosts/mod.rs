//! Commands on build hosts.

pub mod add_host;
pub mod disable_host;
pub mod edit_host;
pub mod enable_host;
pub mod hostinfo;
pub mod list_hosts;
pub mod restart_hosts;

use koji_api::methods as m;
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::error::{CommandError, Result};

/// Switches hosts on or off, all of them or none.
async fn switch(cx: &Cx, hosts: &[String], on: bool, comment: Option<&str>) -> Result {
    if hosts.is_empty() {
        return Err(CommandError::usage("At least one host must be specified"));
    }
    let mut calls = cx.hub().multicall();
    for host in hosts {
        calls.add(m::GetHost { hostInfo: host.into(), ..Default::default() });
    }
    let mut missing = false;
    for (host, answer) in hosts.iter().zip(calls.run().await?) {
        if !answer?.truthy() {
            cx.out.line(format!("No such host: {host}"));
            missing = true;
        }
    }
    if missing {
        return Err(CommandError::new("No changes made. Please correct the command line."));
    }
    let mut calls = cx.hub().multicall();
    for host in hosts {
        if on {
            calls.add(m::EnableHost { hostname: host.into() });
        } else {
            calls.add(m::DisableHost { hostname: host.into() });
        }
        if let Some(comment) = comment {
            let kw = Struct::from_iter([("comment".to_owned(), Value::from(comment))]);
            calls.add(m::EditHost { hostInfo: host.into(), kw });
        }
    }
    for answer in calls.run().await? {
        answer?;
    }
    Ok(())
}
