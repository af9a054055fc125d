//! The TLS handshake: does the port speak it, and whose certificate comes?

use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio_rustls::TlsConnector;
use url::Url;

use super::certificate::{Facts, Validity, day};
use super::finding::Finding;
use super::patient::{Patient, host};
use super::tcp;

const CHECK: &str = "tls";

pub async fn check(patient: &mut Patient<'_>) -> Vec<Finding> {
    if let Some(skipped) = patient.skip(CHECK) {
        return vec![skipped];
    }
    let Some(url) = patient.server.clone() else { return Vec::new() };
    if url.scheme() != "https" {
        let local = matches!(host(&url).as_str(), "localhost" | "127.0.0.1" | "::1");
        return vec![if local {
            Finding::skipped(CHECK, "the hub is on this machine and addressed by http")
        } else {
            let text = "the hub is addressed by http: what is sent, passwords too, can be read on the way";
            Finding::warning(CHECK, text, "use https in server, if the hub offers it")
        }];
    }
    if patient.proxy.is_some() {
        return vec![Finding::skipped(CHECK, "behind the proxy; see hub")];
    }
    let finding = match handshake(&url, patient).await {
        Ok(certificate) => {
            patient.certificate = Facts::of(&certificate).ok();
            judge(&url, patient)
        }
        Err((text, remedy)) => Finding::failed(CHECK, text, remedy),
    };
    if finding.state == super::State::Failed {
        patient.blocked = Some(CHECK);
    }
    vec![finding]
}

/// The certificate is read here; whether it is trusted says the hub's check, which uses it as every command does.
fn judge(url: &Url, patient: &Patient<'_>) -> Finding {
    let host = host(url);
    let Some(facts) = &patient.certificate else {
        let text = format!("the certificate of {host} cannot be read");
        return Finding::failed(CHECK, text, "tell those who run the hub");
    };
    if patient.settings.as_ref().is_some_and(|s| s.no_ssl_verify.is_some()) {
        return Finding::fine(CHECK, "not verified, as the profile says");
    }
    match facts.validity() {
        Validity::Ended => {
            let text = format!("the certificate of {host} expired on {}", day(facts.ends));
            return Finding::failed(
                CHECK,
                text,
                "those who run the hub must renew it; check also the clock of this machine",
            );
        }
        Validity::NotYet => {
            let text = format!("the certificate of {host} is not valid before {}", day(facts.begins));
            return Finding::failed(CHECK, text, "the clock of this machine is probably wrong (timedatectl)");
        }
        Validity::Valid | Validity::EndsSoon => {}
    }
    if !facts.is_for(&host) {
        let names = if facts.names.is_empty() { "no name".to_owned() } else { facts.names.join(", ") };
        let text = format!("the certificate is for {names}, not for {host}");
        return Finding::failed(
            CHECK,
            text,
            "use the name of the certificate in server, or it is another machine than you think",
        );
    }
    if facts.validity() == Validity::EndsSoon {
        let text = format!("the certificate of {host} expires on {}", day(facts.ends));
        return Finding::warning(CHECK, text, "remind those who run the hub");
    }
    Finding::fine(CHECK, format!("{host}, valid until {}, issued by {}", day(facts.ends), facts.issuer))
}

/// The hub's certificate, whoever issued it.
pub async fn handshake(url: &Url, patient: &Patient<'_>) -> Result<Vec<u8>, (String, &'static str)> {
    let stream = tcp::connect(url, patient.wait).await?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let taker = Arc::new(Taker { provider: Arc::clone(&provider), certificate: Mutex::default() });
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|e| (e.to_string(), "this program is broken"))?;
    let verifier: Arc<dyn ServerCertVerifier> = taker.clone();
    let config = config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    let host = host(url);
    let name =
        ServerName::try_from(host.clone()).map_err(|e| (e.to_string(), "correct the name in server"))?;
    let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let outcome = tokio::time::timeout(patient.wait, connecting).await;
    let certificate = taker.certificate.lock().ok().and_then(|mut slot| slot.take());
    match (outcome, certificate) {
        // a server that then wants ours has shown its own; the hub's check tells about the rest
        (_, Some(certificate)) => Ok(certificate),
        (Ok(Err(e)), None) => Err(explain(&host, &e)),
        (Ok(Ok(_)), None) => Err((format!("{host} showed no certificate"), "tell those who run the hub")),
        (Err(_), None) => Err((
            format!("{host} does not answer the TLS handshake"),
            "the port may belong to another service; check the URL",
        )),
    }
}

fn explain(host: &str, e: &std::io::Error) -> (String, &'static str) {
    let tls = e.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match tls {
        Some(Error::InvalidMessage(_)) => (
            format!("{host} does not speak TLS on this port"),
            "it is probably plain http: use http:// in server, or the port of https",
        ),
        Some(Error::AlertReceived(alert)) => (
            format!("{host} refuses the handshake: {alert:?}"),
            "its TLS is too old or set up for another name; TLS 1.2 is the least",
        ),
        Some(Error::PeerIncompatible(why)) => (
            format!("there is no TLS version or cipher that {host} and this client share: {why:?}"),
            "the server must offer TLS 1.2 or newer",
        ),
        _ => (
            format!("{host} broke off the TLS handshake: {e}"),
            "something in between (firewall, proxy) may end it; is the port right?",
        ),
    }
}

/// Accepts and keeps every certificate: nothing is sent over this connection.
#[derive(Debug)]
struct Taker {
    provider: Arc<CryptoProvider>,
    certificate: Mutex<Option<Vec<u8>>>,
}

impl ServerCertVerifier for Taker {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Ok(mut slot) = self.certificate.lock() {
            *slot = Some(certificate.to_vec());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            cert,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            cert,
            signature,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
