//! The file store over HTTP: read-only, with ranges, and directories as plain lists.

use std::fs::{File, Metadata};
use std::io;
use std::time::SystemTime;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::range::{Wanted, wanted};
use super::{App, listing, text};
use crate::store::{self, RelPath};

/// Where the store begins in URLs.
pub(super) const PREFIX: &str = "/kojifiles";
/// Bytes read at a time.
const BUFFER: usize = 128 * 1024;

/// What a path leads to.
enum Found {
    File(File, Metadata),
    Dir(Vec<(String, store::Entry)>),
}

pub(super) async fn handle(State(app): State<App>, request: Request<Body>) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are accepted.\n");
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let url_path = request.uri().path();
    let encoded = url_path.strip_prefix(PREFIX).unwrap_or_default();
    let Some(path) = checked(encoded) else { return not_found() };
    let hub = std::sync::Arc::clone(&app.hub);
    let found = tokio::task::spawn_blocking(move || find(&hub, path.as_ref())).await;
    match found {
        Ok(Ok(Found::File(file, metadata))) => {
            send(request.method(), request.headers(), encoded, file, &metadata).await
        }
        Ok(Ok(Found::Dir(_))) if !url_path.ends_with('/') => moved(url_path),
        Ok(Ok(Found::Dir(entries))) => listing::page(encoded, &entries),
        Ok(Err(e)) if matches!(e.kind(), io::ErrorKind::PermissionDenied) => {
            text(StatusCode::FORBIDDEN, "Forbidden\n")
        }
        Ok(Err(_)) => not_found(),
        Err(e) => {
            tracing::error!("reading {url_path}: {e}");
            text(StatusCode::INTERNAL_SERVER_ERROR, "The hub could not read the file.\n")
        }
    }
}

/// The path below the top; `Some(None)` is the top itself. Hidden files are the hub's own.
fn checked(encoded: &str) -> Option<Option<RelPath>> {
    let decoded = percent_decode_str(encoded).decode_utf8().ok()?;
    let trimmed = decoded.trim_matches('/');
    if trimmed.is_empty() {
        return Some(None);
    }
    let path = RelPath::parse(trimmed)?;
    let hidden = path.names().any(|n| n.as_encoded_bytes().starts_with(b"."));
    (!hidden).then_some(Some(path))
}

fn find(hub: &crate::hub::Hub, path: Option<&RelPath>) -> io::Result<Found> {
    let file = store::open_served(hub, path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        let mut entries = store::Dir::from(file).list()?;
        entries.retain(|(name, _)| !name.starts_with('.'));
        Ok(Found::Dir(entries))
    } else if metadata.is_file() {
        Ok(Found::File(file, metadata))
    } else {
        Err(io::ErrorKind::NotFound.into())
    }
}

async fn send(method: &Method, headers: &HeaderMap, path: &str, file: File, metadata: &Metadata) -> Response {
    let length = metadata.len();
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let date = httpdate::fmt_http_date(modified);
    let given = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    if given(header::IF_MODIFIED_SINCE).is_some_and(|since| since == date) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    // a range of a file that has changed would be glued to the old one's beginning
    let same = given(header::IF_RANGE).is_none_or(|then| then == date);
    let range = given(header::RANGE).filter(|_| same && method == Method::GET);
    let (status, start, count) = match wanted(range, length) {
        Wanted::All => (StatusCode::OK, 0, length),
        Wanted::Part { start, count } => (StatusCode::PARTIAL_CONTENT, start, count),
        Wanted::Nothing => {
            let mut response = text(StatusCode::RANGE_NOT_SATISFIABLE, "");
            insert(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{length}"));
            return response;
        }
    };
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        let mut file = tokio::fs::File::from_std(file);
        if start > 0 && file.seek(io::SeekFrom::Start(start)).await.is_err() {
            return text(StatusCode::INTERNAL_SERVER_ERROR, "The hub could not read the file.\n");
        }
        Body::from_stream(ReaderStream::with_capacity(file.take(count), BUFFER))
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    insert(headers, header::CONTENT_LENGTH, &count.to_string());
    insert(headers, header::LAST_MODIFIED, &date);
    insert(headers, header::CONTENT_TYPE, content_type(path));
    insert(headers, header::ACCEPT_RANGES, "bytes");
    // what builds leave behind is shown, never run
    insert(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if status == StatusCode::PARTIAL_CONTENT {
        let end = start + count.saturating_sub(1);
        insert(headers, header::CONTENT_RANGE, &format!("bytes {start}-{end}/{length}"));
    }
    response
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("rpm") => "application/x-rpm",
        Some("log" | "txt" | "cfg" | "spec" | "html" | "ini" | "conf" | "patch" | "sh") => {
            "text/plain; charset=utf-8"
        }
        Some("xml") => "text/xml",
        Some("json") => "application/json",
        Some("gz") => "application/gzip",
        Some("xz") => "application/x-xz",
        Some("zst") => "application/zstd",
        Some("bz2") => "application/x-bzip2",
        _ => "application/octet-stream",
    }
}

fn moved(path: &str) -> Response {
    let mut response = text(StatusCode::MOVED_PERMANENTLY, "");
    insert(response.headers_mut(), header::LOCATION, &format!("{path}/"));
    response
}

fn not_found() -> Response {
    text(StatusCode::NOT_FOUND, "Not Found\n")
}
