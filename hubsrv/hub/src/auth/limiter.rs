//! Guessing passwords and session keys is made slow: too many failures from one address, or for one user or session from it, and
//! it has to wait.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Failures are forgotten after this time.
const WINDOW: Duration = Duration::from_secs(300);
/// Failures for one user or session from one address.
const PER_USER: usize = 10;
/// Failed logins from one address, whoever was tried.
const LOGINS_PER_ADDRESS: usize = 100;
/// Wrong session keys from one address. Behind one address there may be many clients that do not know yet that their
/// sessions have ended.
const KEYS_PER_ADDRESS: usize = 1000;
/// Beyond this many entries the oldest are forgotten; memory is bounded whatever is tried.
const ENTRIES: usize = 10_000;

/// An address, and the user or session that was tried from it or all of them.
type Key = (String, Option<String>);

/// Failures of the last minutes, by address and by address and user.
#[derive(Debug)]
pub struct Limiter {
    per_address: usize,
    failures: Mutex<HashMap<Key, Vec<Instant>>>,
}

impl Limiter {
    /// For logins, by user.
    pub fn of_logins() -> Limiter {
        Limiter { per_address: LOGINS_PER_ADDRESS, failures: Mutex::default() }
    }

    /// For session keys, by session.
    pub fn of_keys() -> Limiter {
        Limiter { per_address: KEYS_PER_ADDRESS, failures: Mutex::default() }
    }

    /// How long `ip` must wait before it may try `user` again; `None` is not at all.
    pub fn wait(&self, ip: &str, user: &str) -> Option<Duration> {
        let now = Instant::now();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let mut longest = None;
        for (user, limit) in [(Some(user.to_owned()), PER_USER), (None, self.per_address)] {
            let key = (ip.to_owned(), user);
            if let Some(times) = failures.get_mut(&key) {
                times.retain(|t| now.duration_since(*t) < WINDOW);
                let over = times.len().checked_sub(limit).and_then(|i| times.get(i));
                longest = longest.max(over.map(|t| WINDOW.saturating_sub(now.duration_since(*t))));
            }
        }
        longest
    }

    pub fn failed(&self, ip: &str, user: &str) {
        let now = Instant::now();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() > ENTRIES {
            failures.retain(|_, times| times.last().is_some_and(|t| now.duration_since(*t) < WINDOW));
            if failures.len() > ENTRIES {
                failures.clear();
            }
        }
        for user in [Some(user.to_owned()), None] {
            let times = failures.entry((ip.to_owned(), user)).or_default();
            // no more are needed to tell how long to wait
            if times.len() > self.per_address.max(PER_USER) {
                times.remove(0);
            }
            times.push(now);
        }
    }

    /// A good login: what failed before was a typing error.
    pub fn succeeded(&self, ip: &str, user: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&(ip.to_owned(), Some(user.to_owned())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_failures_make_that_address_wait_for_that_user() {
        let limiter = Limiter::of_logins();
        for _ in 0..PER_USER {
            assert_eq!(limiter.wait("10.0.0.1", "alice"), None);
            limiter.failed("10.0.0.1", "alice");
        }
        assert!(limiter.wait("10.0.0.1", "alice").is_some());
        assert_eq!(limiter.wait("10.0.0.1", "bob"), None);
        assert_eq!(limiter.wait("10.0.0.2", "alice"), None);
        limiter.succeeded("10.0.0.1", "alice");
        assert_eq!(limiter.wait("10.0.0.1", "alice"), None);
        for n in 0..LOGINS_PER_ADDRESS {
            limiter.failed("10.0.0.1", &format!("user{n}"));
        }
        assert!(limiter.wait("10.0.0.1", "somebody").is_some());
    }
}
