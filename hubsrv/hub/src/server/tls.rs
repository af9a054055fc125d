//! The hub's own TLS, with client certificates for those who have one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use koji_config::hub::HubSettings;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::peer::ClientCertificate;
use crate::auth::Dn;

/// Settings that make no TLS listener.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("ListenTLS needs TLSCertificate, the file of the hub's certificate")]
    NoCertificate,
    #[error("{option} {} cannot be used: {cause}", path.display())]
    File { option: &'static str, path: PathBuf, cause: String },
    #[error("TLSCertificate and TLSKey do not make a server: {0}")]
    Pair(rustls::Error),
}

/// What accepts TLS connections, as the settings say.
pub fn acceptor(settings: &HubSettings) -> Result<TlsAcceptor, TlsError> {
    let certificate = settings.tls_certificate.as_ref().ok_or(TlsError::NoCertificate)?;
    let chain = certificates("TLSCertificate", certificate)?;
    let (option, path) = match &settings.tls_key {
        Some(path) => ("TLSKey", path),
        None => ("TLSCertificate", certificate),
    };
    let key = PrivateKeyDer::from_pem_file(path).map_err(|e| unusable(option, path, e))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Pair)?;
    let builder = match &settings.tls_client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => builder.with_client_cert_verifier(verifier(path, provider)?),
    };
    let mut config = builder.with_single_cert(chain, key).map_err(TlsError::Pair)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Clients may come without a certificate; one that is shown must be good.
fn verifier(
    path: &Path,
    provider: Arc<rustls::crypto::CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let mut roots = RootCertStore::empty();
    for authority in certificates("TLSClientCA", path)? {
        roots.add(authority).map_err(|e| unusable("TLSClientCA", path, e))?;
    }
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .allow_unauthenticated()
        .build()
        .map_err(|e| unusable("TLSClientCA", path, e))
}

fn certificates(option: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let found = read.map_err(|e| unusable(option, path, e))?;
    if found.is_empty() {
        return Err(unusable(option, path, "there is no certificate in it"));
    }
    Ok(found)
}

fn unusable(option: &'static str, path: &Path, cause: impl ToString) -> TlsError {
    TlsError::File { option, path: path.to_path_buf(), cause: cause.to_string() }
}

/// The subject of the first of the certificates that a client showed.
pub fn client_certificate(shown: Option<&[CertificateDer]>) -> Option<ClientCertificate> {
    let (_, certificate) = X509Certificate::from_der(shown?.first()?).ok()?;
    let subject = Dn::of(certificate.subject());
    if subject.is_none() {
        tracing::warn!("the subject of a client certificate is not readable; it counts as none");
    }
    subject.map(|dn| ClientCertificate(Arc::new(dn)))
}
