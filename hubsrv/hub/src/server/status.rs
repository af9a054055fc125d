//! Health and metrics.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use super::{App, text};

/// Bounds of the histogram of call times, in seconds.
const CALL_SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Makes this process collect metrics. Once a process.
pub fn install_metrics() -> Result<PrometheusHandle, BuildError> {
    let matcher = Matcher::Suffix("_seconds".into());
    let handle =
        PrometheusBuilder::new().set_buckets_for_metric(matcher, CALL_SECONDS)?.install_recorder()?;
    metrics::describe_counter!("koji_hub_calls_total", "Calls by method and outcome.");
    metrics::describe_histogram!("koji_hub_call_seconds", "Time from the request to its answer.");
    metrics::describe_counter!("koji_hub_upload_bytes_total", "Bytes received by uploads.");
    metrics::describe_gauge!("koji_hub_db_connections", "Connections to the database, by state.");
    Ok(handle)
}

/// 200 while the database answers, else 503.
pub(super) async fn healthz(State(app): State<App>) -> Response {
    match app.hub.db.ping().await {
        Ok(()) => text(StatusCode::OK, "ok\n"),
        Err(e) => text(StatusCode::SERVICE_UNAVAILABLE, format!("{e}\n")),
    }
}

pub(super) async fn metrics(State(app): State<App>) -> Response {
    let pool = app.hub.db.pool();
    let (all, idle) = (pool.size(), u32::try_from(pool.num_idle()).unwrap_or(u32::MAX));
    metrics::gauge!("koji_hub_db_connections", "state" => "idle").set(idle);
    metrics::gauge!("koji_hub_db_connections", "state" => "busy").set(all.saturating_sub(idle));
    let Some(handle) = &app.metrics else { return StatusCode::NOT_FOUND.into_response() };
    handle.run_upkeep();
    let kind = HeaderValue::from_static("text/plain; version=0.0.4");
    ([(header::CONTENT_TYPE, kind)], handle.render()).into_response()
}
