//! Places that a recording was made for: `{"visit": PLACE, "until": TEXT}`.

/// A place, and text that is there once it has everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub place: String,
    pub until: String,
}

/// Those of a recording, in its order; lines that are something else, or nothing, are passed over.
pub fn visits(recording: &str) -> Vec<Visit> {
    let visit = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        let text = |key: &str| line.get(key)?.as_str().map(str::to_owned);
        Some(Visit { place: text("visit")?, until: text("until")? })
    };
    recording.lines().filter_map(visit).collect()
}
