//! `GET /kojihub/events`: server-sent events, an extension of this hub (feature `events`).
//!
//! `?topics=` takes what to hear of, separated by commas: kinds (`task`, `build`, `host`, `log`, `repo`, `tag`) or single
//! topics as [`live.wait`](crate::methods) names them (`task:5`, `log:5`); without it, all kinds but `log`. Events are
//! named by kind; their data is a JSON object with the topic and what is known about the change:
//!
//! | topic | members |
//! |---|---|
//! | `task:ID` | `state`, `parent`, `method`, `host`; or `child`, one below it that changed; or `priority` |
//! | `log:TASKID` | `name` of the file that was uploaded to, `volume`, `size` so far where it is known |
//! | `repo:TAGID` | `repo`, `state`, `dist`; nothing when a request for a repo changed |
//! | `tag:ID` | `tagged` or `untagged`, a build's id; nothing for other changes |
//! | `build:ID` | `state` |
//! | `host:ID` | nothing |
//!
//! Each event has an id that every hub process at the database knows; a client that comes back with it (`Last-Event-ID`, or
//! `?cursor=`) gets what happened since. The last 8192 events of the whole system are kept; who comes back later, or reads so
//! slowly that it falls back that far, gets an event `reset`: anything may have changed. The first event is `hello`. A comment
//! comes every 15 seconds, with the id of the last event, whether that was among those wanted or not.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::serve::Cut;
use super::{App, koji_headers, text};
use crate::hub::Hub;
use crate::listeners::Seat;
use crate::live::{Event, KINDS};

const HEARTBEAT: Duration = Duration::from_secs(15);
/// Between two batches to one listener: what comes in quick succession goes together.
const GAP: Duration = Duration::from_millis(20);
/// Events in one batch.
const BATCH: usize = 256;
/// Most topics of one listener.
const TOPICS: usize = 1000;

pub(super) async fn handle(State(app): State<App>, request: Request) -> Response {
    let mut response = answer(&app.hub, &request);
    koji_headers(response.headers_mut(), &app.hub);
    response
}

fn answer(hub: &Arc<Hub>, request: &Request) -> Response {
    let settings = hub.settings();
    if settings.server_offline {
        return text(StatusCode::SERVICE_UNAVAILABLE, "server is offline\n");
    }
    if settings.event_listeners == 0 {
        return text(StatusCode::NOT_FOUND, "This hub is set to send no events (EventListeners).\n");
    }
    let mut wanted = Wanted::default();
    let mut cursor = request.headers().get("last-event-id").and_then(|v| v.to_str().ok()).map(str::to_owned);
    for (name, value) in url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "topics" => match Wanted::parse(&value) {
                Ok(topics) => wanted = topics,
                Err(why) => return text(StatusCode::BAD_REQUEST, why),
            },
            "cursor" => cursor = cursor.or(Some(value.into_owned())),
            _ => {}
        }
    }
    let cut = request.extensions().get::<Cut>().map_or_else(CancellationToken::new, |cut| cut.0.clone());
    let Some(seat) = hub.listeners.sit(settings.event_listeners, cut) else {
        let mut response = text(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many listen to events (EventListeners); poll instead.\n",
        );
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        return response;
    };
    let listener = Listener::new(Arc::clone(hub), seat, wanted, cursor.as_deref().filter(|c| !c.is_empty()));
    let body = Body::from_stream(futures::stream::unfold(listener, |mut listener| async move {
        let bytes = listener.next().await?;
        Some((Ok::<_, std::convert::Infallible>(bytes), listener))
    }));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // nginx would collect them otherwise
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, body).into_response()
}

/// What a listener wants to hear of.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    kinds: Vec<String>,
    /// Sorted.
    topics: Vec<String>,
}

impl Default for Wanted {
    fn default() -> Wanted {
        let kinds = KINDS.iter().filter(|kind| **kind != "log").map(|k| (*k).to_owned()).collect();
        Wanted { kinds, topics: Vec::new() }
    }
}

impl Wanted {
    fn parse(list: &str) -> Result<Wanted, String> {
        let mut wanted = Wanted { kinds: Vec::new(), topics: Vec::new() };
        for word in list.split(',').map(str::trim).filter(|w| !w.is_empty()) {
            let (kind, id) = word.split_once(':').map_or((word, None), |(kind, id)| (kind, Some(id)));
            let valid = KINDS.contains(&kind) && id.is_none_or(|id| id.parse::<i64>().is_ok());
            if !valid {
                let kinds = KINDS.join(", ");
                return Err(format!(
                    "unknown topic {}: one of {kinds}, or one with :ID\n",
                    word.escape_debug()
                ));
            }
            let list = if id.is_some() { &mut wanted.topics } else { &mut wanted.kinds };
            list.push(word.to_owned());
        }
        if wanted.topics.len() > TOPICS {
            return Err(format!("at most {TOPICS} topics can be listened to; a kind stands for all of it\n"));
        }
        wanted.topics.sort();
        Ok(wanted)
    }

