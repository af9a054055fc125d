//! Many calls in one request.

use koji_api::Method;
use koji_xmlrpc::{Value, from_value};
use serde::de::DeserializeOwned;

use crate::error::{ClientError, HubFault, Result};
use crate::session::Session;

/// Collects calls for `multiCall`. The hub runs them in one transaction, each with its own savepoint: one that
/// fails leaves the others alone.
///
/// ```no_run
/// # async fn f(session: koji_client::Session) -> koji_client::Result<()> {
/// use koji_api::methods::GetTag;
/// let mut calls = session.multicall();
/// for name in ["f40", "f41"] {
///     calls.add(GetTag { tagInfo: name.into(), ..Default::default() });
/// }
/// for answer in calls.run().await? {
///     println!("{:?}", answer.map(|tag| tag.int_at("id")));
/// }
/// # Ok(()) }
/// ```
pub struct Multicall {
    session: Session,
    calls: Vec<Value>,
    batch: usize,
}

impl Session {
    pub fn multicall(&self) -> Multicall {
        Multicall { session: self.clone(), calls: Vec::new(), batch: usize::MAX }
    }
}

impl Multicall {
    /// At most `calls` of them in one request, and so in one transaction. 0 stands for no limit.
    pub fn batch(mut self, calls: usize) -> Self {
        self.batch = if calls == 0 { usize::MAX } else { calls };
        self
    }

    pub fn add<M: Method>(&mut self, method: M) {
        self.add_raw(M::DECL.name, method.params());
    }

    pub fn add_raw(&mut self, name: &str, params: Vec<Value>) {
        self.calls.push(Value::record([("methodName", Value::from(name)), ("params", Value::Array(params))]));
    }

    pub fn len(&self) -> usize {
        self.calls.len()
    }

    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Makes the calls. The answers come in the order of the calls; the outer error is for the request as a whole.
    pub async fn run(self) -> Result<Vec<Result<Value, HubFault>>> {
        let mut answers = Vec::with_capacity(self.calls.len());
        let mut rest = self.calls.into_iter();
        loop {
            let batch: Vec<Value> = rest.by_ref().take(self.batch).collect();
            if batch.is_empty() {
                return Ok(answers);
            }
            let sent = batch.len();
            let reply = self.session.call_raw("multiCall", &[Value::Array(batch)]).await?;
            let Value::Array(entries) = reply else {
                return Err(ClientError::reply("multiCall", "no list"));
            };
            if entries.len() != sent {
                let cause = format!("{} answers to {sent} calls", entries.len());
                return Err(ClientError::reply("multiCall", cause));
            }
            for entry in entries {
                answers.push(answer(entry)?);
            }
        }
    }

    /// Makes the calls and reads every answer as a `T`; the first fault is the error of the whole.
    pub async fn run_as<T: DeserializeOwned>(self) -> Result<Vec<T>> {
        let answers = self.run().await?;
        answers.into_iter().map(|answer| Ok(from_value(answer?)?)).collect()
    }
}

/// `[value]` or a struct with code and text of a fault.
fn answer(entry: Value) -> Result<Result<Value, HubFault>> {
    match entry {
        Value::Array(mut one) if one.len() == 1 => Ok(Ok(one.pop().unwrap_or_default())),
        fault => match fault.int_at("faultCode") {
            Some(code) => {
                let message = fault.str_at("faultString").unwrap_or_default().to_owned();
                Ok(Err(HubFault { code, message }))
            }
            None => Err(ClientError::reply("multiCall", "an entry that is neither answer nor fault")),
        },
    }
}
