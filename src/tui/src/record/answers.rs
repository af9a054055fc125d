//! Answers of a recording, also for work that talks to the hub itself.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use koji_client::{ClientError, ClientOptions, Session, Tape};
use koji_xmlrpc::{Value, write_fault, write_response};
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::effect::Job;
use crate::event::Event;
use crate::net::Net;

/// What was answered, by call.
#[derive(Default)]
pub struct Answers(Mutex<HashMap<String, VecDeque<Result<Value, String>>>>);

impl Answers {
    pub fn add(&self, key: String, answer: Result<Value, String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().push_back(answer);
    }

    /// The next answer recorded for a call; the last one again and again.
    pub fn next(&self, key: &str) -> Result<Value, String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(list) = all.get_mut(key) else {
            return Err(format!("not in the recording: {key}"));
        };
        if list.len() > 1 { list.pop_front() } else { list.front().cloned() }.unwrap_or(Ok(Value::Nil))
    }
}

/// For background work, which talks to the hub itself.
impl Tape for Answers {
    fn answer(&self, call: &[u8]) -> Option<koji_client::Result<bytes::Bytes>> {
        let Some(calls) = super::wire::calls(call) else {
            return Some(Err(ClientError::Options("a request that is no call".into())));
        };
        let single = koji_xmlrpc::parse_call(call).is_ok_and(|c| c.method.as_deref() != Some("multiCall"));
        let mut answers = calls.iter().map(|c| self.next(&c.key()));
        if single {
            return Some(Ok(match answers.next().unwrap_or(Ok(Value::Nil)) {
                Ok(value) => write_response(&value).into(),
                Err(fault) => write_fault(1000, &fault).into(),
            }));
        }
        let entry = |answer: Result<Value, String>| match answer {
            Ok(value) => Value::Array(vec![value]),
            Err(fault) => {
                Value::record([("faultCode", Value::Int(1000)), ("faultString", fault.as_str().into())])
            }
        };
        Some(Ok(write_response(&Value::Array(answers.map(entry).collect())).into()))
    }

    fn note(&self, _method: &str, _call: &[u8], _answer: &[u8]) {}
}

/// Where the background work of screens goes on, once there is some.
pub struct Background {
    runtime: Runtime,
    net: Net,
    inbox: UnboundedReceiver<Event>,
}

impl Background {
    /// None where no threads are to be had.
    pub fn start(answers: &Arc<Answers>) -> Option<Background> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().ok()?;
        // nothing is sent there: the tape answers
        let options =
            ClientOptions { server: "http://recording.invalid/kojihub".into(), ..Default::default() };
        let session = Session::taped(options, Arc::clone(answers) as Arc<dyn Tape>).ok()?;
        let (events, inbox) = unbounded_channel();
        Some(Background {
            net: Net::new(&session, std::env::temp_dir(), Vec::new(), None, events),
            runtime,
            inbox,
        })
    }

    pub fn run(&self, job: Job) {
        self.runtime.spawn(job(self.net.clone()));
    }

    /// What came of the work within that time.
    pub fn event(&mut self, patience: Duration) -> Option<Event> {
        let (runtime, inbox) = (&self.runtime, &mut self.inbox);
        runtime.block_on(async { tokio::time::timeout(patience, inbox.recv()).await }).ok().flatten()
    }
}