    fn has(&self, topic: &str) -> bool {
        let kind = topic.split_once(':').map(|(kind, _)| kind);
        kind.is_some_and(|kind| self.kinds.iter().any(|k| k == kind))
            || self.topics.binary_search_by(|t| t.as_str().cmp(topic)).is_ok()
    }
}

/// One end of the bus. It keeps no events: who reads slowly lags behind, up to the oldest that the bus has.
struct Listener {
    hub: Arc<Hub>,
    seat: Arc<Seat>,
    wanted: Wanted,
    at: u64,
    newest: watch::Receiver<u64>,
    /// What to say first.
    greeting: Option<String>,
    heartbeat: Instant,
    /// No batch before.
    not_before: Instant,
}

impl Listener {
    fn new(hub: Arc<Hub>, seat: Arc<Seat>, wanted: Wanted, cursor: Option<&str>) -> Listener {
        let (at, known, newest) = hub.live.listen_from(cursor);
        let (_, _, now) = hub.live.events_from(at, 0);
        let mut greeting = format!("retry: 2000\nid: {now}\nevent: hello\ndata: {{}}\n\n");
        if !known {
            let _ = std::write!(greeting, "id: {now}\nevent: reset\ndata: {{}}\n\n");
        }
        let now = Instant::now();
        let heartbeat = now + HEARTBEAT;
        Listener { hub, seat, wanted, at, newest, greeting: Some(greeting), heartbeat, not_before: now }
    }

    /// What to send next; `None` when the hub ends.
    async fn next(&mut self) -> Option<Bytes> {
        self.seat.asked();
        let text = match self.greeting.take() {
            Some(greeting) => greeting,
            None => self.news().await?,
        };
        self.seat.given();
        Some(text.into())
    }

    async fn news(&mut self) -> Option<String> {
        loop {
            let newest = *self.newest.borrow_and_update();
            if newest > self.at {
                let (events, next, cursor) = self.hub.live.events_from(self.at, BATCH);
                self.at = next;
                let text = match events {
                    Some(events) => self.render(&events),
                    None => format!("id: {cursor}\nevent: reset\ndata: {{}}\n\n"),
                };
                if !text.is_empty() {
                    self.not_before = Instant::now() + GAP;
                    return Some(text);
                }
                continue;
            }
            tokio::select! {
                () = self.hub.live.closed() => return None,
                () = tokio::time::sleep_until(self.heartbeat) => {
                    self.heartbeat = Instant::now() + HEARTBEAT;
                    let (_, _, cursor) = self.hub.live.events_from(self.at, 0);
                    return Some(format!(":\nid: {cursor}\n\n"));
                }
                changed = self.newest.changed() => changed.ok()?,
            }
            tokio::time::sleep_until(self.not_before).await;
        }
    }

    fn render(&self, events: &[Arc<Event>]) -> String {
        let mut text = String::new();
        for event in events.iter().filter(|e| self.wanted.has(&e.topic)) {
            let kind = event.topic.split(':').next().unwrap_or_default();
            let _ =
                std::write!(text, "id: {}\nevent: {kind}\ndata: {{\"topic\": \"{}\"", event.id, event.topic);
            // the members of the object follow the topic; JSON text has no line ends
            match event.news.strip_prefix('{').filter(|members| *members != "}") {
                Some(members) => {
                    let _ = std::write!(text, ", {members}\n\n");
                }
                None => text.push_str("}\n\n"),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted() {
        let wanted = Wanted::parse("task, log:5,log:7").unwrap();
        for (topic, expected) in
            [("task:1", true), ("log:5", true), ("log:6", false), ("scheduler", false), ("tag:1", false)]
        {
            assert_eq!(wanted.has(topic), expected, "{topic}");
        }
        let all = Wanted::default();
        assert!(all.has("build:1") && !all.has("log:1") && !all.has("repo-queue"));
        for bad in ["scheduler", "task:x", "nosuch:1"] {
            assert!(Wanted::parse(bad).unwrap_err().contains("unknown topic"), "{bad}");
        }
        let many: Vec<String> = (0..2000).map(|n| format!("task:{n}")).collect();
        assert!(Wanted::parse(&many.join(",")).unwrap_err().contains("at most"));
    }
}
