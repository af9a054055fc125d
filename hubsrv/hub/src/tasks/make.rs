//! A new task: who owns it, where it runs and how urgent it is.

use koji_api::tasks::DEFAULT_PRIORITY;
use koji_api::types::{NameOrId, TaskState, refs, repr};
use koji_api::{Fault, tasks as api_tasks};
use koji_db::tasks::write::NewTask;
use koji_db::tasks::{self, encode_request};
use koji_db::{channels, hosts};
use koji_rpm::arch::parse_arches_strict;
use koji_xmlrpc::{Struct, Value, join_kwargs};

use super::refusals;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::{lookup, policy};

/// What may be said about a new task; the rest comes from its parent or from the policies `channel` and `priority`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskOptions {
    /// The open task that this one is a child of.
    pub parent: Option<i64>,
    /// Of a child, unique below its parent.
    pub label: Option<String>,
    /// User id; the caller unless given.
    pub owner: Option<i64>,
    /// A channel by name or id.
    pub channel: Option<NameOrId>,
    pub arch: Option<String>,
    /// Lower is sooner.
    pub priority: Option<i64>,
    /// A host that shall run the task, whatever the scheduler thinks.
    pub assign: Option<i64>,
}

impl TaskOptions {
    /// Options as callers name them. An option that does not exist is a fault, as are values of a wrong type.
    pub async fn from_struct(cx: &mut Cx, given: &Struct) -> Outcome<TaskOptions> {
        let mut opts = TaskOptions::default();
        for (key, value) in given {
            match key.as_str() {
                "parent" => opts.parent = Some(refs::to_int(value)?),
                "label" if value.is_nil() => {}
                "label" => opts.label = Some(refs::to_str(value)?.to_owned()),
                "owner" => {
                    opts.owner = Some(match value {
                        Value::Int(id) => *id,
                        other => lookup::user(&mut cx.tx, other).await?.id,
                    });
                }
                "channel" => opts.channel = Some(NameOrId::from_value(value)?),
                "arch" => opts.arch = arch(value)?,
                "priority" => opts.priority = Some(refs::to_int(value)?),
                "assign" if value.is_nil() => {}
                "assign" => {
                    let found = hosts::get(&mut cx.tx, &NameOrId::from_value(value)?, None).await?;
                    let invalid = || Fault::generic(format!("Invalid hostInfo: {}", repr::text(value)));
                    opts.assign = Some(found.ok_or_else(invalid)?.id);
                }
                other => {
                    return Err(Fault::parameter(format!("Invalid task option: {other}")).into());
                }
            }
        }
        Ok(opts)
    }
}

fn arch(value: &Value) -> Outcome<Option<String>> {
    if value.is_nil() {
        return Ok(None);
    }
    let words = parse_arches_strict(refs::to_str(value)?).map_err(|e| Fault::generic(e.to_string()))?;
    Ok(Some(words.join(" ")))
}

/// Positional and keyword arguments as a task's request holds them.
pub fn encode_args(args: Vec<Value>, kwargs: Struct) -> Vec<Value> {
    join_kwargs(args, kwargs)
}

/// Makes a task in the name of the caller; its id.
pub async fn make(cx: &mut Cx, method: &str, args: Vec<Value>, opts: TaskOptions) -> Outcome<i64> {
    let caller = cx.session.as_ref().map(|s| s.user_id);
    make_by(cx, caller, method, args, opts).await
}

