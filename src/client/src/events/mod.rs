//! Events of our own hub, as they happen: server-sent, with a cursor, so that a lost connection loses nothing.

mod connection;
mod parse;

use std::collections::BTreeMap;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::session::Session;
use connection::Connection;

/// Events that may wait for [`Events::next`]; after that the connection waits, and the hub keeps them.
const WAITING: usize = 256;

/// What [`Events::next`] tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// Something happened at the hub.
    Event(Event),
    /// The connection stands. Nothing was missed since the last event, unless [`Notice::Reset`] follows.
    Connected,
    /// What happened before is not known: read everything that is shown anew.
    Reset,
    /// The connection is gone, for this reason; the next attempt follows by itself.
    Lost(String),
    /// This hub sends no events (any more): poll. Nothing follows.
    Unsupported,
}

/// A change at the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `task`, `build`, `host`, `log`, `repo` or `tag`.
    pub kind: String,
    /// Of the task, build, host or tag; of a log its task, of a repo its tag.
    pub id: i64,
    /// What is known about the change; which members there are is up to the hub.
    pub news: BTreeMap<String, News>,
}

/// A member of [`Event::news`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    Int(i64),
    Bool(bool),
    Text(String),
    None,
}

impl Event {
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.news.get(name) {
            Some(News::Int(n)) => Some(*n),
            _ => None,
        }
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.news.get(name) {
            Some(News::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// As [`crate::Live`] and the hub name it: `task:5`.
    pub fn topic(&self) -> String {
        format!("{}:{}", self.kind, self.id)
    }
}

/// Listens to a hub, beside the session's calls and without its login; connects again by itself.
///
/// ```no_run
/// # async fn f(session: koji_client::Session) {
/// use koji_client::events::{Events, Notice};
/// let mut events = Events::listen(&session, ["task", "log:5"]);
/// while let Some(notice) = events.next().await {
///     match notice {
///         Notice::Event(event) => println!("{} {:?}", event.topic(), event.int("state")),
///         Notice::Unsupported => break, // poll, then
///         other => println!("{other:?}"),
///     }
/// }
/// # }
/// ```
pub struct Events {
    receive: mpsc::Receiver<Notice>,
    topics: watch::Sender<Vec<String>>,
    task: JoinHandle<()>,
}

impl Events {
    /// Begins to listen to kinds (`task`) and topics (`log:5`). To be called within a runtime.
    pub fn listen<T: Into<String>>(session: &Session, topics: impl IntoIterator<Item = T>) -> Events {
        let (send, receive) = mpsc::channel(WAITING);
        let (topics, wanted) = watch::channel(topics.into_iter().map(Into::into).collect());
        let connection = Connection::new(session.anonymous().without_retry(), wanted, send);
        Events { receive, topics, task: tokio::spawn(connection.run()) }
    }

    /// The next notice; `None` behind [`Notice::Unsupported`]. Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Notice> {
        self.receive.recv().await
    }

    /// Listens to these topics from now on; of those that it listened to before nothing is lost.
    pub fn set_topics<T: Into<String>>(&self, topics: impl IntoIterator<Item = T>) {
        let topics: Vec<String> = topics.into_iter().map(Into::into).collect();
        self.topics.send_if_modified(|old| {
            let new = *old != topics;
            *old = topics;
            new
        });
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.task.abort();
    }
}
