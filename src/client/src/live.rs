//! Waiting for news from the hub: pushed where the hub can (`live.wait` of our own), else by the clock.

use std::time::Duration;

use koji_api::methods::LiveWait;
use koji_xmlrpc::Value;

use crate::session::Session;

/// The longest that one request waits.
const LONGEST: Duration = Duration::from_secs(50);
/// After a failed request: the hub restarts or the network is gone.
const PAUSE: Duration = Duration::from_secs(2);

/// Waits for changes at the hub.
pub struct Live {
    session: Session,
    /// How often to look where the hub does not push.
    poll: Duration,
    cursor: Value,
}

impl Live {
    /// Waits beside the session's own calls, without its login.
    pub fn new(session: &Session, poll: Duration) -> Live {
        let session = session.anonymous().without_retry().with_timeout(LONGEST + Duration::from_secs(40));
        Live { session, poll, cursor: Value::Nil }
    }

    /// Returns when something may have happened to one of `topics` (as [`LiveWait`] names them) since the last return, at
    /// the latest after the poll interval. Nothing is lost between two calls with the same topics; the first one may
    /// return at once.
    pub async fn news(&mut self, topics: &[String]) {
        match self.session.has_feature("live").await {
            Ok(true) => {}
            Ok(false) => return tokio::time::sleep(self.poll).await,
            Err(_) => return tokio::time::sleep(PAUSE).await,
        }
        let seconds = self.poll.min(LONGEST).as_secs().max(1);
        let call = LiveWait {
            topics: topics.to_vec().into(),
            cursor: self.cursor.clone(),
            timeout: Value::Int(i64::try_from(seconds).unwrap_or(50)),
        };
        match self.session.call(call).await {
            Ok(answer) => self.cursor = answer.get("cursor").cloned().unwrap_or_default(),
            Err(e) => {
                tracing::debug!("cannot wait for news: {e}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
