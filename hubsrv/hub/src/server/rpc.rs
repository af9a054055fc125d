//! The endpoint: a POST becomes a call, the call's answer a document.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::BodyExt;
use koji_api::Fault;
use koji_xmlrpc::{parse_call, write_fault, write_response};
use tracing::Instrument as _;

use super::negotiate::{Negotiated, is_login, negotiate};
use super::peer::{ClientCertificate, sender};
use super::{App, Patience, koji_headers, stream, text};
use crate::auth::{Credentials, Identity, credentials};
use crate::context::Origin;
use crate::dispatch::{Answer, Content, Incoming, dispatch, repeated};
use crate::{methods, uploads};

pub(super) async fn handle(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    let certificate = request.extensions().get::<ClientCertificate>();
    let trusted = &app.hub.settings().trusted_proxies;
    let sender = sender(trusted, peer, certificate, request.headers(), is_login(request.uri().path()));
    let request_id = format!("{:016x}", rand::random::<u64>());
    let (ip, identity) = match &sender {
        Ok(sender) => (sender.ip, sender.identity.clone()),
        Err(_) => (peer.ip().to_canonical(), None),
    };
    let origin = Origin { request_id, ip: ip.to_string(), identity };
    let span = tracing::info_span!("request", id = %origin.request_id, ip = %origin.ip);
    let mut response = async {
        match sender {
            Ok(_) => answer(&app, origin, request).await,
            Err(fault) => {
                drain(&mut request.into_body(), app.patience.pause).await;
                fault_response(&fault)
            }
        }
    }
    .instrument(span)
    .await;
    koji_headers(response.headers_mut(), &app.hub);
    response
}

async fn answer(app: &App, mut origin: Origin, request: Request<Body>) -> Response {
    if request.method() != Method::POST {
        let body = "Method Not Allowed\nThis is an XML-RPC server. Only POST requests are accepted.\n";
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, body);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    if !is_login(request.uri().path()) {
        return call(app, origin, request).await;
    }
    match negotiate(app.hub.kerberos.as_ref(), request.headers(), origin.identity.is_some()).await {
        Negotiated::No => call(app, origin, request).await,
        Negotiated::Yes(principal, reply) => {
            origin.identity = Some(Identity::Principal(principal));
            let mut response = call(app, origin, request).await;
            if let Some(reply) = reply {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, reply);
            }
            response
        }
        Negotiated::Refused(response) => {
            drain(&mut request.into_body(), app.patience.pause).await;
            response
        }
    }
}

