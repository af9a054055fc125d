//! From a call to the HTTP request that carries it.

use bytes::Bytes;
use koji_xmlrpc::{Value, write_call};
use url::Url;

use super::Session;
use super::state::Login;
use crate::error::{ClientError, Result};
use crate::transport::Prepared;

/// A call before it has a number.
pub(crate) enum Payload {
    Call {
        name: String,
        body: Bytes,
    },
    /// Bytes of a file, with the query that says where they go.
    Upload {
        query: Vec<(&'static str, String)>,
        chunk: Bytes,
    },
}

impl Payload {
    pub fn call(name: &str, params: &[Value]) -> Self {
        Payload::Call { name: name.to_owned(), body: write_call(name, params).into() }
    }

    pub fn name(&self) -> &str {
        match self {
            Payload::Call { name, .. } => name,
            Payload::Upload { .. } => "rawUpload",
        }
    }
}

/// The URL of the hub, checked.
pub(crate) fn hub_url(server: &str) -> Result<Url> {
    let wrong = |why: String| ClientError::Options(format!("{server:?} is no URL of a hub: {why}"));
    let url = Url::parse(server).map_err(|e| wrong(e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("it should begin with http:// or https:// and a host".into()));
    }
    Ok(url)
}

impl Session {
    /// Gives `payload` its call number and the marks of the session it belongs to.
    pub(super) fn prepare(&self, payload: &Payload, login: Option<&mut Login>) -> Result<Prepared> {
        let mut url = self.inner.url();
        let mut headers = Vec::new();
        if let Payload::Upload { query, .. } = payload {
            url.query_pairs_mut().extend_pairs(query);
        }
        if let Some(login) = login {
            let callnum = login.next_callnum().to_string();
            let id = login.info.id.to_string();
            let key = login.info.key.clone();
            // a login is sent to renew an expired session: the URL form would refuse that as any other call
            if !login.info.header_auth && !matches!(payload.name(), "login" | "sslLogin") {
                url.query_pairs_mut().extend_pairs([
                    ("session-id", &id),
                    ("session-key", &key),
                    ("callnum", &callnum),
                ]);
            }
            headers =
                vec![("Koji-Session-Id", id), ("Koji-Session-Key", key), ("Koji-Session-Callnum", callnum)];
        }
        let mut timeout = self.timeout.unwrap_or(self.inner.options.timeout);
        let (content_type, body) = match payload {
            Payload::Call { body, .. } => ("text/xml", body),
            Payload::Upload { chunk, .. } => ("application/octet-stream", chunk),
        };
        if payload.name() == "sslLogin" {
            timeout = timeout.min(self.inner.options.auth_timeout);
            let path = format!("{}/ssllogin", url.path().trim_end_matches('/'));
            url.set_path(&path);
        }
        Ok(Prepared { url, content_type, headers, body: body.clone(), timeout, kerberos: None })
    }
}
