//! Sending with repetition.
//!
//! The rules are upstream's, but for the pauses. A dropped connection is opened again at once, one time for each attempt.
//! Failures that are not the call's own are repeated `max_retries` times, the first time without waiting, for logged-in
//! sessions and where `anon_retry` says so. A hub that is started anew is back within seconds, so the first pauses are
//! shorter than `retry_interval` and do not count. The request goes out with the same call number, so that the hub can tell
//! that it has done it already (it answers RetryError then). Faults end the call, but for a hub that is offline when
//! `offline_retry` is set. Problems with certificates are never repeated.

use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use koji_api::FaultKind;
use koji_xmlrpc::{FaultDoc, ParseError, ParseErrorKind};
use reqwest::header::HeaderMap;

use super::Session;
use super::request::Payload;
use super::state::Login;
use crate::error::{ClientError, HubFault, Result};
use crate::transport::{self, Prepared};

/// How an answer is read.
pub(crate) trait Decode<T>: Fn(&[u8]) -> Result<Result<T, FaultDoc>, ParseError> + Sync {}
impl<T, F: Fn(&[u8]) -> Result<Result<T, FaultDoc>, ParseError> + Sync> Decode<T> for F {}

impl Session {
    /// Makes one call, logged in if this session is. The number is how many attempts it took.
    pub(crate) async fn run<T>(&self, payload: &Payload, decode: impl Decode<T>) -> Result<(T, u32)> {
        if self.is_logged_in() {
            // one call at a time: the hub wants their numbers in order
            let mut state = self.inner.login.lock().await;
            if let Some(login) = state.as_mut() {
                return self.run_logged_in(login, payload, &decode).await;
            }
        }
        let request = self.prepare(payload, None)?;
        self.attempt(payload, &request, self.inner.options.anon_retry, &decode).await
    }

    /// Sends `request` until there is an answer, and reads it.
    pub(super) async fn attempt<T>(
        &self,
        payload: &Payload,
        request: &Prepared,
        may_repeat: bool,
        decode: &impl Decode<T>,
    ) -> Result<(T, u32)> {
        self.repeat(payload.name(), may_repeat, move || self.send(payload, request, decode).boxed()).await
    }

    async fn run_logged_in<T>(
        &self,
        login: &mut Login,
        payload: &Payload,
        decode: &impl Decode<T>,
    ) -> Result<(T, u32)> {
        let request = self.prepare(payload, Some(login))?;
        match self.attempt(payload, &request, true, decode).await {
            Err(error)
                if error.fault_kind() == Some(FaultKind::AuthExpired) && login.credentials.is_some() =>
            {
                tracing::debug!("the session has expired and is renewed");
            }
            other => return other,
        }
        self.renew(login).await?;
        let request = self.prepare(payload, Some(login))?;
        match self.attempt(payload, &request, true, decode).await {
            Err(ClientError::Fault(fault)) if fault.is(FaultKind::Sequence) => {
                // Upstream's hub keeps the old count when it renews a session. It says what it has, "5 > 0",
                // and has not run the call, so that the call can go out under a higher number.
                let Some(stored) = stored_callnum(&fault.message) else { return Err(fault.into()) };
                login.callnum = stored.saturating_add(1);
                let request = self.prepare(payload, Some(login))?;
                self.attempt(payload, &request, true, decode).await
            }
            other => other,
        }
    }

