//! From what was recorded to what is kept: one moment, every answer once, nothing of this machine.

use std::collections::HashMap;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::tour::Visit;

/// `dir` is the system's directory, which logs and messages name.
pub fn tidy(recording: &str, visits: &[Visit], dir: &str) -> Result<String> {
    let lines: Vec<Value> = recording.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let mut head = lines.first().cloned().context("an empty recording")?;
    let now = lines.iter().rev().find_map(|l| l.get("now")).cloned();
    let now = now.context("the clock did not run")?;
    head["now"] = now.clone();
    let user = lines.iter().find(|l| l.get("user").is_some()).cloned().context("nobody logged in")?;
    // the last answer to each call: all of one moment
    let mut last: HashMap<&str, usize> = HashMap::new();
    for (n, line) in lines.iter().enumerate() {
        if let Some(call) = line["call"].as_str() {
            last.insert(call, n);
        }
    }
    let mut kept: Vec<usize> = last.into_values().collect();
    kept.sort_unstable();
    let answers = kept.into_iter().filter_map(|n| lines.get(n).cloned());
    let places = visits.iter().map(|v| json!({"visit": v.place, "until": v.until}));
    // of the same length, since logs are asked for by offsets
    let neutral = format!("{:x<width$}", "/srv/koji/", width = dir.len());
    let neutral: String = neutral.chars().take(dir.len()).collect();
    let mut text = String::new();
    // screens take note of the login when the clock ticks
    for mut line in [head, user, json!({"now": now})].into_iter().chain(answers).chain(places) {
        replace(&mut line, dir, &neutral);
        text.push_str(&line.to_string());
        text.push('\n');
    }
    Ok(text)
}

fn replace(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) => *text = text.replace(from, to),
        Value::Array(list) => list.iter_mut().for_each(|v| replace(v, from, to)),
        Value::Object(object) => {
            let bytes = object.get("$base64").and_then(Value::as_str).and_then(|t| STANDARD.decode(t).ok());
            if let Some(bytes) = bytes {
                let text = String::from_utf8_lossy(&bytes).replace(from, to);
                object.insert("$base64".into(), STANDARD.encode(text).into());
            }
            object.values_mut().for_each(|v| replace(v, from, to));
        }
        _ => {}
    }
}
