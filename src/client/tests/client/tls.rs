//! https: the hub's certificate, the client's certificate.

use std::path::PathBuf;
use std::sync::Arc;

use crate::server::*;
use koji_api::methods::GetAPIVersion;
use koji_client::{ClientError, ClientOptions, Session};
use koji_xmlrpc::Value;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;

struct Pki {
    dir: tempfile::TempDir,
    ca: CertifiedIssuer<'static, KeyPair>,
}

impl Pki {
    fn new() -> Pki {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let pki = Pki { dir: tempfile::tempdir().unwrap(), ca };
        std::fs::write(pki.ca_file(), pki.ca.pem()).unwrap();
        pki
    }

    fn ca_file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// Certificate and key for `name`.
    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        (params.signed_by(&key, &self.ca).unwrap(), key)
    }

    fn client_file(&self, name: &str) -> PathBuf {
        let (cert, key) = self.issue(name);
        let path = self.dir.path().join(format!("{name}.pem"));
        std::fs::write(&path, key.serialize_pem() + &cert.pem()).unwrap();
        path
    }

    /// The hub's side; with `clients`, only clients with a certificate of that authority get in.
    fn server(&self, clients: Option<&Pki>) -> Arc<rustls::ServerConfig> {
        let (cert, key) = self.issue("localhost");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = rustls::ServerConfig::builder_with_provider(provider.clone());
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(pki) => {
                let mut roots = RootCertStore::empty();
                roots.add(pki.ca.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        Arc::new(builder.with_single_cert(vec![cert.der().clone()], key).unwrap())
    }
}

fn hub(request: &Request) -> Action {
    match request.call().as_str() {
        "sslLogin" => login_reply("k"),
        _ => reply(1),
    }
}

#[tokio::test]
async fn the_hubs_certificate_is_verified() {
    let pki = Pki::new();
    let server = Server::start_with(hub, Some(pki.server(None))).await;
    // would be repeated if it were taken for a passing trouble
    let strict = ClientOptions {
        anon_retry: true,
        retry_interval: std::time::Duration::from_secs(6),
        ..server.options()
    };
    let error = Session::new(strict.clone()).unwrap().call(GetAPIVersion {}).await.unwrap_err();
    assert!(matches!(error, ClientError::Tls { .. }), "{error:?}");
    assert!(error.to_string().contains("the hub's certificate is not accepted"), "{error}");
    let trusting = ClientOptions { serverca: Some(pki.ca_file()), ..strict.clone() };
    assert_eq!(Session::new(trusting).unwrap().call(GetAPIVersion {}).await.unwrap(), Value::Int(1));
    let careless = ClientOptions { no_ssl_verify: true, ..strict.clone() };
    Session::new(careless).unwrap().call(GetAPIVersion {}).await.unwrap();
    let missing = ClientOptions { serverca: Some("/nonexistent/ca.pem".into()), ..strict };
    let error = Session::new(missing).err().unwrap().to_string();
    assert!(error.starts_with("/nonexistent/ca.pem cannot be used as server CA"), "{error}");
}

#[tokio::test]
async fn login_by_certificate() {
    let pki = Pki::new();
    let server = Server::start_with(hub, Some(pki.server(Some(&pki)))).await;
    let options = ClientOptions { serverca: Some(pki.ca_file()), ..server.options() };
    // the scheme of the configuration does not matter
    let plain = ClientOptions { server: options.server.replace("https://", "http://"), ..options.clone() };
    let session = Session::new(plain).unwrap();
    session.login_ssl(pki.client_file("kojiweb"), Some("alice".into())).await.unwrap();
    session.call(GetAPIVersion {}).await.unwrap();
    let seen = server.seen();
    assert_eq!((seen[0].path.as_str(), seen[0].call().as_str()), ("/kojihub/ssllogin", "sslLogin"));
    assert_eq!(seen[0].args().1.get("proxyuser"), Some(&"alice".into()));
    assert_eq!((seen[1].path.as_str(), seen[1].callnum()), ("/kojihub", 0));

    let stranger = Pki::new();
    let session = Session::new(options.clone()).unwrap();
    let error = session.login_ssl(stranger.client_file("mallory"), None).await.unwrap_err();
    assert!(
        matches!(error, ClientError::Tls { .. } | ClientError::Connect { .. } | ClientError::Lost { .. }),
        "{error:?}"
    );
    assert!(!session.is_logged_in());
    let error = session.login_ssl(pki.ca_file(), None).await.unwrap_err().to_string();
    assert!(error.contains("cannot be used as client certificate"), "{error}");
}
