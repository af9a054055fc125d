//! Who listens to events at the moment: how many, and whether they read what they get.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

/// A client that has not taken what was sent for so long is cut off when somebody else comes.
const STALLED: Duration = Duration::from_secs(60);

/// The listeners of this process.
pub struct Listeners {
    started: Instant,
    seats: Mutex<Seats>,
}

#[derive(Default)]
struct Seats {
    next: u64,
    taken: BTreeMap<u64, Weak<Seat>>,
}

/// One listener's place; dropping it gives it back.
pub struct Seat {
    started: Instant,
    /// Milliseconds after `started` at which something was handed to the connection that it has not asked for more since;
    /// 0 when it has.
    waits_since: AtomicU64,
    cut: CancellationToken,
}

impl Default for Listeners {
    fn default() -> Listeners {
        Listeners { started: Instant::now(), seats: Mutex::default() }
    }
}

impl Listeners {
    /// A place among at most `most`; `cut` ends the listener's connection.
    pub fn sit(&self, most: usize, cut: CancellationToken) -> Option<Arc<Seat>> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        seats.taken.retain(|_, seat| match seat.upgrade() {
            Some(seat) if seat.is_stalled() => {
                seat.cut.cancel();
                false
            }
            Some(_) => true,
            None => false,
        });
        if seats.taken.len() >= most {
            return None;
        }
        let seat = Arc::new(Seat { started: self.started, waits_since: AtomicU64::new(0), cut });
        let number = seats.next;
        seats.next += 1;
        seats.taken.insert(number, Arc::downgrade(&seat));
        metrics::gauge!("koji_hub_event_listeners").set(u32::try_from(seats.taken.len()).unwrap_or(u32::MAX));
        Some(seat)
    }

    /// How many listen.
    pub fn count(&self) -> usize {
        let seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        seats.taken.values().filter(|seat| seat.strong_count() > 0).count()
    }
}

impl Seat {
    /// The connection takes more.
    pub fn asked(&self) {
        self.waits_since.store(0, Ordering::Relaxed);
    }

    /// It was given something.
    pub fn given(&self) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.waits_since.store(now.max(1), Ordering::Relaxed);
    }

    fn is_stalled(&self) -> bool {
        match self.waits_since.load(Ordering::Relaxed) {
            0 => false,
            since => self.started.elapsed().saturating_sub(Duration::from_millis(since)) > STALLED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_read_makes_room() {
        let mut listeners = Listeners::default();
        let tokens: Vec<CancellationToken> = (0..4).map(|_| CancellationToken::new()).collect();
        let sit = |listeners: &Listeners, n: usize| listeners.sit(2, tokens[n].clone());
        let (first, second) = (sit(&listeners, 0).unwrap(), sit(&listeners, 1).unwrap());
        first.given();
        second.given();
        second.asked();
        assert!(sit(&listeners, 2).is_none());
        drop(second);
        let second = sit(&listeners, 2).unwrap();
        assert_eq!(listeners.count(), 2);
        // a long time later
        let Some(earlier) = Instant::now().checked_sub(STALLED * 3) else { return };
        listeners.started = earlier;
        let late = Seat { started: earlier, waits_since: AtomicU64::new(1), cut: tokens[3].clone() };
        assert!(late.is_stalled());
        late.asked();
        assert!(!late.is_stalled());
        late.given();
        assert!(!late.is_stalled());
        drop((first, second));
    }
}
