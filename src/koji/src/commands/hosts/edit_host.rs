use koji_api::methods as m;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::lookup::arches;
use koji_xmlrpc::{Struct, Value};

/// Change build hosts
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[arg(value_name = "HOSTNAME", required = true)]
    hosts: Vec<String>,
    /// Arches that they build for
    #[arg(long)]
    arches: Option<String>,
    /// How much work they take at a time
    #[arg(long)]
    capacity: Option<f64>,
    /// What they are
    #[arg(long, value_name = "DESC")]
    description: Option<String>,
    /// A remark
    #[arg(long)]
    comment: Option<String>,
}

pub async fn run(cx: &mut Cx, a: Arguments) -> Result {
    let values = [
        ("arches", arches(a.arches.as_deref())?),
        ("capacity", a.capacity.into()),
        ("description", a.description.into()),
        ("comment", a.comment.into()),
    ];
    let given = values.into_iter().filter(|(_, value): &(&str, Value)| !value.is_nil());
    let kw: Struct = given.map(|(key, value)| (key.to_owned(), value)).collect();
    let mut calls = cx.hub().multicall();
    for host in &a.hosts {
        calls.add(m::GetHost { hostInfo: host.into(), ..Default::default() });
    }
    let mut missing = false;
    for (host, answer) in a.hosts.iter().zip(calls.run().await?) {
        if !answer?.truthy() {
            cx.out.warn(format!("No such host: {host}"));
            missing = true;
        }
    }
    if missing {
        return Err(CommandError::new("No changes made, please correct the command line"));
    }
    let mut calls = cx.hub().multicall();
    for host in &a.hosts {
        calls.add(m::EditHost { hostInfo: host.into(), kw: kw.clone() });
    }
    for (host, answer) in a.hosts.iter().zip(calls.run().await?) {
        if answer?.truthy() {
            cx.out.line(format!("Edited {host}"));
        } else {
            cx.out.line(format!("No changes made to {host}"));
        }
    }
    Ok(())
}
