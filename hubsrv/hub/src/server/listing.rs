//! A directory as a page of links.

use std::fmt::Write as _;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::store::{Entry, Kind};

/// Characters of a name that mean something in a URL.
const IN_URL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'\'')
    .add(b'&');

/// The page for the directory at `path`, which is as in the URL.
pub(super) fn page(path: &str, entries: &[(String, Entry)]) -> Response {
    let shown = percent_decode_str(path).decode_utf8_lossy();
    let title = escaped(&shown);
    let mut html = format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body><h1>{title}</h1>\n<pre>\n"
    );
    if !path.trim_matches('/').is_empty() {
        html.push_str("<a href=\"../\">../</a>\n");
    }
    for (name, entry) in entries {
        let slash = if entry.kind == Kind::Dir { "/" } else { "" };
        let url = utf8_percent_encode(name, IN_URL);
        let date = httpdate::fmt_http_date(entry.modified_time());
        // a name with a colon would be a scheme without the "./"
        let _ =
            writeln!(html, "<a href=\"./{url}{slash}\">{}{slash}</a>  {date}  {}", escaped(name), entry.size);
    }
    html.push_str("</pre></body></html>\n");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, html).into_response()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
