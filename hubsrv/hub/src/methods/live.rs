//! Waiting instead of polling.

use std::time::Duration;

use koji_api::Fault;
use koji_api::methods::LiveWait;
use koji_xmlrpc::Value;

use super::Entry;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::live::KINDS;

pub const TABLE: &[Entry] = &[read!(LiveWait, live_wait)];

/// Longest wait, in seconds: proxies and clients give up on silent connections.
const LONGEST: f64 = 60.0;
/// Most topics of one call.
const TOPICS: usize = 1000;

async fn live_wait(cx: &mut Cx, call: LiveWait) -> Outcome<Value> {
    if cx.nested {
        return Err(Fault::generic("live.wait cannot be part of a multicall").into());
    }
    let topics = topics(&call.topics)?;
    let timeout = call.timeout.as_double().filter(|t| *t >= 0.0);
    let timeout =
        timeout.ok_or_else(|| Fault::parameter("timeout must be a number of seconds"))?.min(LONGEST);
    let hub = std::sync::Arc::clone(&cx.hub);
    let mut subscription = match call.cursor.as_str() {
        None => hub.live.subscribe(),
        Some(cursor) => match hub.live.subscribe_at(cursor) {
            Some(subscription) => subscription,
            // another hub process, or one that was restarted: anything may have happened
            None => return Ok(answer(hub.live.cursor(), topics.iter().map(String::as_str))),
        },
    };
    // waiting needs no database connection, and must not keep one from others
    cx.tx.pause().await?;
    let wait = subscription.wait_for(&topics);
    let changed = tokio::select! {
        changed = wait => changed,
        () = tokio::time::sleep(Duration::from_secs_f64(timeout)) => Vec::new(),
        () = hub.live.closed() => Vec::new(),
    };
    let cursor = subscription.cursor();
    Ok(answer(cursor, changed))
}

fn answer<'a>(cursor: String, topics: impl IntoIterator<Item = &'a str>) -> Value {
    let topics = topics.into_iter().map(Value::from).collect();
    Value::record([("cursor", cursor.into()), ("topics", Value::Array(topics))])
}

fn topics(value: &Value) -> Result<Vec<String>, Fault> {
    let items = value.as_array().ok_or_else(|| Fault::parameter("topics must be a list of strings"))?;
    if items.len() > TOPICS {
        return Err(Fault::parameter(format!("at most {TOPICS} topics can be waited for at once")));
    }
    let topic = |item: &Value| {
        let text = item.as_str().ok_or_else(|| Fault::parameter("topics must be a list of strings"))?;
        match text.split_once(':').map(|(kind, id)| (KINDS.contains(&kind), id.parse::<i64>())) {
            Some((true, Ok(_))) => Ok(text.to_owned()),
            _ => Err(Fault::parameter(format!(
                "unknown topic {text}: task:ID, build:ID, host:ID, log:TASKID, repo:TAGID or tag:ID"
            ))),
        }
    };
    items.iter().map(topic).collect()
}
