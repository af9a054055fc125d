//! What happened just now, for those who wait for it: long polls and the hub's own services.
//!
//! Transactions announce topics; PostgreSQL tells every hub process of them when they commit. Each process keeps the
//! last events, so that a caller that comes back with its cursor misses nothing in between.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use koji_db::{CHANNEL, Db};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Events kept for callers that come back.
const KEPT: usize = 8192;
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

#[derive(Default)]
struct Events {
    /// Number of the event behind the last one kept.
    next: u64,
    kept: VecDeque<Arc<str>>,
    /// Nothing is known about what happened before this number.
    known_since: u64,
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
        while let Some(topic) = listener.next().await? {
            self.publish(&topic);
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
        format!("{}-{}", self.instance, self.lock().next)
    }

    /// An end of the bus for a service of this process, from now on.
    pub fn subscribe(&self) -> Subscription<'_> {
        Subscription { live: self, at: self.lock().next, newest: self.newest.subscribe() }
    }

    /// From a cursor that a caller brings: `None` for one that this process never gave out.
    pub fn subscribe_at(&self, cursor: &str) -> Option<Subscription<'_>> {
        let at = cursor.strip_prefix(&self.instance)?.strip_prefix('-')?.parse().ok()?;
        let newest = self.newest.subscribe();
        (at <= self.lock().next).then_some(Subscription { live: self, at, newest })
    }

    fn publish(&self, topic: &str) {
        let mut events = self.lock();
        if events.kept.len() == KEPT {
            events.kept.pop_front();
        }
        events.kept.push_back(topic.into());
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
        let kept = u64::try_from(events.kept.len()).unwrap_or(u64::MAX);
        let first = events.next.saturating_sub(kept);
        if at < first.max(events.known_since) {
            return Changes::Anything;
        }
        let skip = usize::try_from(at - first).unwrap_or(usize::MAX);
        Changes::Some(events.kept.iter().skip(skip).cloned().collect())
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
        format!("{}-{}", self.live.instance, self.at)
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
