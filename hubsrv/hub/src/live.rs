//! What happened just now, for those who wait for it: long polls, listeners of events and the hub's own services.
//!
//! Transactions announce topics; PostgreSQL tells every hub process of them when they commit, all in the same order and
//! with the same ids. Each process keeps the last events, so that a caller that comes back with its cursor, to this
//! process or to another one, misses nothing in between.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use koji_db::{CHANNEL, Db};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Events kept for callers that come back.
const KEPT: usize = 8192;
/// Kinds of topics that callers may wait for; each is followed by `:` and an id.
pub const KINDS: &[&str] = &["task", "build", "host", "log", "repo", "tag"];
/// Between attempts to reach the database.
const RETRY: Duration = Duration::from_millis(500);

/// The events of this process since it started.
pub struct Live {
    /// Tells the cursors of this process from those of others.
    instance: String,
    events: Mutex<Events>,
    newest: watch::Sender<u64>,
    closed: CancellationToken,
}

/// One thing that happened.
#[derive(Debug, PartialEq, Eq)]
pub struct Event {
    /// The same in every process; no other event has it.
    pub id: Box<str>,
    /// `task:5`, or the name of one of the hub's own topics.
    pub topic: Arc<str>,
    /// A JSON object with what is known about it; may be empty.
    pub news: Box<str>,
}

impl Event {
    /// From a message of [`CHANNEL`].
    fn parse(message: &str) -> Event {
        let mut words = message.splitn(3, ' ');
        let mut word = || words.next().unwrap_or_default();
        Event { topic: word().into(), id: word().into(), news: word().into() }
    }
}

#[derive(Default)]
struct Events {
    /// Number of the event behind the last one kept.
    next: u64,
    kept: VecDeque<Arc<Event>>,
    /// Nothing is known about what happened before this number.
    known_since: u64,
}

impl Events {
    /// Number of the first event that is kept.
    fn first(&self) -> u64 {
        self.next.saturating_sub(u64::try_from(self.kept.len()).unwrap_or(u64::MAX))
    }

    fn get(&self, number: u64) -> Option<&Arc<Event>> {
        self.kept.get(usize::try_from(number.checked_sub(self.first())?).ok()?)
    }

    /// How many of those kept come before number `at`; `None` when some behind it are not kept.
    fn skip_to(&self, at: u64) -> Option<usize> {
        let first = self.first();
        (at >= first.max(self.known_since)).then(|| usize::try_from(at - first).unwrap_or(usize::MAX))
    }
}

/// What changed since a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    Some(HashSet<Arc<str>>),
    /// It is too long ago, or the bus was interrupted: anything may have changed.
    Anything,
}

impl Changes {
    pub fn contains(&self, topic: &str) -> bool {
        match self {
            Changes::Some(topics) => topics.contains(topic),
            Changes::Anything => true,
        }
    }

    /// Whether some topic begins like that.
    pub fn any_with_prefix(&self, prefix: &str) -> bool {
        match self {
            Changes::Some(topics) => topics.iter().any(|t| t.starts_with(prefix)),
            Changes::Anything => true,
        }
    }
}

impl Default for Live {
    fn default() -> Live {
        let instance = format!("{:08x}", rand::random::<u32>());
        Live {
            instance,
            events: Mutex::default(),
            newest: watch::Sender::new(0),
            closed: CancellationToken::new(),
        }
    }
}

impl Live {
    /// Follows the database's announcements until the future is dropped; comes back by itself when the database does.
    pub async fn run(&self, db: &Db) {
        loop {
            match self.listen(db).await {
                Ok(()) => tracing::warn!("live bus: the connection to the database ended"),
                Err(e) => tracing::warn!("live bus: {e}"),
            }
            tokio::time::sleep(RETRY).await;
        }
    }

    async fn listen(&self, db: &Db) -> Result<(), koji_db::DbError> {
        let mut listener = db.listen(CHANNEL).await?;
        // whatever was announced while nobody listened is lost
        self.interrupted();
        while let Some(message) = listener.next().await? {
            self.publish(&message);
        }
        self.interrupted();
        Ok(())
    }

    /// Ends all waits of callers: this process is about to stop.
    pub fn close(&self) {
        self.closed.cancel();
    }

