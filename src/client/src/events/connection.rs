//! One connection after the other.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use tokio::sync::{mpsc, watch};

use super::parse::{Frame, Parser};
use super::{Event, Notice};
use crate::session::Session;
use crate::transport;

/// Longer than that no hub is silent: it sends a comment every 15 seconds.
const SILENCE: Duration = Duration::from_secs(45);
/// For the head of the answer.
const ANSWER: Duration = Duration::from_secs(30);
/// Before the first attempt to connect again; doubled with each that fails.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

pub(super) struct Connection {
    session: Session,
    wanted: watch::Receiver<Vec<String>>,
    send: mpsc::Sender<Notice>,
    /// The last event that was handed on.
    cursor: Option<String>,
}

/// Why a connection is over.
enum End {
    /// Other topics are wanted.
    Changed,
    Lost(String),
    /// The hub has no events, or none for us now.
    Unsupported,
    /// Nobody listens any more.
    Closed,
}

impl Connection {
    pub fn new(
        session: Session,
        wanted: watch::Receiver<Vec<String>>,
        send: mpsc::Sender<Notice>,
    ) -> Connection {
        Connection { session, wanted, send, cursor: None }
    }

    pub async fn run(mut self) {
        let mut pause = PAUSE;
        loop {
            let mut stood = false;
            match self.connect(&mut stood).await {
                End::Changed => continue,
                End::Closed => return,
                End::Unsupported => {
                    let _ = self.send.send(Notice::Unsupported).await;
                    return;
                }
                End::Lost(why) => {
                    tracing::debug!("events: {why}");
                    // a reason is said once, not with every attempt
                    if (stood || pause == PAUSE) && self.send.send(Notice::Lost(why)).await.is_err() {
                        return;
                    }
                }
            }
            if stood {
                pause = PAUSE;
            }
            // many who lost the same hub do not come back at the same moment
            tokio::time::sleep(jitter(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn connect(&mut self, stood: &mut bool) -> End {
        match self.session.has_feature("events").await {
            Ok(true) => {}
            Ok(false) => return End::Unsupported,
            Err(e) => return End::Lost(e.to_string()),
        }
        let topics = self.wanted.borrow_and_update().join(",");
        let (client, mut url) = self.session.http_below("events");
        url.query_pairs_mut().append_pair("topics", &topics);
        let mut request = client.get(url.clone()).header("Accept", "text/event-stream");
        // packed events wait for each other
        request = request.header("Accept-Encoding", "identity");
        if let Some(cursor) = &self.cursor {
            request = request.header("Last-Event-ID", cursor);
        }
        let response = match tokio::time::timeout(ANSWER, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(e)) => return End::Lost(transport::error(&url, ANSWER, &e).to_string()),
            Err(_) => {
                return End::Lost(format!(
                    "no answer from {} for {} s",
                    transport::shown(&url),
                    ANSWER.as_secs()
                ));
            }
        };
        let status = response.status();
        if status == StatusCode::NOT_FOUND || status == StatusCode::METHOD_NOT_ALLOWED {
            // switched off, or a proxy before the hub does not let it through
            return End::Unsupported;
        }
        match transport::check(&url, response).await {
            Ok(response) => self.read(response, stood).await,
            Err(e) => End::Lost(e.to_string()),
        }
    }

    async fn read(&mut self, mut response: Response, stood: &mut bool) -> End {
        let mut parser = Parser::default();
        loop {
            let piece = tokio::select! {
                piece = tokio::time::timeout(SILENCE, response.chunk()) => piece,
                changed = self.wanted.changed() => {
                    return if changed.is_ok() { End::Changed } else { End::Closed };
                }
            };
            let bytes = match piece {
                Ok(Ok(Some(bytes))) => bytes,
                Ok(Ok(None)) => return End::Lost("the hub ended the connection".to_owned()),
                Ok(Err(e)) => return End::Lost(transport::root_cause(&e)),
                Err(_) => return End::Lost(format!("the hub was silent for {} s", SILENCE.as_secs())),
            };
            for frame in parser.push(&bytes) {
                if let Some(notice) = notice(&frame) {
                    *stood |= notice == Notice::Connected;
                    if self.send.send(notice).await.is_err() {
                        return End::Closed;
                    }
                }
                // only now: what was not handed on is asked for again
                if let Some(id) = frame.id {
                    self.cursor = Some(id);
                }
            }
        }
    }
}

fn notice(frame: &Frame) -> Option<Notice> {
    match frame.event.as_deref()? {
        "hello" => Some(Notice::Connected),
        "reset" => Some(Notice::Reset),
        kind => {
            let news = super::parse::object(&frame.data)?;
            let topic = match news.get("topic") {
                Some(super::News::Text(topic)) => topic.clone(),
                _ => return None,
            };
            let id = topic.split_once(':').and_then(|(_, id)| id.parse().ok())?;
            Some(Notice::Event(Event { kind: kind.to_owned(), id, news }))
        }
    }
}

/// Three quarters of `pause` up to five quarters.
fn jitter(pause: Duration) -> Duration {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let random = f64::from(now.subsec_nanos() % 1000) / 1000.0;
    pause.mul_f64(0.75 + random / 2.0)
}
