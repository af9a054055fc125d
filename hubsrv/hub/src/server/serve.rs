//! Accepting connections, and ending without cutting answers off.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tower::util::Oneshot;

use super::peer::ClientCertificate;
use super::tls::client_certificate;

/// How long a client may take to send the headers of a request, idle time between requests included.
const HEADERS: Duration = Duration::from_secs(75);
/// How long running requests may take when the hub is to end.
const LAST_REQUESTS: Duration = Duration::from_secs(20);

/// Ends the connection that a request came over, at once; for those whose client does not read.
#[derive(Clone, Default)]
pub(super) struct Cut(pub CancellationToken);

/// How long the handshake of a TLS connection may take.
const HANDSHAKE: Duration = Duration::from_secs(30);

/// Serves until `stop` is done, then lets running requests finish.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    accept(listener, None, router, stop).await;
}

/// As [`serve`], over TLS.
pub async fn serve_tls(
    listener: TcpListener,
    tls: TlsAcceptor,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    accept(listener, Some(tls), router, stop).await;
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(e) => {
                    // out of file descriptors, mostly: there will be some when requests end
                    tracing::error!("cannot accept a connection: {e}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let _ = stream.set_nodelay(true);
        let (router, http, tls) = (router.clone(), http.clone(), tls.clone());
        let watcher = graceful.watcher();
        tokio::spawn(async move {
            let cut = Cut::default();
            let token = cut.0.clone();
            let connection = async {
                match tls {
                    None => {
                        let calls = Calls { router, peer, cut, certificate: None };
                        watcher.watch(http.serve_connection(TokioIo::new(stream), calls)).await
                    }
                    Some(tls) => {
                        let Some(stream) = handshake(tls, stream, peer).await else { return Ok(()) };
                        let certificate = client_certificate(stream.get_ref().1.peer_certificates());
                        let calls = Calls { router, peer, cut, certificate };
                        watcher.watch(http.serve_connection(TokioIo::new(stream), calls)).await
                    }
                }
            };
            tokio::select! {
                ended = connection => if let Err(e) = ended {
                    tracing::debug!(%peer, "connection: {e}");
                },
                () = token.cancelled() => tracing::debug!(%peer, "connection cut: its client does not read"),
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(LAST_REQUESTS, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in {} seconds and are cut off", LAST_REQUESTS.as_secs());
    }
}

async fn handshake(tls: TlsAcceptor, stream: TcpStream, peer: SocketAddr) -> Option<TlsStream<TcpStream>> {
    match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(stream),
        // certificates that are not accepted end here, too
        Ok(Err(e)) => {
            tracing::warn!(ip = %peer.ip(), "TLS refused: {e}");
            None
        }
        Err(_) => {
            tracing::debug!(%peer, "TLS handshake not done in {} seconds", HANDSHAKE.as_secs());
            None
        }
    }
}

/// The requests of one connection.
#[derive(Clone)]
struct Calls {
    router: Router,
    peer: SocketAddr,
    cut: Cut,
    certificate: Option<ClientCertificate>,
}

impl Service<Request<Incoming>> for Calls {
    type Response = Response;
    type Error = Infallible;
    type Future = Oneshot<Router, Request<Incoming>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(ConnectInfo::<SocketAddr>(self.peer));
        request.extensions_mut().insert(self.cut.clone());
        if let Some(certificate) = &self.certificate {
            request.extensions_mut().insert(certificate.clone());
        }
        self.router.clone().oneshot(request)
    }
}
