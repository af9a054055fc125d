//! Whether a build may lose its signed copies: since when it has not been the latest one of its package in any tag.

use std::collections::HashSet;

use koji_xmlrpc::Value;

use crate::error::{CommandError, Result};
use crate::lookup::{field, nvr, text};
use crate::time::ctime;

/// What is known of a build in one tag.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// It is the latest build; `again`: after others were.
    Latest { again: bool },
    /// The tag's builds are protected, and it is or was in the tag long enough.
    Protected { until: Option<f64> },
    /// It stopped being the latest, by being untagged, by another build, or both.
    Past { untagged: Option<f64>, replaced: Option<f64> },
}

impl Standing {
    /// When it stopped being the latest.
    pub fn end(&self) -> Option<f64> {
        match self {
            Standing::Past { untagged, replaced } => match (untagged, replaced) {
                (Some(x), Some(y)) => Some(x.min(*y)),
                (one, other) => one.or(*other),
            },
            _ => None,
        }
    }
}

/// An event in the life of a tag's list of builds.
struct Event<'a> {
    id: i64,
    tagged: bool,
    row: &'a Value,
}

/// Reads the tagging history of a package in a tag. `said` takes a line about each event that is looked at.
pub fn standing(
    rows: &[Value],
    build: i64,
    protected: bool,
    cutoff: f64,
    mut said: impl FnMut(String),
) -> Result<Standing> {
    let timeline = timeline(rows);
    let ours = |row: &Value| row.int_at("build_id") == Some(build);
    let start = timeline
        .iter()
        .rposition(|e| e.tagged && ours(e.row))
        .ok_or_else(|| CommandError::new("the hub's history does not say when the build was tagged"))?;
    let mut events = timeline.iter().skip(start);
    let Some(first) = events.next() else { return Ok(Standing::Latest { again: false }) };
    said(line(first));
    if start + 1 == timeline.len() {
        return Ok(Standing::Latest { again: false });
    }
    if protected {
        let until = field(first.row, "revoke_ts").as_double();
        let untagged = first.row.int_at("revoke_event").is_some();
        if !untagged || until.is_some_and(|ts| ts > cutoff) {
            return Ok(Standing::Protected { until: until.filter(|_| untagged) });
        }
    }
    let (mut untagged, mut replaced) = (None, None);
    let mut others = HashSet::new();
    for event in events {
        said(line(event));
        let other = event.row.int_at("build_id");
        if ours(event.row) {
            // its own end; a second beginning cannot follow the last one
            untagged = field(event.row, "revoke_ts").as_double();
            break;
        }
        if event.tagged {
            replaced = field(event.row, "create_ts").as_double();
            if event.row.truthy_at("active") {
                break;
            }
            others.insert(other);
        } else {
            others.remove(&other);
            if others.is_empty() {
                // the builds that covered it are gone
                replaced = None;
            }
        }
    }
    Ok(match (untagged, replaced) {
        (None, None) => Standing::Latest { again: true },
        (untagged, replaced) => Standing::Past { untagged, replaced },
    })
}

/// By event; at one event ends come first.
fn timeline(rows: &[Value]) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    for row in rows {
        if let Some(id) = row.int_at("create_event") {
            events.push(Event { id, tagged: true, row });
        }
        if let Some(id) = row.int_at("revoke_event") {
            events.push(Event { id, tagged: false, row });
        }
    }
    events.sort_by_key(|e| (e.id, e.tagged));
    events
}

fn line(event: &Event) -> String {
    let (key, what, how) =
        if event.tagged { ("create_ts", "Tagged", "with") } else { ("revoke_ts", "Untagged", "from") };
    let active = if event.tagged && event.row.truthy_at("active") { " [still active]" } else { "" };
    let time = field(event.row, key).as_double().map(ctime).unwrap_or_default();
    format!("{time}: {what} {} {how} {}{active}", nvr(event.row), text(event.row, "tag.name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(build: i64, from: i64, to: Option<i64>) -> Value {
        let ts = |event: i64| Value::Double(event as f64);
        Value::record([
            ("build_id", build.into()),
            ("name", "b".into()),
            ("version", "1".into()),
            ("release", build.to_string().into()),
            ("tag.name", "f40".into()),
            ("create_event", from.into()),
            ("create_ts", ts(from)),
            ("revoke_event", to.into()),
            ("revoke_ts", to.map(ts).unwrap_or_default()),
            ("active", to.is_none().into()),
        ])
    }

    fn of(rows: &[Value], protected: bool) -> Standing {
        standing(rows, 1, protected, 50.0, |_| {}).unwrap()
    }

    #[test]
    fn standings() {
        assert_eq!(of(&[row(1, 10, None)], false), Standing::Latest { again: false });
        assert_eq!(of(&[row(1, 10, None), row(2, 20, Some(30))], false), Standing::Latest { again: true });
        let replaced = of(&[row(1, 10, None), row(2, 20, None)], false);
        assert_eq!(replaced, Standing::Past { untagged: None, replaced: Some(20.0) });
        let both = of(&[row(1, 10, Some(40)), row(2, 20, Some(60))], false);
        assert_eq!(
            (both.end(), both),
            (Some(20.0), Standing::Past { untagged: Some(40.0), replaced: Some(20.0) })
        );
        assert_eq!(of(&[row(1, 10, None), row(2, 20, None)], true), Standing::Protected { until: None });
        assert_eq!(of(&[row(1, 10, Some(60))], true), Standing::Protected { until: Some(60.0) });
        assert_eq!(
            of(&[row(1, 10, Some(40))], true),
            Standing::Past { untagged: Some(40.0), replaced: None }
        );
        let mut said = Vec::new();
        standing(&[row(1, 10, Some(40))], 1, false, 50.0, |line| said.push(line)).unwrap();
        assert!(said.iter().any(|line| line.ends_with(": Tagged b-1-1 with f40")), "{said:?}");
        assert!(said.iter().any(|line| line.ends_with(": Untagged b-1-1 from f40")), "{said:?}");
        assert!(standing(&[row(2, 10, None)], 1, false, 0.0, |_| {}).is_err());
    }
}
