//! Answers of the hub by call, with their age. Screens draw from here; the network fills it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use koji_xmlrpc::Value;

use crate::call::{Call, Want};
use crate::inbox::Inbox;

/// What is known about one call.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub value: Option<Arc<Value>>,
    /// The hub refused the call: its reason. An older value may still be there.
    pub fault: Option<String>,
    /// Seconds since the epoch of the last answer.
    pub at: f64,
    /// Asked for, not answered yet.
    pub pending: bool,
    /// From an earlier run of the program.
    pub cached: bool,
    /// Seconds that the last answer took, and when it was asked for.
    took: f64,
    asked: f64,
    /// When it was last wanted, for forgetting.
    wanted: f64,
}

/// Is the hub there?
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Link {
    /// Nothing has come back yet.
    #[default]
    Connecting,
    Up,
    /// Why, since when, and when it is tried again (seconds since the epoch).
    Down {
        cause: String,
        since: f64,
        again: f64,
    },
}

/// One line of the RPC log.
#[derive(Debug, Clone)]
pub struct Logged {
    pub at: f64,
    pub call: String,
    pub ms: u64,
    pub bytes: usize,
    pub outcome: String,
}

#[derive(Debug, Default)]
pub struct Store {
    known: HashMap<String, Known>,
    pub link: Link,
    pub log: std::collections::VecDeque<Logged>,
    /// What happened meanwhile.
    pub inbox: Inbox,
    attempts: u32,
}

/// A call is not asked for again before this many times as long as it took has passed.
const PATIENCE: f64 = 4.0;
/// Answers kept that nobody looks at.
const KEPT: usize = 400;
const LOGGED: usize = 1000;

/// Whether the hub wrote the same; members of a struct are in its order.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Struct(one), Value::Struct(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len() && pairs.all(|(one, other)| one.0 == other.0 && is_same(one.1, other.1))
        }
        _ => one == other,
    }
}

/// Gives memory back. For the rows of a long list that takes longer than drawing: no key shall wait for it.
fn drop_aside(value: Arc<Value>) {
    const LONG: usize = 500;
    if value.as_array().is_some_and(|rows| rows.len() > LONG) {
        std::thread::spawn(move || drop(value));
    }
}

impl Store {
    pub fn get(&self, call: &Call) -> Option<&Known> {
        self.known.get(&call.key())
    }

    pub fn value(&self, call: &Call) -> Option<Arc<Value>> {
        self.get(call).and_then(|k| k.value.clone())
    }

    /// Those of `wants` that are missing or too old, marked as asked for. Nothing of the hub while it is down and its
    /// time has not come.
    pub fn due(&mut self, wants: &[Want], now: f64) -> Vec<Call> {
        let is_down = matches!(self.link, Link::Down { again, .. } if now < again);
        let mut due = Vec::new();
        for want in wants.iter().filter(|w| !is_down || w.call.command().is_some()) {
            let known = self.known.entry(want.call.key()).or_default();
            known.wanted = now;
            // what is long in coming is asked for less often: most of the time the hub shall do something else
            let every = want.every.as_secs_f64().max(known.took * PATIENCE);
            let fresh = known.at > 0.0 && !known.cached && now - known.at < every;
            let soon = now - known.asked < known.took * PATIENCE / 2.0;
            if !known.pending && !fresh && !soon {
                known.pending = true;
                known.asked = now;
                due.push(want.call.clone());
            }
        }
        due
    }

    /// How long a request took that asked for these.
    pub fn took(&mut self, calls: &[Call], ms: u64) {
        for call in calls {
            if let Some(known) = self.known.get_mut(&call.key()) {
                known.took = Duration::from_millis(ms).as_secs_f64();
            }
        }
    }

    /// Takes an answer; true when it differs from what was known.
    pub fn answer(&mut self, call: &Call, answer: Result<Value, String>, now: f64) -> bool {
        if call.command().is_none() {
            self.link = Link::Up;
            self.attempts = 0;
        }
        let known = self.known.entry(call.key()).or_default();
        known.pending = false;
        known.at = now;
        let was_cached = std::mem::take(&mut known.cached);
        match answer {
            Ok(value) => {
                known.fault = None;
                let same = known.value.as_deref().is_some_and(|old| is_same(old, &value));
                let unneeded = match same {
                    true => Some(Arc::new(value)),
                    false => known.value.replace(Arc::new(value)),
                };
                unneeded.into_iter().for_each(drop_aside);
                !same || was_cached
            }
            Err(fault) => {
                let same = known.fault.as_ref() == Some(&fault);
                known.fault = Some(fault);
                !same
            }
        }
    }

    /// A request did not reach the hub: the calls are asked again later, each time after a longer pause. `jitter` is in
    /// 0..1, so that many clients of a hub do not come back at once.
    pub fn unreachable(&mut self, calls: &[Call], cause: String, now: f64, jitter: f64) {
        for call in calls {
            if let Some(known) = self.known.get_mut(&call.key()) {
                known.pending = false;
            }
        }
        let since = match self.link {
            Link::Down { since, .. } => since,
            _ => now,
        };
        self.attempts = (self.attempts + 1).min(6);
        let pause = f64::from(1u32 << self.attempts).min(30.0) * (0.75 + jitter / 2.0);
        self.link = Link::Down { cause, since, again: now + pause };
    }

