//! Build hosts.

use koji_api::Fault;
use koji_api::methods::{
    AddHost, DisableHost, EditHost, EnableHost, GetAllArches, GetHost, GetLastHostUpdate, ListHosts,
    RestartHosts,
};
use koji_api::types::{NameOrId, UserType, refs, repr};
use koji_db::hosts::{self, Filter, Host};
use koji_db::names::Table;
use koji_db::users::{self, UserRef};
use koji_db::{Query, Topic, Tx, channels};
use koji_rpm::arch;
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::tasks::{TaskOptions, make};
use crate::{filters, lookup};

pub const TABLE: &[Entry] = &[
    write!(AddHost, add_host),
    write!(DisableHost, disable_host),
    write!(EditHost, edit_host),
    write!(EnableHost, enable_host),
    kept!(GetAllArches, get_all_arches),
    kept!(GetHost, get_host),
    read!(GetLastHostUpdate, get_last_host_update),
    kept!(ListHosts, list_hosts),
    write!(RestartHosts, restart_hosts),
];

async fn get_host(cx: &mut Cx, call: GetHost) -> Outcome<Option<Struct>> {
    match lookup::host(&mut cx.tx, &call.hostInfo, refs::event(&call.event)?).await? {
        None if call.strict => Err(invalid(&call.hostInfo).into()),
        host => Ok(host.map(Struct::from)),
    }
}

fn invalid(info: &Value) -> Fault {
    Fault::generic(format!("Invalid hostInfo: {}", repr::text(info)))
}

/// `queryOpts` is accepted and has no effect, as upstream's.
async fn list_hosts(cx: &mut Cx, call: ListHosts) -> Outcome<Query> {
    let arches = match &call.arches {
        Value::Nil => None,
        arches if !arches.truthy() => return Err(Fault::generic("arches option cannot be empty").into()),
        Value::Array(names) => Some(names.iter().map(repr::text).collect()),
        one => Some(vec![refs::to_str(one)?.to_owned()]),
    };
    let channel = match &call.channelID {
        Value::Nil => None,
        channel => Some(lookup::named_strict(&mut cx.tx, Table::Channel, channel).await?.id),
    };
    let user = match &call.userID {
        Value::Nil => None,
        user => Some(lookup::user(&mut cx.tx, user).await?.id),
    };
    let (ready, enabled) = (filters::flag(&call.ready), filters::flag(&call.enabled));
    Ok(hosts::list(&Filter { arches, channel, ready, enabled, user }))
}

async fn get_last_host_update(cx: &mut Cx, call: GetLastHostUpdate) -> Outcome<Value> {
    let host = refs::to_int(&call.hostID)?;
    let Some(mut row) = hosts::last_update(&mut cx.tx, host).await? else { return Ok(Value::Nil) };
    Ok(row.swap_remove(if call.ts { "ts" } else { "update_time" }).unwrap_or_default())
}

/// Canonical, each once, in the order of the hosts.
async fn get_all_arches(cx: &mut Cx, _: GetAllArches) -> Outcome<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for row in hosts::arches(&mut cx.tx).await? {
        for name in row.get("arches").and_then(Value::as_str).unwrap_or_default().split_whitespace() {
            let name = arch::canonical(name);
            if !all.iter().any(|known| known == name) {
                all.push(name.to_owned());
            }
        }
    }
    Ok(all)
}

/// A list of names. A string is the list of its characters: upstream joins it so, and clients may rely on the answer.
fn arches(value: &Value) -> Result<String, Fault> {
    match value {
        Value::Str(text) => {
            let letters: Vec<Value> = text.chars().map(|c| Value::Str(c.to_string())).collect();
            lookup::arches(&Value::Array(letters))
        }
        Value::Array(_) => lookup::arches(value),
        other => Err(refs::wrong_type(other, "list")),
    }
}

