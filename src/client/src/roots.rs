//! The authorities that the system trusts, read when the first certificate is to be judged: a command that talks to a hub by
//! http needs none of them, and reading them takes longer than such a command.

use std::sync::{Arc, LazyLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_native_certs::{CertificateResult, load_certs_from_paths, load_native_certs};

/// A set-up that trusts whom the system trusts, for HTTP/1.1.
pub fn config() -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = Arc::new(System { provider: provider.clone() });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

type Judge = Result<Arc<WebPkiServerVerifier>, Error>;

/// Of the one file that distributions make of all authorities; nothing where the environment names other places.
static BUNDLE: LazyLock<Option<Judge>> = LazyLock::new(|| {
    let named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].iter().any(|name| std::env::var_os(name).is_some());
    let file = openssl_probe::probe().cert_file.filter(|_| !named)?;
    Some(judge(load_certs_from_paths(Some(&file), None)))
});

/// Of every place that OpenSSL looks at: the file and the directories with hundreds of files.
static ALL: LazyLock<Judge> = LazyLock::new(|| judge(load_native_certs()));

fn judge(found: CertificateResult) -> Judge {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().map_err(|error| {
        let why = found.errors.first().map_or_else(|| error.to_string(), ToString::to_string);
        Error::General(format!("no certificates of the system's authorities can be read: {why}"))
    })
}

#[derive(Debug)]
struct System {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for System {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verify = |judge: &Judge| {
            judge.as_ref().map_err(Clone::clone)?.verify_server_cert(certificate, between, name, ocsp, now)
        };
        match BUNDLE.as_ref().map(verify) {
            // an authority that somebody put into a directory without making the file anew
            None
            | Some(Err(Error::InvalidCertificate(CertificateError::UnknownIssuer) | Error::General(_))) => {
                verify(&ALL)
            }
            Some(verdict) => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