    /// Every answer is too old now: after an action, on reload, when the hub has news. Those in the past keep their value.
    pub fn expire(&mut self, which: impl Fn(&str) -> bool) {
        for (key, known) in &mut self.known {
            if which(key) {
                known.at = 0.0;
            }
        }
        if let Link::Down { again, .. } = &mut self.link {
            *again = 0.0;
        }
    }

    /// A value of an earlier run, shown until the hub answers.
    pub fn remember(&mut self, key: String, value: Value, at: f64) {
        let known = Known { value: Some(Arc::new(value)), at, cached: true, wanted: at, ..Known::default() };
        self.known.entry(key).or_insert(known);
    }

    pub fn entries(&self) -> impl Iterator<Item = (&String, &Known)> {
        self.known.iter()
    }

    pub fn log(&mut self, entry: Logged) {
        self.log.push_front(entry);
        self.log.truncate(LOGGED);
    }

    /// Forgets what was not wanted for longest.
    pub fn forget(&mut self) {
        if self.known.len() <= KEPT {
            return;
        }
        let mut times: Vec<f64> = self.known.values().map(|k| k.wanted).collect();
        times.sort_by(|a, b| b.total_cmp(a));
        if let Some(limit) = times.get(KEPT).copied() {
            self.known.retain(|_, k| k.wanted > limit || k.pending);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(name: &str) -> Call {
        Call { method: name.into(), params: vec![], login: false }
    }

    #[test]
    fn answers_age() {
        let mut s = Store::default();
        let want = [Want::every(call("a"), 5)];
        assert_eq!(s.due(&want, 100.0).len(), 1);
        assert!(s.due(&want, 101.0).is_empty(), "it is under way");
        assert!(s.answer(&call("a"), Ok(1.into()), 101.0));
        assert!(s.due(&want, 105.0).is_empty());
        assert_eq!(s.due(&want, 106.5).len(), 1);
        assert!(!s.answer(&call("a"), Ok(1.into()), 107.0), "nothing new");
    }

    #[test]
    fn what_differs_in_a_long_answer() {
        let rows = |last: &str| {
            let row = |n: i64| {
                Value::record([("id", n.into()), ("name", if n == 999 { last.into() } else { "x".into() })])
            };
            Value::Array((0..1000).map(row).collect())
        };
        let mut s = Store::default();
        assert!(s.answer(&call("a"), Ok(rows("y")), 1.0));
        assert!(!s.answer(&call("a"), Ok(rows("y")), 2.0));
        assert!(s.answer(&call("a"), Ok(rows("z")), 3.0));
        assert_eq!(s.value(&call("a")).as_deref(), Some(&rows("z")));
        let Value::Array(mut fewer) = rows("z") else { unreachable!() };
        fewer.pop();
        assert!(s.answer(&call("a"), Ok(Value::Array(fewer)), 4.0));
    }

    #[test]
    fn what_is_here_does_not_need_the_hub() {
        let mut s = Store::default();
        let want = [Want::every(call("a"), 1), Want::every(Call::here("local list"), 1)];
        s.unreachable(&[], "refused".into(), 100.0, 0.5);
        let due = s.due(&want, 100.5);
        assert_eq!(due, [Call::here("local list")]);
        s.answer(&due[0], Ok(1.into()), 100.6);
        assert!(matches!(s.link, Link::Down { .. }), "it says nothing of the hub");
    }

    #[test]
    fn what_takes_long_is_asked_for_less_often() {
        let mut s = Store::default();
        let want = [Want::every(call("a"), 1)];
        s.due(&want, 100.0);
        s.took(&[call("a")], 10_000);
        s.answer(&call("a"), Ok(1.into()), 110.0);
        assert!(s.due(&want, 149.0).is_empty());
        assert_eq!(s.due(&want, 150.0).len(), 1);
        s.answer(&call("a"), Ok(1.into()), 160.0);
        // news do not make it faster than the hub can
        s.expire(|_| true);
        assert!(s.due(&want, 169.0).is_empty());
        assert_eq!(s.due(&want, 170.0).len(), 1);
    }

    #[test]
    fn a_hub_that_is_down_is_asked_ever_more_seldom_and_its_data_stay() {
        let mut s = Store::default();
        let want = [Want::every(call("a"), 1)];
        s.due(&want, 0.0);
        s.answer(&call("a"), Ok(7.into()), 1.0);
        let mut now = 10.0;
        let mut pauses = vec![];
        for _ in 0..7 {
            assert_eq!(s.due(&want, now).len(), 1);
            s.unreachable(&[call("a")], "refused".into(), now, 0.5);
            let Link::Down { again, since, .. } = s.link else { panic!("up") };
            assert_eq!(since, 10.0);
            assert!(s.due(&want, again - 0.1).is_empty());
            pauses.push(again - now);
            now = again;
        }
        assert_eq!(pauses, [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]);
        assert_eq!(s.value(&call("a")).as_deref(), Some(&Value::Int(7)));
        s.due(&want, now);
        s.answer(&call("a"), Ok(8.into()), now);
        assert_eq!(s.link, Link::Up);
    }
}