async fn add_host(cx: &mut Cx, call: AddHost) -> Outcome<i64> {
    let name = cx.hub.names.internal(&call.hostname)?;
    cx.hub.names.user(&call.hostname)?;
    let arches = arches(&call.arches)?;
    let settings = cx.hub.settings();
    let principal = match &call.krb_principal {
        value if value.truthy() => Some(cx.hub.names.principal(value)?.to_owned()),
        _ => None,
    };
    // a new user gets a principal from the configuration if none is given
    let default_principal = settings.host_principal_format.as_ref().map(|format| format.replace("%s", name));
    let tx = &mut cx.tx;
    if hosts::get(tx, &name.into(), None).await?.is_some() {
        return Err(Fault::generic(format!("host already exists: {name}")).into());
    }
    let user = host_user(tx, name, principal, default_principal, call.force).await?;
    let host = hosts::add(tx, user, name, &arches).await?;
    let channel = lookup::named_strict(tx, Table::Channel, &"default".into()).await?.id;
    channels::add_host(tx, channel, host).await?;
    tx.announce(Topic::Scheduler);
    Ok(host)
}

/// The user of a new host. It can exist already, when the host logged in before it was added.
async fn host_user(
    tx: &mut Tx,
    name: &str,
    principal: Option<String>,
    default_principal: Option<String>,
    force: bool,
) -> Outcome<i64> {
    let who = UserRef::Parts { id: None, name: Some(name.to_owned()), principal: principal.clone() };
    let Some(user) = users::find(tx, &who).await? else {
        let id = users::create(tx, name, UserType::Host, 0).await?;
        if let Some(principal) = principal.or(default_principal) {
            users::add_principal(tx, id, &principal).await?;
        }
        return Ok(id);
    };
    if user.usertype == UserType::Normal.code() && force {
        users::set_type(tx, user.id, UserType::Host).await?;
    } else if user.usertype != UserType::Host.code() {
        return Err(Fault::generic(format!("user {name} already exists and it is not a host")).into());
    }
    Ok(user.id)
}

async fn set_enabled(cx: &mut Cx, info: &Value, enabled: bool) -> Outcome<()> {
    let host = lookup::host(&mut cx.tx, info, None).await?;
    let missing = || Fault::generic(format!("host does not exist: {}", repr::text(info)));
    let host = host.ok_or_else(missing)?;
    write(&mut cx.tx, &Host { enabled, ..host }).await
}

async fn write(tx: &mut Tx, host: &Host) -> Outcome<()> {
    hosts::set_config(tx, host).await?;
    tx.announce(Topic::Host(host.id));
    tx.announce(Topic::Scheduler);
    Ok(())
}

async fn enable_host(cx: &mut Cx, call: EnableHost) -> Outcome<()> {
    set_enabled(cx, &call.hostname, true).await
}

async fn disable_host(cx: &mut Cx, call: DisableHost) -> Outcome<()> {
    set_enabled(cx, &call.hostname, false).await
}

/// Answers whether anything changed. Unknown options are ignored, as upstream ignores them.
async fn edit_host(cx: &mut Cx, call: EditHost) -> Outcome<bool> {
    let found = hosts::get(&mut cx.tx, &NameOrId::from_value(&call.hostInfo)?, None).await?;
    let old = found.ok_or_else(|| invalid(&call.hostInfo))?;
    let mut new = old.clone();
    let texts =
        [("arches", &mut new.arches), ("description", &mut new.description), ("comment", &mut new.comment)];
    for (option, text) in texts {
        match call.kw.get(option) {
            None => {}
            Some(Value::Nil) if text.is_none() => {}
            Some(value) => *text = Some(refs::to_str(value)?.to_owned()),
        }
    }
    if let Some(value) = call.kw.get("capacity") {
        new.capacity = value.as_double().ok_or_else(|| {
            Fault::internal(format!("capacity of a host has to be a number, not {}", repr::repr(value)))
        })?;
    }
    if new == old {
        return Ok(false);
    }
    write(&mut cx.tx, &new).await?;
    Ok(true)
}

/// A task that has every host restart its daemon.
async fn restart_hosts(cx: &mut Cx, call: RestartHosts) -> Outcome<i64> {
    let options = match call.options {
        Value::Nil => vec![],
        options @ Value::Struct(_) => vec![options],
        other => {
            return Err(Fault::parameter(format!("Invalid type of options: {}", repr::class(&other))).into());
        }
    };
    let opts = TaskOptions { priority: Some(refs::to_int(&call.priority)?), ..TaskOptions::default() };
    make(cx, "restartHosts", options, opts).await
}