/// Makes a task that `caller` owns unless the options or the parent say otherwise; its id.
pub async fn make_by(
    cx: &mut Cx,
    caller: Option<i64>,
    method: &str,
    args: Vec<Value>,
    opts: TaskOptions,
) -> Outcome<i64> {
    let parent = match opts.parent {
        Some(id) => {
            let invalid = || Fault::generic(format!("Invalid parent task: {id}"));
            let parent = tasks::find(&mut cx.tx, id).await?.ok_or_else(invalid)?;
            if parent.state() != TaskState::Open {
                return Err(Fault::generic(format!("Parent task (id {id}) is not open")).into());
            }
            Some(parent)
        }
        None => None,
    };
    let owner = opts.owner.or(parent.as_ref().map(|p| p.owner)).or(caller);
    let owner = owner.ok_or_else(|| Fault::generic("task must have an owner"))?;
    let arch = opts.arch.or(parent.as_ref().map(|p| p.arch.clone())).unwrap_or_else(|| "noarch".to_owned());
    let priority = opts.priority.or(parent.as_ref().map(|p| p.priority - 1)).unwrap_or(DEFAULT_PRIORITY);
    let label = parent.as_ref().and(opts.label);

    let mut data = Struct::new();
    data.insert("method".into(), method.into());
    data.insert("arch".into(), arch.as_str().into());
    data.insert("parent".into(), opts.parent.into());
    data.insert("label".into(), label.clone().into());
    data.insert("owner".into(), owner.into());
    data.insert("user_id".into(), owner.into());
    let requested = match &opts.channel {
        Some(channel) => {
            data.insert("req_channel".into(), channel.to_string().into());
            Some(enabled_channel(cx, channel, &channel.to_string()).await?)
        }
        None => None,
    };
    data.extend(policy::from_task_args(cx, method, &args).await?);

    let channel = channel(cx, &data, requested, parent.as_ref().map(|p| p.channel_id)).await?;
    let priority = adjusted(cx, &data, priority).await?;
    let task = NewTask {
        method: method.to_owned(),
        request: encode_request(method, &args),
        owner,
        channel,
        arch,
        priority,
        parent: opts.parent,
        label,
        assign: opts.assign,
    };
    let id = tasks::write::insert(&mut cx.tx, &task).await?;
    if task.arch == "noarch" && api_tasks::is_known(method) {
        refusals::refuse_foreign_hosts(cx, id, &task, &args).await?;
    }
    Ok(id)
}

async fn enabled_channel(cx: &mut Cx, which: &NameOrId, shown: &str) -> Outcome<i64> {
    match channels::get(&mut cx.tx, which).await? {
        None => Err(Fault::generic(format!("No such channel: {shown}")).into()),
        Some(channel) if !channel.enabled => {
            Err(Fault::generic(format!("Channel {shown} is disabled.")).into())
        }
        Some(channel) => Ok(channel.id),
    }
}

/// The channel by policy `channel`: `use NAME`, `parent` or `req`.
async fn channel(cx: &mut Cx, data: &Struct, requested: Option<i64>, of_parent: Option<i64>) -> Outcome<i64> {
    let invalid = |what: &str| {
        tracing::error!("channel policy: {what}");
        Fault::generic("invalid channel policy")
    };
    let Some(action) = policy::eval(cx, "channel", data.clone()).await? else {
        tracing::warn!("channel policy returned no result, using default");
        return enabled_channel(cx, &"default".into(), "default").await;
    };
    let mut words = action.split_whitespace();
    Ok(match (words.next(), words.next()) {
        (Some("use"), Some(name)) => {
            let Some(channel) = channels::get(&mut cx.tx, &name.into()).await? else {
                return Err(Fault::generic(format!("Invalid channelInfo: {name}")).into());
            };
            if !channel.enabled {
                return Err(Fault::generic(format!("Channel {name} is disabled.")).into());
            }
            channel.id
        }
        (Some("parent"), _) => of_parent.ok_or_else(|| invalid("'parent' for a task without one"))?,
        (Some("req"), _) => requested.ok_or_else(|| invalid("'req' where no channel is requested"))?,
        _ => return Err(invalid(&action).into()),
    })
}

/// The priority by policy `priority`: `stay`, `set N` or `adjust N`.
async fn adjusted(cx: &mut Cx, data: &Struct, priority: i64) -> Outcome<i64> {
    let Some(action) = policy::eval(cx, "priority", data.clone()).await? else {
        tracing::warn!("priority policy returned no result, using the default value {priority}");
        return Ok(priority);
    };
    let mut words = action.split_whitespace();
    let number = |word: Option<&str>| word.and_then(|w| w.trim_start_matches('+').parse::<i64>().ok());
    let result = match (words.next(), number(words.next())) {
        (Some("stay"), _) => Some(priority),
        (Some("set"), Some(n)) => Some(n),
        (Some("adjust"), Some(n)) => priority.checked_add(n),
        _ => None,
    };
    Ok(result.ok_or_else(|| {
        tracing::error!("priority policy: {action}");
        Fault::generic("invalid priority policy")
    })?)
}
