//! Logs of tasks at a hub: whatever all of them want at a time is one multicall.

use std::time::Duration;

use futures::future::BoxFuture;
use koji_api::methods::{DownloadTaskOutput, ListTaskOutput};
use koji_client::{ClientError, HubFault, Multicall, Session, task_output_bytes};
use koji_xmlrpc::Value;
use tokio::sync::{mpsc, oneshot};

use super::{Source, Tail};
use crate::error::{Error, Result};

/// How long a request waits for others to go with it.
const TOGETHER: Duration = Duration::from_millis(4);
/// Bytes that are asked for in one request.
const MOST: u64 = 8 << 20;

/// The logs of one hub.
#[derive(Clone)]
pub struct TaskLogs {
    send: mpsc::UnboundedSender<Wish>,
}

enum Wanted {
    Tail { length: u32 },
    Part { offset: u64, length: u32 },
}

struct Wish {
    place: Place,
    wanted: Wanted,
    answer: oneshot::Sender<Result<Tail>>,
}

#[derive(Clone)]
struct Place {
    task: i64,
    name: String,
    volume: Option<String>,
}

struct TaskSource {
    place: Place,
    send: mpsc::UnboundedSender<Wish>,
}

impl TaskLogs {
    /// The worker ends with the last source. To be called within a runtime.
    pub fn new(session: &Session) -> TaskLogs {
        let (send, receive) = mpsc::unbounded_channel();
        tokio::spawn(work(session.anonymous().without_retry(), receive));
        TaskLogs { send }
    }

    /// A log of a task, on the default volume where none is given.
    pub fn source(&self, task: i64, name: &str, volume: Option<String>) -> impl Source + use<> {
        let volume = volume.filter(|v| v != "DEFAULT");
        TaskSource { place: Place { task, name: name.to_owned(), volume }, send: self.send.clone() }
    }
}

impl TaskSource {
    async fn ask(&self, wanted: Wanted) -> Result<Tail> {
        let (answer, receive) = oneshot::channel();
        let ended = || Error::Missing(self.name());
        let wish = Wish { place: self.place.clone(), wanted, answer };
        self.send.send(wish).map_err(|_| ended())?;
        receive.await.map_err(|_| ended())?
    }
}

impl Source for TaskSource {
    fn name(&self) -> String {
        self.place.to_string()
    }

    fn tail(&self, length: u32) -> BoxFuture<'_, Result<Tail>> {
        Box::pin(self.ask(Wanted::Tail { length }))
    }

    fn read(&self, offset: u64, length: u32) -> BoxFuture<'_, Result<Vec<u8>>> {
        Box::pin(async move { Ok(self.ask(Wanted::Part { offset, length }).await?.bytes) })
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of task {}", self.name, self.task)
    }
}

async fn work(session: Session, mut receive: mpsc::UnboundedReceiver<Wish>) {
    let mut wishes: Vec<Wish> = Vec::new();
    loop {
        if wishes.is_empty() {
            match receive.recv().await {
                Some(wish) => wishes.push(wish),
                None => return,
            }
            tokio::time::sleep(TOGETHER).await;
        }
        while let Ok(wish) = receive.try_recv() {
            wishes.push(wish);
        }
        // nobody waits any more for a log that was closed
        wishes.retain(|w| !w.answer.is_closed());
        let mut size = 0;
        let fits = wishes.iter().take_while(|w| {
            size += w.length();
            size <= MOST || size == w.length()
        });
        let now: Vec<Wish> = {
            let count = fits.count();
            wishes.drain(..count).collect()
        };
        if !now.is_empty() {
            ask(&session, now).await;
        }
    }
}

async fn ask(session: &Session, wishes: Vec<Wish>) {
    let mut calls = session.multicall();
    wishes.iter().for_each(|w| w.add(&mut calls));
    match calls.run().await {
        Ok(answers) => {
            let mut answers = answers.into_iter();
            for wish in wishes {
                let result = wish.read(&mut answers);
                // the log may have been closed meanwhile
                let _ = wish.answer.send(result);
            }
        }
        Err(error) => {
            let text = error.to_string();
            let mut error = Some(error);
            for wish in wishes {
                let error = error.take().map_or_else(|| Error::Answer(text.clone()), Error::from);
                let _ = wish.answer.send(Err(error));
            }
        }
    }
}

type Answers = std::vec::IntoIter<Result<Value, HubFault>>;

impl Wish {
    fn length(&self) -> u64 {
        match self.wanted {
            Wanted::Tail { length } | Wanted::Part { length, .. } => length.into(),
        }
    }

    fn add(&self, calls: &mut Multicall) {
        let stat = || ListTaskOutput {
            taskID: Value::Int(self.place.task),
            stat: true,
            all_volumes: true,
            ..Default::default()
        };
        let piece = |offset: i64, length: u32| DownloadTaskOutput {
            taskID: Value::Int(self.place.task),
            fileName: self.place.name.as_str().into(),
            offset: Value::Int(offset),
            size: Value::Int(length.into()),
            volume: self.place.volume.as_deref().into(),
        };
        match self.wanted {
            // the end is fetched without knowing where it is; the sizes before and after it tell
            Wanted::Tail { length } => {
                calls.add(stat());
                calls.add(piece(-i64::from(length), length));
                calls.add(stat());
            }
            Wanted::Part { offset, length } => {
                calls.add(piece(i64::try_from(offset).unwrap_or(i64::MAX), length))
            }
        }
    }

    fn read(&self, answers: &mut Answers) -> Result<Tail> {
        let mut next = || {
            let answer = answers.next().ok_or_else(|| Error::Answer("too few answers".to_owned()));
            answer?.map_err(|fault| self.fault(fault))
        };
        match self.wanted {
            Wanted::Part { offset, .. } => Ok(Tail { offset, bytes: task_output_bytes(next()?)? }),
            Wanted::Tail { .. } => {
                // all three are taken, whatever becomes of the first
                let (before, bytes, after) = (next(), next(), next());
                let (before, bytes, after) = (before?, task_output_bytes(bytes?)?, after?);
                let (before, after) = (self.size(&before)?, self.size(&after)?);
                if before != after {
                    // it grows just now: where the bytes end is not known
                    return Err(Error::Growing(after));
                }
                Ok(Tail { offset: after.saturating_sub(bytes.len() as u64), bytes })
            }
        }
    }

    fn size(&self, files: &Value) -> Result<u64> {
        let volume = self.place.volume.as_deref().unwrap_or("DEFAULT");
        let missing = || Error::Missing(self.place.to_string());
        let file = files.get(&self.place.name).and_then(|f| f.get(volume)).ok_or_else(missing)?;
        // upstream sends it as text, because XML-RPC's integers end at 2 GiB
        let text = file.str_at("st_size").map(str::to_owned);
        let size = text.and_then(|t| t.parse().ok()).or_else(|| u64::try_from(file.int_at("st_size")?).ok());
        size.ok_or_else(|| Error::Answer("listTaskOutput: a file without its size".to_owned()))
    }

    fn fault(&self, fault: HubFault) -> Error {
        if fault.message.contains("no file") || fault.message.contains("No such file") {
            Error::Missing(self.place.to_string())
        } else {
            Error::Hub(ClientError::Fault(fault))
        }
    }
}
