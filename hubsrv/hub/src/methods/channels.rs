//! Channels: which hosts take which tasks.

use koji_api::Fault;
use koji_api::methods::{
    AddChannel, AddHostToChannel, DisableChannel, EditChannel, EnableChannel, GetChannel, ListChannels,
    RemoveHostFromChannel, RenameChannel,
};
use koji_api::types::{NameOrId, refs, repr};
use koji_db::channels::{self, Channel};
use koji_db::names::{self, Table};
use koji_db::{Query, Topic, Tx};
use koji_xmlrpc::{Struct, Value};

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::{filters, lookup};

pub const TABLE: &[Entry] = &[
    write!(AddChannel, add_channel),
    write!(AddHostToChannel, add_host_to_channel),
    write!(DisableChannel, disable_channel),
    write!(EditChannel, edit_channel),
    write!(EnableChannel, enable_channel),
    kept!(GetChannel, get_channel),
    kept!(ListChannels, list_channels),
    write!(RemoveHostFromChannel, remove_host_from_channel),
    write!(RenameChannel, rename_channel),
];

async fn find(tx: &mut Tx, info: &Value) -> Outcome<Option<Channel>> {
    Ok(channels::get(tx, &NameOrId::from_value(info)?).await?)
}

async fn find_strict(tx: &mut Tx, info: &Value) -> Outcome<Channel> {
    Ok(find(tx, info).await?.ok_or_else(|| Fault::generic("query returned no rows"))?)
}

async fn get_channel(cx: &mut Cx, call: GetChannel) -> Outcome<Option<Struct>> {
    match call.strict {
        true => Ok(Some(find_strict(&mut cx.tx, &call.channelInfo).await?.into())),
        false => Ok(find(&mut cx.tx, &call.channelInfo).await?.map(Struct::from)),
    }
}

async fn list_channels(cx: &mut Cx, call: ListChannels) -> Outcome<Query> {
    let enabled = filters::flag(&call.enabled);
    let host = match &call.hostID {
        host if !host.truthy() => {
            if call.event.truthy() {
                return Err(Fault::generic("list_channels with event and not host is not allowed.").into());
            }
            return Ok(channels::list(enabled));
        }
        Value::Str(_) => {
            let found = lookup::host(&mut cx.tx, &call.hostID, None).await?;
            let missing = || Fault::generic(format!("Invalid hostInfo: {}", repr::text(&call.hostID)));
            found.ok_or_else(missing)?.id
        }
        id => refs::to_int(id)?,
    };
    Ok(channels::of_host(host, refs::event(&call.event)?, enabled))
}

/// A fault if there is a channel of that name.
async fn must_be_free(tx: &mut Tx, name: &str) -> Outcome<()> {
    match channels::get(tx, &name.into()).await? {
        Some(taken) => Err(Fault::generic(format!("channel {name} already exists (id={})", taken.id)).into()),
        None => Ok(()),
    }
}

async fn add_channel(cx: &mut Cx, call: AddChannel) -> Outcome<i64> {
    let name = cx.hub.names.internal(&call.channel_name)?;
    let description = match &call.description {
        Value::Nil => None,
        text => Some(text.as_str().ok_or_else(|| Fault::parameter("Channel description must be a string"))?),
    };
    must_be_free(&mut cx.tx, name).await?;
    let id = channels::add(&mut cx.tx, name, description).await?;
    cx.tx.announce(Topic::Scheduler);
    Ok(id)
}

/// Answers whether anything changed. Unknown options are ignored, as upstream ignores them.
async fn edit_channel(cx: &mut Cx, call: EditChannel) -> Outcome<bool> {
    edit(cx, &call.channelInfo, &call.kw).await
}

async fn edit(cx: &mut Cx, info: &Value, options: &Struct) -> Outcome<bool> {
    let old = find_strict(&mut cx.tx, info).await?;
    let mut new = old.clone();
    if let Some(name) = options.get("name")
        && name.as_str() != Some(&old.name)
    {
        new.name = cx.hub.names.internal(name)?.to_owned();
        must_be_free(&mut cx.tx, &new.name).await?;
    }
    for (option, text) in [("description", &mut new.description), ("comment", &mut new.comment)] {
        match options.get(option) {
            None => {}
            Some(Value::Nil) if text.is_none() => {}
            Some(value) => *text = Some(refs::to_str(value)?.to_owned()),
        }
    }
    if new == old {
        return Ok(false);
    }
    channels::update(&mut cx.tx, &new).await?;
    Ok(true)
}

