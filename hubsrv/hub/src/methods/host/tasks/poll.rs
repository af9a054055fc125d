//! What a host asks in its polls, and reports of itself.

use koji_api::Fault;
use koji_api::methods::{
    HostGetHost, HostGetHostTasks, HostGetID, HostGetLoadData, HostGetTasks, HostIsEnabled, HostSetHostData,
    HostUpdateHost,
};
use koji_api::types::{NameOrId, refs};
use koji_db::hosts::{self, Host};
use koji_db::{Topic, channels, scheduler as table, tasks as task_table};
use koji_xmlrpc::{Struct, Value};

use crate::context::Cx;
use crate::fault::Outcome;
use crate::{scheduler, tasks};

pub async fn get_id(cx: &mut Cx, _: HostGetID) -> Outcome<i64> {
    Ok(cx.host_id()?)
}

async fn own(cx: &mut Cx) -> Outcome<Host> {
    let id = cx.host_id()?;
    Ok(hosts::get(&mut cx.tx, &NameOrId::Id(id), None).await?.ok_or_else(tasks::no_rows)?)
}

pub async fn get_host(cx: &mut Cx, _: HostGetHost) -> Outcome<Struct> {
    own(cx).await.map(Struct::from)
}

pub async fn is_enabled(cx: &mut Cx, _: HostIsEnabled) -> Outcome<bool> {
    Ok(own(cx).await?.enabled)
}

/// The poll: load, readiness and, perhaps, what the scheduler may know of the host (`maxjobs`, `methods`; `live` tells that
/// the host waits on its topic for assignments).
pub async fn update_host(cx: &mut Cx, call: HostUpdateHost) -> Outcome<()> {
    let host = cx.host_id()?;
    let load = call.task_load.as_double().or_else(|| refs::number(&call.task_load).map(|n| n as f64));
    let load = load.ok_or_else(|| refs::wrong_type(&call.task_load, "float"))?;
    let ready = call.ready.truthy();
    let was_ready = table::update_host(&mut cx.tx, host, load, ready).await?;
    if !call.data.is_nil() {
        store_data(cx, host, &call.data).await?;
    }
    if ready && !was_ready {
        cx.tx.announce(Topic::Scheduler);
    }
    Ok(())
}

/// The same data by itself; as JSON text from old builders.
pub async fn set_host_data(cx: &mut Cx, call: HostSetHostData) -> Outcome<()> {
    let host = cx.host_id()?;
    let data = match &call.hostdata {
        Value::Str(text) => {
            let parsed = serde_json::from_str(text)
                .map_err(|e| Fault::internal(format!("host data is no JSON text: {e}")))?;
            koji_db::json(parsed)
        }
        other => other.clone(),
    };
    store_data(cx, host, &data).await
}

async fn store_data(cx: &mut Cx, host: i64, data: &Value) -> Outcome<()> {
    if data.as_struct().is_none() {
        return Err(Fault::parameter("Host data should be a dictionary").into());
    }
    Ok(table::set_host_data(&mut cx.tx, host, data).await?)
}

/// The tasks assigned to the host. When there is none, the scheduler may run first.
async fn assigned(cx: &mut Cx) -> Outcome<Vec<Struct>> {
    let host = cx.host_id()?;
    let found = task_table::assigned_to(&mut cx.tx, host).await?;
    if !found.is_empty() || !scheduler::run(&mut cx.tx, cx.hub.settings(), false).await? {
        return Ok(found);
    }
    Ok(task_table::assigned_to(&mut cx.tx, host).await?)
}

pub async fn get_tasks(cx: &mut Cx, _: HostGetTasks) -> Outcome<Vec<Struct>> {
    assigned(cx).await
}

/// The same for old builders, with the host in front.
pub async fn get_load_data(cx: &mut Cx, _: HostGetLoadData) -> Outcome<Vec<Value>> {
    let host = own(cx).await?;
    let channels = cx.tx.select(&channels::of_host(host.id, None, None)).await?;
    let ids: Vec<Value> = channels.into_iter().filter_map(|mut c| c.shift_remove("id")).collect();
    let mut host = Struct::from(host);
    host.insert("channels".into(), Value::Array(ids));
    let tasks = assigned(cx).await?.into_iter().map(Value::Struct).collect();
    Ok(vec![Value::Array(vec![Value::Struct(host)]), Value::Array(tasks)])
}

pub async fn get_host_tasks(cx: &mut Cx, _: HostGetHostTasks) -> Outcome<Vec<Struct>> {
    let host = cx.host_id()?;
    Ok(task_table::open_on(&mut cx.tx, host).await?)
}
