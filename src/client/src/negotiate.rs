//! HTTP Negotiate (RFC 4559): a login by Kerberos.
//!
//! Tickets and keytabs are Kerberos' library's matter, which finds them by its configuration and environment (`KRB5CCNAME`,
//! `KRB5_CLIENT_KTNAME`); a program that has its own sets them before it has threads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use reqwest::{Client, StatusCode};

use crate::error::{ClientError, Result};
use crate::transport::{self, Prepared};

use backend::Context;

/// Tokens that the two sides may need until they know each other; Kerberos needs one each.
const ROUNDS: usize = 4;

/// Sends the request with proof of who sends it, and checks the hub's own. `principal` picks one of several tickets.
pub(crate) async fn send(
    client: &Client,
    request: &Prepared,
    principal: Option<&str>,
) -> Result<(HeaderMap, Bytes)> {
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let principal = principal.map(str::to_owned);
    let mut context = blocking(move || Context::new(&host, principal.as_deref())).await?;
    let mut from_hub: Option<Vec<u8>> = None;
    for _ in 0..ROUNDS {
        let (next, token) = step(context, from_hub.take()).await?;
        context = next;
        let mut request = request.clone();
        if let Some(token) = token {
            request.headers.push(("Authorization", format!("Negotiate {}", STANDARD.encode(token))));
        }
        let response = transport::post(client, &request).await?;
        let token = token_of(response.headers());
        if response.status() == StatusCode::UNAUTHORIZED && token.is_some() && !context.is_complete() {
            // read, so that the connection can be used again
            let _ = response.bytes().await;
            from_hub = token;
            continue;
        }
        let (headers, body) = transport::received(&request, response).await?;
        if let Some(token) = token {
            (context, _) = step(context, Some(token)).await?;
        }
        if !context.is_complete() {
            return Err(ClientError::Kerberos(format!(
                "{} has not proved that it is {}",
                transport::shown(&request.url),
                context.service()
            )));
        }
        return Ok((headers, body));
    }
    Err(ClientError::Kerberos(format!("no agreement with {}", transport::shown(&request.url))))
}

async fn step(mut context: Context, token: Option<Vec<u8>>) -> Result<(Context, Option<Vec<u8>>)> {
    blocking(move || {
        let token = context.step(token.as_deref())?;
        Ok((context, token))
    })
    .await
}

/// Kerberos reads files and asks servers.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(e) => Err(ClientError::Kerberos(format!("the worker failed: {e}"))),
    }
}

/// The hub's token, if it sent one.
fn token_of(headers: &HeaderMap) -> Option<Vec<u8>> {
    headers.get_all(WWW_AUTHENTICATE).iter().find_map(|value| {
        let (scheme, token) = value.to_str().ok()?.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("negotiate").then(|| STANDARD.decode(token.trim()).ok()).flatten()
    })
}

/// Whether there is something to log in with: a ticket, or a keytab to get one with. The error is Kerberos' own.
pub fn kerberos_ticket() -> Result<()> {
    backend::ticket()
}

#[cfg(feature = "kerberos")]
mod backend {
    use gssapi::context::{ClientCtx, CtxFlags, SecurityContext as _};
    use gssapi::credential::{Cred, CredUsage};
    use gssapi::error::Error;
    use gssapi::name::Name;
    use gssapi::oid::{
        GSS_MECH_KRB5, GSS_MECH_SPNEGO, GSS_NT_HOSTBASED_SERVICE, GSS_NT_KRB5_PRINCIPAL, OidSet,
    };

    use crate::error::{ClientError, Result};

    /// One exchange with the service `HTTP` of a host.
    pub struct Context {
        inner: ClientCtx,
        service: String,
    }

    impl Context {
        pub fn new(host: &str, principal: Option<&str>) -> Result<Context> {
            let service = format!("HTTP@{host}");
            let inner = context(&service, principal).map_err(failed)?;
            Ok(Context { inner, service })
        }

        pub fn step(&mut self, token: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
            let token = self.inner.step(token, None).map_err(failed)?;
            Ok(token.map(|t| t.to_vec()).filter(|t| !t.is_empty()))
        }

        pub fn is_complete(&self) -> bool {
            self.inner.is_complete()
        }

        pub fn service(&self) -> &str {
            &self.service
        }
    }

    pub fn ticket() -> Result<()> {
        acquire(None).map(drop).map_err(failed)
    }

    fn context(service: &str, principal: Option<&str>) -> Result<ClientCtx, Error> {
        let target = Name::new(service.as_bytes(), Some(GSS_NT_HOSTBASED_SERVICE))?;
        let own = acquire(principal)?;
        Ok(ClientCtx::new(Some(own), target, CtxFlags::GSS_C_MUTUAL_FLAG, Some(GSS_MECH_SPNEGO)))
    }

    fn acquire(principal: Option<&str>) -> Result<Cred, Error> {
        let mut mechanisms = OidSet::new();
        mechanisms.add(GSS_MECH_KRB5)?;
        mechanisms.add(GSS_MECH_SPNEGO)?;
        let name = principal.map(|p| Name::new(p.as_bytes(), Some(GSS_NT_KRB5_PRINCIPAL))).transpose()?;
        Cred::acquire(name.as_ref(), None, CredUsage::Initiate, Some(&mechanisms))
    }

    fn failed(e: Error) -> ClientError {
        ClientError::Kerberos(e.to_string())
    }
}

#[cfg(not(feature = "kerberos"))]
mod backend {
    use crate::error::{ClientError, Result};

    /// There is none without the feature `kerberos`.
    pub enum Context {}

    fn not_built() -> ClientError {
        ClientError::Kerberos("Kerberos is not built into this program (feature kerberos)".into())
    }

    pub fn ticket() -> Result<()> {
        Err(not_built())
    }

    impl Context {
        pub fn new(_: &str, _: Option<&str>) -> Result<Context> {
            Err(not_built())
        }

        pub fn step(&mut self, _: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
            match *self {}
        }

        pub fn is_complete(&self) -> bool {
            match *self {}
        }

        pub fn service(&self) -> &str {
            match *self {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_among_other_challenges() {
        let mut headers = HeaderMap::new();
        assert_eq!(token_of(&headers), None);
        headers.append(WWW_AUTHENTICATE, "Basic realm=\"x\"".parse().unwrap());
        headers.append(WWW_AUTHENTICATE, "Negotiate".parse().unwrap());
        assert_eq!(token_of(&headers), None);
        headers.append(WWW_AUTHENTICATE, "negotiate aGVsbG8=".parse().unwrap());
        assert_eq!(token_of(&headers), Some(b"hello".to_vec()));
    }
}