async fn call(app: &App, origin: Origin, request: Request<Body>) -> Response {
    let Patience { pause, whole } = app.patience;
    let (parts, mut body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let said = said(app, &parts.headers, query);
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    if kind == Some("application/octet-stream") {
        return match said {
            Err(fault) => fault_response(&fault),
            Ok(said) => match uploads::receive(&app.hub, said, origin, query, &mut body, pause).await {
                Ok(value) => document(write_response(&value).into()),
                Err(uploads::Broken::Fault(fault)) => {
                    tracing::info!(code = fault.kind.code(), "upload refused: {fault}");
                    drain(&mut body, pause).await;
                    fault_response(&fault)
                }
                Err(uploads::Broken::Body(why)) => text(StatusCode::BAD_REQUEST, format!("{why}\n")),
                Err(uploads::Broken::Slow) => text(StatusCode::REQUEST_TIMEOUT, "request timed out\n"),
            },
        };
    }
    let bytes = match read(body, app.hub.settings().max_request_length, pause, whole).await {
        Ok(bytes) => bytes,
        Err(response) => return response,
    };
    let start = Instant::now();
    if let Ok(said) = &said
        && let Some((method, answer)) = repeated(&app.hub, &bytes, said.as_ref(), &origin).await
    {
        return finished(method, method, start, answer.map(stream::kept));
    }
    let call = match parse_call(&bytes) {
        Ok(call) => call,
        Err(_) if bytes.is_empty() => {
            return text(StatusCode::BAD_REQUEST, "Invalid request: Empty request\n");
        }
        Err(e) => return text(StatusCode::BAD_REQUEST, format!("Invalid request: {e}\n")),
    };
    let credentials = match said {
        Ok(said) => said,
        Err(fault) => return fault_response(&fault),
    };
    let document = if app.hub.kept.takes(&bytes) { bytes.into() } else { Bytes::new() };
    let call = Incoming { document, method: call.method, params: call.params, credentials, origin };
    call_and_answer(app, start, call).await
}

async fn call_and_answer(app: &App, start: Instant, call: Incoming) -> Response {
    // only names that exist become labels: anybody can send others
    let method = call.method.as_deref().map_or("-", |name| methods::find(name).map_or("-", |e| e.decl.name));
    let name = call.method.clone().unwrap_or_default();
    let response = match dispatch(&app.hub, call).await {
        Ok(Answer { content: Content::Value(value), .. }) => Ok(document(write_response(&value).into())),
        Ok(Answer { content: Content::Kept(packed), .. }) => Ok(stream::kept(packed)),
        Ok(Answer { content: Content::Rows { queries, listed, tx }, copy }) => {
            stream::Rows { hub: Arc::clone(&app.hub), queries, listed, tx: *tx, copy }.send().await
        }
        Err(fault) => Err(fault),
    };
    finished(method, &name, start, response)
}

/// Counts and logs a call that was answered; `method` is its name where it has one of ours.
fn finished(method: &'static str, name: &str, start: Instant, response: Result<Response, Fault>) -> Response {
    let time = start.elapsed();
    let outcome = if response.is_ok() { "ok" } else { "fault" };
    metrics::counter!("koji_hub_calls_total", "method" => method, "outcome" => outcome).increment(1);
    metrics::histogram!("koji_hub_call_seconds", "method" => method).record(time.as_secs_f64());
    match response {
        Ok(response) => {
            tracing::info!(method = name, ms = millis(time), "call");
            response
        }
        Err(fault) => {
            let code = fault.kind.code();
            if code == 1 || code == koji_api::FaultKind::ServerOffline.code() {
                tracing::error!(method = name, ms = millis(time), code, "call failed: {fault}");
            } else {
                tracing::info!(method = name, ms = millis(time), code, "call refused: {fault}");
            }
            fault_response(&fault)
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn said(app: &App, headers: &HeaderMap, query: &str) -> Result<Option<Credentials>, Fault> {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    credentials(header, query, !app.hub.settings().disable_url_sessions)
}

/// The whole body, up to `limit` bytes; 0 is no limit.
async fn read(body: Body, limit: u64, pause: Duration, whole: Duration) -> Result<Vec<u8>, Response> {
    match tokio::time::timeout(whole, read_in_pieces(body, limit, pause)).await {
        Ok(done) => done,
        Err(_) => Err(text(StatusCode::REQUEST_TIMEOUT, "request timed out\n")),
    }
}

async fn read_in_pieces(body: Body, limit: u64, pause: Duration) -> Result<Vec<u8>, Response> {
    let mut body = body;
    let mut bytes = Vec::new();
    loop {
        let frame = match tokio::time::timeout(pause, body.frame()).await {
            Err(_) => return Err(text(StatusCode::REQUEST_TIMEOUT, "request timed out\n")),
            Ok(None) => return Ok(bytes),
            Ok(Some(Err(e))) => return Err(text(StatusCode::BAD_REQUEST, format!("Invalid request: {e}\n"))),
            Ok(Some(Ok(frame))) => frame,
        };
        if let Some(data) = frame.data_ref() {
            let length = u64::try_from(bytes.len() + data.len()).unwrap_or(u64::MAX);
            if limit != 0 && length > limit {
                drain(&mut body, pause).await;
                return Err(text(StatusCode::BAD_REQUEST, "Invalid request: Request too long\n"));
            }
            bytes.extend_from_slice(data);
        }
    }
}

/// Reads on for a while: a client that is still sending would otherwise see its connection cut instead of the answer.
async fn drain(body: &mut Body, pause: Duration) {
    const MOST: usize = 64 << 20;
    let mut length = 0;
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(pause, body.frame()).await {
        length += frame.data_ref().map_or(0, |data| data.len());
        if length > MOST {
            return;
        }
    }
}

pub(super) fn document(xml: Bytes) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/xml"))], xml).into_response()
}

pub(super) fn fault_response(fault: &Fault) -> Response {
    document(write_fault(fault.kind.code(), &fault.message).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of which a byte comes each 20 ms, for ever.
    fn drops() -> Body {
        let drops = futures::stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((Ok::<_, std::io::Error>("<"), ()))
        });
        Body::from_stream(drops)
    }

    /// D1 of docs/security.md.
    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let long = Duration::from_secs(60);
        let refused = read(drops(), 0, long, Duration::from_millis(300)).await.err().map(|r| r.status());
        assert_eq!(refused, Some(StatusCode::REQUEST_TIMEOUT));
        let silent = Body::from_stream(futures::stream::pending::<Result<&str, std::io::Error>>());
        let refused = read(silent, 0, Duration::from_millis(50), long).await.err().map(|r| r.status());
        assert_eq!(refused, Some(StatusCode::REQUEST_TIMEOUT));
        assert_eq!(read(Body::from("<x/>"), 0, long, long).await.ok().as_deref(), Some(&b"<x/>"[..]));
    }
}
