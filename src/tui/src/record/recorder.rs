//! Writing a recording while the program runs.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use koji_client::Tape;
use koji_xmlrpc::Value;
use serde_json::json;

use crate::call::to_json;
use crate::event::Event;
use crate::keymap::key_name;
use crate::place::Place;

/// Calls whose words are secret.
const SECRET: &[&str] = &["login", "sslLogin", "subsession"];

#[derive(Clone)]
pub struct Recorder(Arc<Mutex<Inner>>);

struct Inner {
    file: File,
    /// The last request did not reach the hub.
    down: bool,
}

impl Recorder {
    pub fn create(path: &Path, start: &Place, now: f64, size: (u16, u16)) -> io::Result<Recorder> {
        let mut file = File::create(path)?;
        writeln!(file, "{}", json!({"start": start.to_string(), "now": now, "size": [size.0, size.1]}))?;
        Ok(Recorder(Arc::new(Mutex::new(Inner { file, down: false }))))
    }

    /// Events that decide what is seen, but for answers: those are heard where they come in ([`Tape`]).
    pub fn note_event(&self, event: &Event) {
        if let Event::Performed { outcomes, .. } = event {
            let entry = |(what, answer): &(String, Result<Value, String>)| match answer {
                Ok(value) => json!({"did": what, "answer": to_json(value)}),
                Err(fault) => json!({"did": what, "fault": fault}),
            };
            self.write(&outcomes.iter().map(entry).collect::<Vec<_>>());
        }
        let line = match event {
            Event::Key(key) => key_name(*key).map(|k| json!({"key": k})),
            Event::Paste(text) => Some(json!({"paste": text})),
            Event::Resize(w, h) => Some(json!({"size": [w, h]})),
            Event::Tick(now) => Some(json!({"now": now})),
            Event::News(topics) => Some(json!({"news": topics})),
            Event::LoggedIn(Ok(Some(u))) => {
                Some(json!({"user": {"id": u.id, "name": u.name, "perms": u.perms}}))
            }
            Event::LoggedIn(Ok(None)) => Some(json!({"user": null})),
            Event::LoggedIn(Err(problem)) => Some(json!({"no user": problem})),
            Event::Fetched { answers: Err(cause), .. } => {
                self.inner().down = true;
                Some(json!({"down": cause}))
            }
            // what is here is heard by no tape
            Event::Fetched { calls, answers: Ok(answers), .. }
                if calls.iter().any(|c| c.command().is_some()) =>
            {
                for (call, answer) in calls.iter().zip(answers) {
                    self.write(&[match answer {
                        Ok(value) => json!({"call": call.key(), "answer": to_json(value)}),
                        Err(fault) => json!({"call": call.key(), "fault": fault}),
                    }]);
                }
                None
            }
            Event::Fetched { .. } => {
                let was_down = std::mem::take(&mut self.inner().down);
                was_down.then(|| json!({"down": null}))
            }
            _ => None,
        };
        self.write(line.as_slice());
    }

    /// Failing to write must not end the program that is recorded.
    fn write(&self, lines: &[serde_json::Value]) {
        let file = &mut self.inner().file;
        for line in lines {
            let _ = writeln!(file, "{line}");
        }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tape for Recorder {
    fn answer(&self, _call: &[u8]) -> Option<koji_client::Result<bytes::Bytes>> {
        None
    }

    fn note(&self, method: &str, call: &[u8], answer: &[u8]) {
        if !SECRET.contains(&method) {
            self.write(&super::wire::lines(method, call, answer).unwrap_or_default());
        }
    }
}
