//! HTTP: the XML-RPC endpoint, the file store, health and metrics.
//!
//! | path | what |
//! |---|---|
//! | `/kojihub`, `/kojihub/...` | XML-RPC and uploads; POST only |
//! | `/kojihub/events` | GET: server-sent events |
//! | `/kojihub/ssllogin` | the same; asks for Kerberos (HTTP Negotiate) where the hub has a keytab |
//! | `/kojifiles/...` | the file store, read-only |
//! | `/healthz` | `ok` while the database answers |
//! | `/metrics` | Prometheus |

mod events;
mod files;
mod listing;
mod negotiate;
mod peer;
mod range;
mod rpc;
mod serve;
mod status;
mod stream;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::hub::Hub;

pub use serve::{serve, serve_tls};
pub use status::install_metrics;
pub use tls::{TlsError, acceptor};

/// The version of upstream's hub that this one behaves like. Clients decide by it what they may call.
pub const KOJI_VERSION: &str = "1.35.3";

/// What this hub can beyond that, for clients that know: see `live.wait` and [`events`].
const FEATURES: &str = "live, events";
/// The same where events are switched off.
const FEATURES_WITHOUT_EVENTS: &str = "live";

/// What every handler has.
#[derive(Clone)]
pub(crate) struct App {
    hub: Arc<Hub>,
    metrics: Option<PrometheusHandle>,
    patience: Patience,
}

/// How long the hub waits for what a client sends.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the next piece of a body.
    pub pause: Duration,
    /// For all of a document: one that comes a byte at a time would hold its connection for days.
    pub whole: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { pause: Duration::from_secs(120), whole: Duration::from_secs(600) }
    }
}

/// The routes. Without a metrics handle `/metrics` is not there.
pub fn router(hub: Arc<Hub>, metrics: Option<PrometheusHandle>) -> Router {
    router_with(hub, metrics, Patience::default())
}

/// As [`router`], with another patience.
pub fn router_with(hub: Arc<Hub>, metrics: Option<PrometheusHandle>, patience: Patience) -> Router {
    let files = hub.settings().serve_files;
    let mut router = Router::new()
        .route("/kojihub", any(rpc::handle))
        .route("/kojihub/events", any(rpc::handle).get(events::handle))
        .route("/kojihub/{*rest}", any(rpc::handle))
        .route("/healthz", get(status::healthz));
    if metrics.is_some() {
        router = router.route("/metrics", get(status::metrics));
    }
    if files {
        router =
            router.route("/kojifiles", any(files::handle)).route("/kojifiles/{*path}", any(files::handle));
        router = router.route("/kojifiles/", any(files::handle));
    }
    // bodies are limited where they are read: documents by MaxRequestLength, uploads not at all
    router.layer(DefaultBodyLimit::disable()).with_state(App { hub, metrics, patience })
}

/// A plain text answer in upstream's form.
fn text(status: StatusCode, body: impl Into<String>) -> Response {
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"))];
    (status, headers, body.into()).into_response()
}

/// The headers that every answer of the endpoint carries.
fn koji_headers(headers: &mut HeaderMap, hub: &Hub) {
    let features = if hub.settings().event_listeners > 0 { FEATURES } else { FEATURES_WITHOUT_EVENTS };
    headers.insert("koji-version", HeaderValue::from_static(KOJI_VERSION));
    headers.insert("koji-features", HeaderValue::from_static(features));
}
