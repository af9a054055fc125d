//! Other tasks that failed of the same as one did: the last failures of its kind, each read as `koji why` reads it.

use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use koji_api::methods as m;
use koji_why::{Budget, Card};
use koji_xmlrpc::Value;

use super::tasks::Node;
use crate::cell::rows;
use crate::effect::Job;
use crate::net::Net;
use crate::screen::ScreenId;

/// Failures that are read.
const MOST: usize = 24;
/// At a time: the hub has other work.
const AT_ONCE: usize = 3;

/// What came of one more of them.
pub struct Read {
    pub of: usize,
    /// It failed of the same.
    pub same: Option<Box<Node>>,
}

/// Sends a [`Read`] for each failure, the newest first, or the reason why there is none as `Result<Read, String>`.
pub fn job(screen: ScreenId, card: &Card) -> Option<Job> {
    let wanted = card.verdict.as_ref()?.fingerprint()?;
    let (task, parent, method) = (card.culprit.id, card.culprit.parent, card.culprit.method.clone());
    Some(Box::new(move |net: Net| {
        async move {
            let failures = match failures(&net, &method).await {
                Ok(failures) => failures,
                Err(why) => return net.send(screen, Box::new(Err::<Read, _>(why))),
            };
            // the other architectures of the same build failed of the same, of course
            let others = |n: &Node| n.id != task && (parent.is_none() || n.parent != parent);
            let others: Vec<Node> = failures.into_iter().filter(others).take(MOST).collect();
            let of = others.len();
            if of == 0 {
                return net.send(screen, Box::new(Ok::<_, String>(Read { of, same: None })));
            }
            let (net, wanted) = (&net, &wanted);
            futures::stream::iter(others)
                .map(|node| async move {
                    let budget = Budget { time: Duration::from_secs(10), ..Budget::default() };
                    let card = koji_why::explain(&net.reader, node.id, budget).await.ok();
                    let said = card.and_then(|card| card.verdict?.fingerprint());
                    (said.as_ref() == Some(wanted)).then(|| Box::new(node))
                })
                .buffered(AT_ONCE)
                .for_each(|same| async { net.send(screen, Box::new(Ok::<_, String>(Read { of, same }))) })
                .await;
        }
        .boxed()
    }))
}

async fn failures(net: &Net, method: &str) -> Result<Vec<Node>, String> {
    let opts = Value::record([
        ("method", Value::from(method)),
        ("state", Value::Array(vec![5.into()])),
        ("decode", Value::Bool(true)),
    ]);
    let order = Value::record([("order", Value::from("-id")), ("limit", (MOST as i64 + 8).into())]);
    let answer = net.reader.call(m::ListTasks { opts, queryOpts: order }).await.map_err(|e| e.to_string())?;
    Ok(rows(Some(&answer)).iter().filter_map(Node::new).collect())
}
