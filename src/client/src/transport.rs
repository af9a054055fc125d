//! One HTTP request and its answer.

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Certificate, Client, ClientBuilder, Identity, Response};
use url::Url;

use crate::error::{ClientError, Result};
use crate::{ClientOptions, roots};

/// A request that can be sent again as it is, with the same call number.
#[derive(Clone)]
pub struct Prepared {
    /// May carry a session key in its query: never shown, see [`shown`].
    pub url: Url,
    pub content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    pub timeout: Duration,
    /// Sent with proof by Kerberos of who sends it.
    pub kerberos: Option<Kerberos>,
}

/// Whose proof: the principal, where it is not left to Kerberos' own configuration.
#[derive(Debug, Clone)]
pub struct Kerberos {
    pub principal: Option<String>,
}

/// What every HTTP client of this crate has in common that has no certificate of its own.
pub fn builder(options: &ClientOptions) -> Result<ClientBuilder> {
    let builder = plain(options)?;
    if options.no_ssl_verify || options.serverca.is_some() {
        return Ok(builder);
    }
    let config = roots::config().map_err(|e| ClientError::Options(format!("cannot set up TLS: {e}")))?;
    Ok(builder.tls_backend_preconfigured(config))
}

fn plain(options: &ClientOptions) -> Result<ClientBuilder> {
    let mut builder = Client::builder()
        .user_agent("koji/1")
        .connect_timeout(options.connect_timeout)
        .tcp_keepalive(Duration::from_secs(60))
        .tls_danger_accept_invalid_certs(options.no_ssl_verify);
    if let Some(path) = &options.serverca {
        let pem = read(path, "server CA")?;
        let certificates =
            Certificate::from_pem_bundle(&pem).map_err(|e| unusable(path, "server CA", &root_cause(&e)))?;
        builder = builder.tls_certs_only(certificates);
    }
    Ok(builder)
}

/// The client for calls. It does not follow redirections: the headers of a session are not for others.
pub fn client(options: &ClientOptions, cert: Option<&Path>) -> Result<Client> {
    let builder = match cert {
        None => builder(options)?,
        Some(path) => {
            let pem = read(path, "client certificate")?;
            let identity = Identity::from_pem(&pem)
                .map_err(|e| unusable(path, "client certificate with its key", &root_cause(&e)))?;
            plain(options)?.identity(identity)
        }
    };
    let builder = builder.redirect(reqwest::redirect::Policy::none());
    builder.build().map_err(|e| ClientError::Options(format!("cannot set up HTTP: {}", root_cause(&e))))
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| unusable(path, what, &e.to_string()))
}

fn unusable(path: &Path, what: &str, cause: &str) -> ClientError {
    ClientError::Options(format!("{} cannot be used as {what}: {cause}", path.display()))
}

/// Sends once. An answer with another status than 2xx is an error; faults are not seen here.
pub async fn send(client: &Client, request: &Prepared) -> Result<(HeaderMap, Bytes)> {
    if let Some(Kerberos { principal }) = &request.kerberos {
        return crate::negotiate::send(client, request, principal.as_deref()).await;
    }
    let response = post(client, request).await?;
    received(request, response).await
}

pub async fn post(client: &Client, request: &Prepared) -> Result<Response> {
    let mut post = client
        .post(request.url.clone())
        .header("Content-Type", request.content_type)
        .timeout(request.timeout)
        .body(request.body.clone());
    for (name, value) in &request.headers {
        post = post.header(*name, value);
    }
    post.send().await.map_err(|e| error(&request.url, request.timeout, &e))
}

/// Headers and body of a good answer.
pub async fn received(request: &Prepared, response: Response) -> Result<(HeaderMap, Bytes)> {
    let mut response = check(&request.url, response).await?;
    let headers = std::mem::take(response.headers_mut());
    let body = response.bytes().await.map_err(|e| error(&request.url, request.timeout, &e))?;
    Ok((headers, body))
}

/// Turns a status other than 2xx into an error.
pub async fn check(url: &Url, response: Response) -> Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let text = match response.headers().get("Location").and_then(|l| l.to_str().ok()) {
        Some(to) if status.is_redirection() => format!("it has moved to {to}"),
        _ => first_line(&response.bytes().await.unwrap_or_default()),
    };
    Err(ClientError::Http { url: shown(url), status: status.as_u16(), text })
}

/// The first line of plain text; nothing of an HTML page.
fn first_line(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..body.len().min(4096)).unwrap_or_default());
    let line = text.trim_start().lines().next().unwrap_or_default().trim();
    if line.starts_with('<') {
        String::new()
    } else {
        line.chars().filter(|c| !c.is_control()).take(200).collect()
    }
}

/// The URL without query and credentials, for messages.
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    // only fails for URLs without a host, which have no credentials
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.into()
}

pub fn error(url: &Url, timeout: Duration, error: &reqwest::Error) -> ClientError {
    let url = shown(url);
    if let Some(cause) = certificate_problem(error) {
        return ClientError::Tls { url, cause };
    }
    let cause = root_cause(error);
    if error.is_connect() {
        ClientError::Connect { url, cause }
    } else if error.is_timeout() {
        ClientError::Timeout { url, after: timeout }
    } else {
        ClientError::Lost { url, cause }
    }
}

/// A refusal of one side's certificate, if that is what is behind `error`.
fn certificate_problem(error: &reqwest::Error) -> Option<String> {
    use rustls::AlertDescription::*;
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(e) = source {
        // an I/O error passes over what it wraps when it is asked for its source
        let wrapped = e.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        match e.downcast_ref() {
            Some(rustls::Error::InvalidCertificate(why)) => {
                return Some(format!("the hub's certificate is not accepted: {why}"));
            }
            Some(rustls::Error::AlertReceived(
                alert @ (BadCertificate
                | UnsupportedCertificate
                | CertificateRevoked
                | CertificateExpired
                | CertificateUnknown
                | CertificateRequired
                | UnknownCA
                | DecryptError
                | AccessDenied),
            )) => return Some(format!("the hub does not accept the client's certificate: {alert:?}")),
            _ => source = wrapped.map(|w| w as &(dyn Error + 'static)).or_else(|| e.source()),
        }
    }
    None
}

/// The innermost cause, which is the one that says something ("Connection refused (os error 111)").
pub fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
