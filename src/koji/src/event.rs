//! Looking at the past: `--event`, `--ts`, `--repo`, `--at`.

use koji_api::methods as m;
use koji_xmlrpc::Value;

use crate::context::Cx;
use crate::error::{CommandError, Result};
use crate::time::ctime;

/// Which moment a command looks at; the present when nothing is given.
#[derive(Debug, clap::Args)]
pub struct EventOptions {
    /// Look at the state at an event, given by its number or a time
    #[arg(long, value_name = "EVENT#|TIME", value_parser = moment)]
    pub event: Option<Moment>,
    /// Look at the state at a time: seconds since 1970, a date, "yesterday", "2 hours ago"
    #[arg(long, value_name = "TIME", value_parser = crate::time::argument)]
    pub ts: Option<f64>,
    /// Look at the state that a repo was made of
    #[arg(long, value_name = "REPO#")]
    pub repo: Option<i64>,
    #[command(flatten)]
    pub at: AtOption,
}

/// The same for commands that know no other way.
#[derive(Debug, Default, clap::Args)]
pub struct AtOption {
    /// Look at the state at an event or a time
    #[arg(long, value_name = "EVENT#|TIME", value_parser = moment)]
    pub at: Option<Moment>,
}

/// A moment on the command line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moment {
    Event(i64),
    /// Seconds since 1970.
    Time(f64),
}

/// A whole number is an event (`@` before it makes it a time), anything else a time.
pub fn moment(text: &str) -> std::result::Result<Moment, String> {
    match text.trim().parse() {
        Ok(id) => Ok(Moment::Event(id)),
        Err(_) => crate::time::argument(text).map(Moment::Time),
    }
}

impl Moment {
    /// The event of the hub.
    pub async fn event(self, cx: &Cx) -> Result<Event> {
        let row = match self {
            Moment::Event(id) => cx.hub().call(m::GetEvent { id: id.into(), ..Default::default() }).await?,
            Moment::Time(ts) => {
                cx.hub().call(m::GetLastEvent { before: ts.into(), ..Default::default() }).await?
            }
        };
        event_of(&row, "id", "ts")
    }
}

impl AtOption {
    /// The event, after saying which one it is.
    pub async fn announced(&self, cx: &Cx, quiet: bool) -> Result<Option<i64>> {
        let Some(at) = self.at else { return Ok(None) };
        let event = at.event(cx).await?;
        announce(cx, event, quiet);
        Ok(Some(event.id))
    }
}

/// A moment in the hub's history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    pub id: i64,
    pub ts: f64,
}

impl EventOptions {
    pub async fn event(&self, cx: &Cx) -> Result<Option<Event>> {
        // 0 is no event, as in upstream's client
        let event = self.event.filter(|event| *event != Moment::Event(0));
        let moment = event.or(self.ts.map(Moment::Time)).or(self.at.at);
        if let Some(moment) = moment {
            return moment.event(cx).await.map(Some);
        }
        let Some(repo) = self.repo else { return Ok(None) };
        let row = cx.hub().call(m::RepoInfo { repo_id: repo.into(), strict: true }).await?;
        event_of(&row, "create_event", "create_ts").map(Some)
    }

    /// The event, after saying which one it is.
    pub async fn announced(&self, cx: &Cx, quiet: bool) -> Result<Option<i64>> {
        let event = self.event(cx).await?;
        if let Some(event) = event {
            announce(cx, event, quiet);
        }
        Ok(event.map(|e| e.id))
    }
}

fn event_of(row: &Value, id: &str, ts: &str) -> Result<Event> {
    let id = row.int_at(id).ok_or_else(|| CommandError::new("the hub knows no such event"))?;
    let ts = row.get(ts).and_then(Value::as_double).unwrap_or_default();
    Ok(Event { id, ts })
}

fn announce(cx: &Cx, event: Event, quiet: bool) {
    if !quiet {
        cx.out.line(format!("Querying at event {} ({})", event.id, ctime(event.ts)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments() {
        assert_eq!(moment("42"), Ok(Moment::Event(42)));
        assert_eq!(moment("@42"), Ok(Moment::Time(42.0)));
        assert_eq!(moment("1970-01-01T00:01Z"), Ok(Moment::Time(60.0)));
        assert!(moment("whenever").is_err());
    }

    proptest! {
        #[test]
        fn any_text(text in "\\PC{0,20}") {
            let _ = moment(&text);
        }
    }
}