    /// Makes one attempt after the other until there is an answer, which may be a fault. The number is how many it took.
    pub(super) async fn repeat<'a, T>(
        &self,
        name: &str,
        may_repeat: bool,
        attempt: impl Fn() -> BoxFuture<'a, Result<Result<T, HubFault>>>,
    ) -> Result<(T, u32)> {
        let options = &self.inner.options;
        let (mut tries, mut all, mut short) = (0, 0, 0);
        loop {
            tries += 1;
            all += 1;
            let answer = match attempt().await {
                Err(ClientError::Lost { cause, .. }) => {
                    tracing::debug!("connection lost ({cause}), connecting again");
                    attempt().await
                }
                other => other,
            };
            match answer {
                Ok(Ok(answer)) => return Ok((answer, all)),
                Ok(Err(fault))
                    if fault.is(FaultKind::ServerOffline) && options.offline_retry && self.retry =>
                {
                    tracing::debug!(
                        "the hub is offline ({fault}), next attempt in {:?}",
                        options.offline_interval()
                    );
                    tokio::time::sleep(options.offline_interval()).await;
                    // a running hub that reports an outage is not an error that should add up
                    tries = 0;
                    continue;
                }
                Ok(Err(fault)) => return Err(fault.into()),
                Err(error) => {
                    let more = tries <= options.max_retries.saturating_add(short);
                    if !(may_repeat && self.retry && more && error.is_transient()) {
                        return Err(error);
                    }
                    tracing::info!("try {tries} of {name} failed: {error}");
                }
            }
            if tries > 1 {
                let pause = pause(short, options.retry_interval);
                short += u32::from(pause < options.retry_interval);
                tokio::time::sleep(pause).await;
            }
        }
    }

    /// One attempt.
    async fn send<T>(
        &self,
        payload: &Payload,
        request: &Prepared,
        decode: &impl Decode<T>,
    ) -> Result<Result<T, HubFault>> {
        let (headers, body) = self.exchange(payload, request).await?;
        self.with_hub_info(|info| info.note(&headers));
        match decode(&body) {
            Ok(Ok(value)) => Ok(Ok(value)),
            Ok(Err(fault)) => Ok(Err(fault.into())),
            Err(error) => Err(unreadable(payload.name(), request, error)),
        }
    }

    /// With the hub, or with the tape in its place.
    async fn exchange(&self, payload: &Payload, request: &Prepared) -> Result<(HeaderMap, Bytes)> {
        let tape = self.inner.tape.as_deref().filter(|_| matches!(payload, Payload::Call { .. }));
        if let Some(answer) = tape.and_then(|tape| tape.answer(&request.body)) {
            return Ok((HeaderMap::new(), answer?));
        }
        let answer = transport::send(&self.inner.http(), request).await;
        if let (Some(tape), Ok((_, body))) = (tape, &answer) {
            tape.note(payload.name(), &request.body, body);
        }
        answer
    }
}

/// What is waited after so many short pauses: 1 s, 2 s, 4 s, ... up to `interval`.
fn pause(short: u32, interval: Duration) -> Duration {
    Duration::from_secs(1 << short.min(30)).min(interval)
}

/// The error of an answer that cannot be read.
pub(super) fn unreadable(name: &str, request: &Prepared, error: ParseError) -> ClientError {
    match error.kind {
        ParseErrorKind::Shape(_) => ClientError::reply(name, error),
        _ => ClientError::Protocol { url: transport::shown(&request.url), cause: error },
    }
}

/// The first number of "200 > 199 (session 2)".
fn stored_callnum(message: &str) -> Option<i64> {
    message.split_once('>')?.0.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{pause, stored_callnum};
    use proptest::prelude::*;

    #[test]
    fn pauses_grow_up_to_the_interval() {
        let seconds = |interval: u64| -> Vec<u64> {
            (0..7).map(|n| pause(n, Duration::from_secs(interval)).as_secs()).collect()
        };
        assert_eq!(seconds(20), [1, 2, 4, 8, 16, 20, 20]);
        assert_eq!(seconds(1), [1; 7]);
        assert_eq!(pause(u32::MAX, Duration::from_millis(5)), Duration::from_millis(5));
    }

    proptest! {
        #[test]
        fn sequence_errors(stored: i64, sent: i64, text in ".{0,40}") {
            prop_assert_eq!(stored_callnum(&format!("{stored} > {sent} (session 2)")), Some(stored));
            let _ = stored_callnum(&text);
        }
    }
}
