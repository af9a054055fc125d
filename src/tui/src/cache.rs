//! What was seen last, so that the next start shows it (marked as stale) before the hub has answered.

use std::path::PathBuf;

use serde_json::json;

use crate::app::State;
use crate::call::{from_json, to_json};

/// Larger answers are not worth the reading.
const LARGEST: usize = 300_000;

pub fn load(path: &Option<PathBuf>, state: &mut State) {
    let Some(text) = path.as_ref().and_then(|p| std::fs::read_to_string(p).ok()) else { return };
    for line in text.lines() {
        let Ok(entry) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let (Some(key), Some(at)) = (entry["key"].as_str(), entry["at"].as_f64()) else { continue };
        state.store.remember(key.to_owned(), from_json(&entry["value"]), at);
    }
    state.show_known();
}

pub fn save(path: &Option<PathBuf>, state: &State) {
    let Some(path) = path else { return };
    let mut text = String::new();
    for (key, known) in state.store.entries() {
        let Some(value) = known.value.as_deref().filter(|_| known.at > 0.0) else { continue };
        let line = json!({"key": key, "at": known.at, "value": to_json(value)}).to_string();
        if line.len() <= LARGEST {
            text.push_str(&line);
            text.push('\n');
        }
    }
    if let Some(dir) = path.parent() {
        let _ = std::fs::create_dir_all(dir);
    }
    // only a convenience: without it the next start is empty for a moment
    let _ = crate::files::replace(path, &text);
}
