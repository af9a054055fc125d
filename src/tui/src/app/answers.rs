//! What the hub answered, to the store and to the screens.

use crate::app::State;
use crate::call::Call;
use crate::effect::Effect;
use crate::inbox;
use crate::net;
use crate::place::Place;
use crate::store::{Link, Logged};
use crate::theme::Role;

impl State {
    pub(super) fn fetched(
        &mut self,
        calls: Vec<Call>,
        answers: Result<Vec<Result<koji_xmlrpc::Value, String>>, String>,
        ms: u64,
        effects: &mut Vec<Effect>,
    ) {
        let was_up = self.store.link == Link::Up;
        let outcome = match &answers {
            Ok(_) => "ok".to_owned(),
            Err(e) => e.clone(),
        };
        let bytes = answers.as_ref().map_or(0, |a| a.iter().flatten().map(size).sum());
        self.store.log(Logged { at: self.now, call: net::summary(&calls), ms, bytes, outcome });
        match answers {
            Err(cause) => {
                let jitter = rand::random::<f64>();
                self.store.unreachable(&calls, cause, self.now, jitter);
                self.dirty = true;
            }
            Ok(answers) => {
                self.dirty |= !was_up;
                self.store.took(&calls, ms);
                for (call, answer) in calls.iter().zip(answers) {
                    if self.store.answer(call, answer, self.now) {
                        self.tell(call, effects);
                    }
                }
            }
        }
    }

    /// Screens whose wants include the call take its answer.
    pub(super) fn tell(&mut self, call: &Call, effects: &mut Vec<Effect>) {
        self.dirty = true;
        if self.user.as_ref().is_some_and(|u| inbox::want(u.id).call == *call)
            && let Some(tasks) = self.store.value(call)
        {
            let rules = self.settings.notices.as_deref();
            effects.extend(self.store.inbox.look(&tasks, rules));
        }
        if self.beside().is_some_and(|s| s.wants().iter().any(|w| w.call == *call)) {
            self.with_beside(effects, |s, cx| s.answered(call, cx));
        }
        for n in 0..self.stack.len() {
            let wanted = self.stack.get(n).is_some_and(|l| l.screen.wants().iter().any(|w| w.call == *call));
            if wanted {
                self.with(n, effects, |s, cx| s.answered(call, cx));
            }
        }
    }

    pub(super) fn performed(
        &mut self,
        outcomes: Vec<(String, Result<koji_xmlrpc::Value, String>)>,
        then: Option<Place>,
        ms: u64,
        effects: &mut Vec<Effect>,
    ) {
        self.performing = false;
        // calls that may come to nothing say so by false
        let undone = |outcome| match outcome {
            Ok(koji_xmlrpc::Value::Bool(false)) => Err("the hub did not do it".to_owned()),
            other => other,
        };
        let outcomes: Vec<_> = outcomes.into_iter().map(|(what, o)| (what, undone(o))).collect();
        let failed: Vec<String> = outcomes
            .iter()
            .filter_map(|(what, o)| o.as_ref().err().map(|e| format!("{what}: {e}")))
            .collect();
        for (what, outcome) in &outcomes {
            let outcome = outcome.as_ref().map_or_else(Clone::clone, |_| "ok".to_owned());
            self.store.log(Logged { at: self.now, call: what.clone(), ms, bytes: 0, outcome });
        }
        match failed.first() {
            None => {
                let what = outcomes.first().map(|(w, _)| w.clone()).unwrap_or_default();
                let answer = outcomes
                    .first()
                    .and_then(|(_, o)| o.as_ref().ok())
                    .map(crate::cell::shown)
                    .unwrap_or_default();
                let mut things: Vec<&String> = outcomes.iter().map(|(w, _)| w).collect();
                things.dedup();
                let more =
                    if things.len() > 1 { format!(" and {} more", things.len() - 1) } else { String::new() };
                let gave = if answer.is_empty() || answer.len() > 40 {
                    String::new()
                } else {
                    format!(" → {answer}")
                };
                self.say(Role::Good, format!("✔ {what}{more}{gave}"));
                if let Some(mut place) = then {
                    place.arg = place.arg.replace("$answer", &answer);
                    self.go(&place, effects);
                }
            }
            Some(first) => {
                let count = if outcomes.len() > 1 {
                    format!("{} of {} failed; ", failed.len(), outcomes.len())
                } else {
                    String::new()
                };
                self.say(Role::Bad, format!("✘ {count}{first}"));
            }
        }
        // whatever was shown may be different now
        self.store.expire(|_| true);
    }

    /// What the store knows already of the screens' wants is shown.
    pub fn show_known(&mut self) {
        let calls: Vec<Call> = self.wants().into_iter().map(|w| w.call).collect();
        let mut effects = Vec::new();
        for call in calls {
            if self.store.get(&call).is_some_and(|k| k.value.is_some()) {
                self.tell(&call, &mut effects);
            }
        }
    }
}

/// About as many bytes as the value has on the wire; counting them there would cost more than they are worth.
fn size(value: &koji_xmlrpc::Value) -> usize {
    use koji_xmlrpc::Value as V;
    match value {
        V::Str(s) | V::DateTime(s) => s.len() + 32,
        V::Array(a) => 30 + a.iter().map(size).sum::<usize>(),
        V::Struct(s) => 20 + s.iter().map(|(k, v)| k.len() + 34 + size(v)).sum::<usize>(),
        V::Base64(b) => b.len() * 4 / 3 + 36,
        _ => 30,
    }
}