async fn rename_channel(cx: &mut Cx, call: RenameChannel) -> Outcome<()> {
    edit(cx, &call.old, &Struct::from_iter([("name".to_owned(), call.new)])).await?;
    Ok(())
}

async fn set_enabled(cx: &mut Cx, info: &Value, enabled: bool, comment: &Value) -> Outcome<()> {
    let comment = match comment {
        Value::Nil => None,
        text => Some(refs::to_str(text)?.to_owned()),
    };
    let found = find(&mut cx.tx, info).await?;
    let channel = found.ok_or_else(|| Fault::generic(format!("No such channel: {}", repr::text(info))))?;
    let comment = comment.or_else(|| channel.comment.clone());
    channels::update(&mut cx.tx, &Channel { enabled, comment, ..channel }).await?;
    cx.tx.announce(Topic::Scheduler);
    Ok(())
}

async fn enable_channel(cx: &mut Cx, call: EnableChannel) -> Outcome<()> {
    set_enabled(cx, &call.channelname, true, &call.comment).await
}

async fn disable_channel(cx: &mut Cx, call: DisableChannel) -> Outcome<()> {
    set_enabled(cx, &call.channelname, false, &call.comment).await
}

async fn host_id(tx: &mut Tx, info: &Value) -> Outcome<i64> {
    let found = lookup::host(tx, info, None).await?;
    Ok(found.ok_or_else(|| Fault::generic(format!("host does not exist: {}", repr::text(info))))?.id)
}

fn no_channel(info: &Value) -> Fault {
    Fault::generic(format!("channel does not exist: {}", repr::text(info)))
}

async fn add_host_to_channel(cx: &mut Cx, call: AddHostToChannel) -> Outcome<()> {
    let host = host_id(&mut cx.tx, &call.hostname).await?;
    let channel = match find(&mut cx.tx, &call.channel_name).await? {
        Some(channel) => {
            if call.create {
                cx.hub.names.internal(&call.channel_name)?;
            }
            channel
        }
        None if call.create => {
            let name = cx.hub.names.internal(&call.channel_name)?;
            let id = names::find_or_add(&mut cx.tx, Table::Channel, name).await?;
            find_strict(&mut cx.tx, &Value::Int(id)).await?
        }
        None => return Err(no_channel(&call.channel_name).into()),
    };
    if !channel.enabled && !call.force {
        return Err(Fault::generic(format!("channel {} is disabled", repr::text(&call.channel_name))).into());
    }
    if channels::has_host(&mut cx.tx, channel.id, host).await? {
        return Err(Fault::generic(format!(
            "host {} is already subscribed to the {} channel",
            repr::text(&call.hostname),
            repr::text(&call.channel_name)
        ))
        .into());
    }
    channels::add_host(&mut cx.tx, channel.id, host).await?;
    changed(&mut cx.tx, host);
    Ok(())
}

fn changed(tx: &mut Tx, host: i64) {
    tx.announce(Topic::Host(host));
    tx.announce(Topic::Scheduler);
}

async fn remove_host_from_channel(cx: &mut Cx, call: RemoveHostFromChannel) -> Outcome<()> {
    let host = host_id(&mut cx.tx, &call.hostname).await?;
    let channel = find(&mut cx.tx, &call.channel_name).await?;
    let channel = channel.ok_or_else(|| no_channel(&call.channel_name))?;
    if channels::remove_host(&mut cx.tx, channel.id, host).await? == 0 {
        return Err(Fault::generic(format!(
            "host {} is not subscribed to the {} channel",
            repr::text(&call.hostname),
            repr::text(&call.channel_name)
        ))
        .into());
    }
    changed(&mut cx.tx, host);
    Ok(())
}
