//! HTTP Negotiate (RFC 4559) on `/kojihub/ssllogin`: Kerberos says who calls.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::text;
use crate::auth::kerberos::{Accepted, Acceptor};

/// The path on which clients log in without a password. Exactly this one, because web servers in front protect exactly this
/// one.
pub fn is_login(path: &str) -> bool {
    path.trim_end_matches('/') == "/kojihub/ssllogin"
}

/// What the caller has to do with Kerberos.
pub enum Negotiated {
    /// Nothing: the call is as anonymous as before.
    No,
    /// It is this principal; the header goes with the answer.
    Yes(String, Option<HeaderValue>),
    /// This is the answer.
    Refused(Response),
}

/// Looks at the token, if there is one; without one and without another identity (`known`) the caller is asked for it.
pub async fn negotiate(acceptor: Option<&Arc<Acceptor>>, headers: &HeaderMap, known: bool) -> Negotiated {
    let Some(acceptor) = acceptor else { return Negotiated::No };
    let Some(token) = token(headers) else {
        return match known {
            true => Negotiated::No,
            false => Negotiated::Refused(challenge("log in with Kerberos or a client certificate")),
        };
    };
    let Ok(token) = STANDARD.decode(token) else {
        return Negotiated::Refused(challenge("the token is no base64"));
    };
    let acceptor = Arc::clone(acceptor);
    // reads the keytab and the replay cache
    let accepted = tokio::task::spawn_blocking(move || acceptor.accept(&token)).await;
    match accepted {
        Ok(Ok(Accepted { principal, reply })) => {
            let reply =
                reply.and_then(|r| HeaderValue::try_from(format!("Negotiate {}", STANDARD.encode(r))).ok());
            Negotiated::Yes(principal, reply)
        }
        Ok(Err(e)) => {
            tracing::warn!("login by Kerberos refused: {e}");
            Negotiated::Refused(challenge(&e.to_string()))
        }
        Err(e) => {
            tracing::error!("a worker of the hub failed: {e}");
            Negotiated::Refused(text(StatusCode::INTERNAL_SERVER_ERROR, "the hub failed at it\n"))
        }
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("negotiate").then(|| token.trim())
}

fn challenge(why: &str) -> Response {
    let mut response = text(StatusCode::UNAUTHORIZED, format!("Unauthorized: {why}\n"));
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Negotiate"));
    response
}