    /// Done when [`Live::close`] is called.
    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    /// The place in the stream of events where it is now.
    pub fn cursor(&self) -> String {
        let next = self.lock().next;
        self.cursor_at(next)
    }

    /// The id of the event before `at`, which other processes know as well; while there is none that is kept, a name that
    /// only this one knows.
    fn cursor_at(&self, at: u64) -> String {
        let events = self.lock();
        let before = at.checked_sub(1).and_then(|n| events.get(n)).filter(|_| at > events.known_since);
        match before {
            Some(event) if !event.id.is_empty() => event.id.to_string(),
            _ => format!("{}-{at}", self.instance),
        }
    }

    /// An end of the bus for a service of this process, from now on.
    pub fn subscribe(&self) -> Subscription<'_> {
        Subscription { live: self, at: self.lock().next, newest: self.newest.subscribe() }
    }

    /// From a cursor that a caller brings: `None` for one that this process never gave out.
    pub fn subscribe_at(&self, cursor: &str) -> Option<Subscription<'_>> {
        let newest = self.newest.subscribe();
        Some(Subscription { live: self, at: self.place(cursor)?, newest })
    }

    /// The number of the event behind a cursor.
    fn place(&self, cursor: &str) -> Option<u64> {
        let events = self.lock();
        if let Some(at) = cursor.strip_prefix(&self.instance).and_then(|c| c.strip_prefix('-')) {
            return at.parse().ok().filter(|at| *at <= events.next);
        }
        let behind = events.kept.iter().rev().position(|e| *e.id == *cursor && !cursor.is_empty())?;
        Some(events.next - u64::try_from(behind).ok()?)
    }

    /// Where somebody begins who listens from `cursor` on, or from now; the second is false when what happened since `cursor`
    /// is not known any more. With the place comes what tells of news.
    pub fn listen_from(&self, cursor: Option<&str>) -> (u64, bool, watch::Receiver<u64>) {
        let newest = self.newest.subscribe();
        let place = cursor.map(|c| self.place(c));
        match place {
            Some(Some(at)) => (at, true, newest),
            other => (self.lock().next, other.is_none(), newest),
        }
    }

    /// Up to `most` events from number `at` on, the number behind them and its cursor; no events when some are not known
    /// any more.
    pub fn events_from(&self, at: u64, most: usize) -> (Option<Vec<Arc<Event>>>, u64, String) {
        let (found, next) = {
            let events = self.lock();
            match events.skip_to(at) {
                Some(skip) => {
                    let found: Vec<_> = events.kept.iter().skip(skip).take(most).cloned().collect();
                    let next = at + u64::try_from(found.len()).unwrap_or(0);
                    (Some(found), next)
                }
                None => (None, events.next),
            }
        };
        (found, next, self.cursor_at(next))
    }

    fn publish(&self, message: &str) {
        let mut events = self.lock();
        if events.kept.len() == KEPT {
            events.kept.pop_front();
        }
        events.kept.push_back(Arc::new(Event::parse(message)));
        events.next += 1;
        let next = events.next;
        drop(events);
        self.newest.send_replace(next);
    }

    /// Forgets what is kept: something in between is unknown.
    fn interrupted(&self) {
        let mut events = self.lock();
        events.kept.clear();
        events.next += 1;
        events.known_since = events.next;
        let next = events.next;
        drop(events);
        self.newest.send_replace(next);
    }

    fn since(&self, at: u64) -> Changes {
        let events = self.lock();
        match events.skip_to(at) {
            Some(skip) => {
                Changes::Some(events.kept.iter().skip(skip).map(|e| Arc::clone(&e.topic)).collect())
            }
            None => Changes::Anything,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the stream of events.
pub struct Subscription<'a> {
    live: &'a Live,
    at: u64,
    newest: watch::Receiver<u64>,
}

impl Subscription<'_> {
    /// What happened since the last call or the beginning; waits until there is something.
    pub async fn changes(&mut self) -> Changes {
        loop {
            let newest = *self.newest.borrow_and_update();
            if newest > self.at {
                let changes = self.live.since(self.at);
                self.at = newest;
                return changes;
            }
            if self.newest.changed().await.is_err() {
                // the bus is gone with the process
                std::future::pending::<()>().await;
            }
        }
    }

    /// The place up to which this end has seen everything.
    pub fn cursor(&self) -> String {
        self.live.cursor_at(self.at)
    }

    /// Waits until something happens to one of `topics`: those that changed.
    pub async fn wait_for<'t>(&mut self, topics: &'t [String]) -> Vec<&'t str> {
        loop {
            let changes = self.changes().await;
            let changed: Vec<&str> =
                topics.iter().map(String::as_str).filter(|t| changes.contains(t)).collect();
            if !changed.is_empty() {
                return changed;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(topics: &[&str]) -> Changes {
        Changes::Some(topics.iter().map(|t| Arc::from(*t)).collect())
    }

    #[tokio::test]
    async fn nothing_is_missed_between_two_waits() {
        let live = Live::default();
        let cursor = live.cursor();
        live.publish("task:1");
        live.publish("task:2");
        assert_eq!(live.subscribe_at(&cursor).unwrap().changes().await, changes(&["task:1", "task:2"]));
        let topics = ["task:3".to_owned(), "task:2".to_owned()];
        assert_eq!(live.subscribe_at(&cursor).unwrap().wait_for(&topics).await, ["task:2"]);
        assert!(live.subscribe_at("other-1").is_none());
        assert!(live.subscribe_at(&format!("{}-99", live.instance)).is_none());
    }

    #[tokio::test]
    async fn a_cursor_is_known_in_every_process() {
        let (one, other) = (Live::default(), Live::default());
        for live in [&one, &other] {
            live.publish("task:1 70.1 {\"state\": 1}");
        }
        let cursor = one.cursor();
        assert_eq!(cursor, "70.1");
        other.publish("task:2 71.1 ");
        other.publish("log:2 71.2 {\"name\": \"a b.log\"}");
        let (at, known, _) = other.listen_from(Some(&cursor));
        assert!(known);
        let (events, next, cursor) = other.events_from(at, 1);
        let event = |id: &str, topic: &str, news: &str| {
            Arc::new(Event { id: id.into(), topic: topic.into(), news: news.into() })
        };
        assert_eq!((events, cursor.as_str()), (Some(vec![event("71.1", "task:2", "")]), "71.1"));
        let (events, next, cursor) = other.events_from(next, 9);
        assert_eq!(events, Some(vec![event("71.2", "log:2", "{\"name\": \"a b.log\"}")]));
        assert_eq!((other.events_from(next, 9).0, cursor.as_str()), (Some(vec![]), "71.2"));
        assert_eq!(other.subscribe_at("70.1").unwrap().changes().await, changes(&["task:2", "log:2"]));
        // what came before an interruption is forgotten
        other.interrupted();
        assert!(!other.listen_from(Some("71.2")).1);
        assert_eq!(other.events_from(next, 9).0, None);
        assert!(other.cursor().starts_with(&other.instance));
    }

    #[tokio::test]
    async fn a_subscription_wakes_when_something_happens() {
        let live = Live::default();
        let mut subscription = live.subscribe();
        let wait = subscription.changes();
        tokio::pin!(wait);
        assert!(tokio::time::timeout(Duration::from_millis(20), &mut wait).await.is_err());
        live.publish("scheduler");
        assert_eq!(wait.await, changes(&["scheduler"]));
    }

    #[tokio::test]
    async fn an_interruption_or_an_old_cursor_means_anything() {
        let live = Live::default();
        let (cursor, mut subscription) = (live.cursor(), live.subscribe());
        live.publish("task:1");
        live.interrupted();
        assert_eq!(subscription.changes().await, Changes::Anything);
        live.publish("task:2");
        assert_eq!(subscription.changes().await, changes(&["task:2"]));
        assert_eq!(live.subscribe_at(&cursor).unwrap().changes().await, Changes::Anything);
        for n in 0..=KEPT {
            live.publish(&format!("log:{n}"));
        }
        assert_eq!(subscription.changes().await, Changes::Anything);
        let all = [String::from("task:9")];
        let mut old = live.subscribe_at(&cursor).unwrap();
        assert_eq!(old.wait_for(&all).await, ["task:9"]);
    }
}
