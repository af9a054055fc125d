//! The certificate files that the profile names.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::certificate::{Facts, Validity, day};
use super::finding::Finding;
use super::patient::Patient;

const CLIENT: &str = "cert";
const CA: &str = "serverca";

pub fn check(patient: &Patient<'_>) -> Vec<Finding> {
    let Some(settings) = &patient.settings else { return Vec::new() };
    let mut found = Vec::new();
    let uses_cert =
        !matches!(settings.authtype.as_deref(), Some("password" | "noauth" | "kerberos" | "gssapi"));
    match &settings.cert {
        Some(path) if uses_cert => found.extend(client(path)),
        None if settings.authtype.as_deref() == Some("ssl") => {
            let text = "authtype is ssl, but there is no client certificate";
            found.push(Finding::failed(CLIENT, text, "set cert in the profile, or use --cert FILE"));
        }
        _ => {}
    }
    if let Some(path) = &settings.serverca {
        found.extend(authorities(path));
    }
    found
}

fn client(path: &Path) -> Vec<Finding> {
    let shown = path.display();
    let text = match read(CLIENT, path) {
        Ok(text) => text,
        Err(finding) => return vec![*finding],
    };
    let certificates = match certificates(CLIENT, path, &text) {
        Ok(list) => list,
        Err(finding) => return vec![*finding],
    };
    let key = PrivateKeyDer::from_pem_slice(&text);
    let Ok(key) = key else {
        let encrypted = String::from_utf8_lossy(&text).contains("ENCRYPTED");
        return vec![if encrypted {
            let why = format!("the key in {shown} is encrypted, and nobody is there to ask for its password");
            Finding::failed(
                CLIENT,
                why,
                format!("openssl pkey -in {shown} -out KEY, and put that after the certificate"),
            )
        } else {
            let why = format!("{shown} holds a certificate, but not its private key");
            Finding::failed(
                CLIENT,
                why,
                "put the key (PEM) into the same file, or get a new certificate with its key",
            )
        }];
    };
    let mut found = Vec::new();
    if let Some(first) = certificates.first() {
        found.extend(dates(CLIENT, "your certificate", path, first));
    }
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    match rustls::sign::CertifiedKey::from_der(certificates, key, &provider) {
        Ok(_) => {}
        Err(rustls::Error::InconsistentKeys(_)) => {
            let why = format!("the private key in {shown} does not belong to the certificate in it");
            found.push(Finding::failed(CLIENT, why, "put the two that belong together into the file"));
        }
        Err(e) => {
            let why = format!("{shown} cannot be used as client certificate: {e}");
            found.push(Finding::failed(CLIENT, why, "get a new certificate with its key"));
        }
    }
    if std::fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0) {
        let why = format!("others can read the private key in {shown}");
        found.push(Finding::warning(CLIENT, why, format!("chmod 600 {shown}")));
    }
    if found.is_empty() {
        found.push(Finding::fine(CLIENT, shown.to_string()));
    }
    found
}

fn authorities(path: &Path) -> Vec<Finding> {
    let list = match read(CA, path).and_then(|text| certificates(CA, path, &text)) {
        Ok(list) => list,
        Err(finding) => return vec![*finding],
    };
    let ended: Vec<Finding> = list.iter().flat_map(|c| dates(CA, "the authority", path, c)).collect();
    if ended.is_empty() {
        return vec![Finding::fine(CA, format!("{}: {} certificates", path.display(), list.len()))];
    }
    // an old authority among good ones does no harm
    let usable = ended.len() < list.len();
    ended.into_iter().take(if usable { 0 } else { 1 }).collect()
}

fn read(check: &'static str, path: &Path) -> Result<Vec<u8>, Box<Finding>> {
    std::fs::read(path).map_err(|e| {
        let text = format!("{} cannot be read: {e}", path.display());
        let remedy = match check {
            CLIENT => "correct cert in the profile or --cert; it is a PEM file with certificate and key",
            _ => "correct serverca in the profile; without it the system's authorities are used",
        };
        Box::new(Finding::failed(check, text, remedy))
    })
}

fn certificates(
    check: &'static str,
    path: &Path,
    text: &[u8],
) -> Result<Vec<CertificateDer<'static>>, Box<Finding>> {
    let list: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match list {
        Ok(list) if !list.is_empty() => Ok(list),
        _ if Facts::of(text).is_ok() => {
            let shown = path.display();
            let remedy = format!("openssl x509 -inform DER -in {shown} -out {shown}.pem");
            Err(Box::new(Finding::failed(
                check,
                format!("{shown} is a certificate in DER, not in PEM"),
                remedy,
            )))
        }
        Ok(_) => Err(no_certificate(check, path, "there is no BEGIN CERTIFICATE in it")),
        Err(e) => Err(no_certificate(check, path, &e.to_string())),
    }
}

fn no_certificate(check: &'static str, path: &Path, why: &str) -> Box<Finding> {
    let text = format!("{} holds no certificate: {why}", path.display());
    Box::new(Finding::failed(check, text, "it must be a PEM file; get it again from where it came"))
}

/// What is wrong with a certificate's dates.
fn dates(check: &'static str, what: &str, path: &Path, der: &CertificateDer<'_>) -> Vec<Finding> {
    let shown = path.display();
    let facts = match Facts::of(der) {
        Ok(facts) => facts,
        Err(e) => return vec![*no_certificate(check, path, &e)],
    };
    match facts.validity() {
        Validity::Valid => Vec::new(),
        Validity::Ended => {
            let text = format!("{what} in {shown} expired on {}", day(facts.ends));
            vec![Finding::failed(check, text, "get a new one from those who run the hub")]
        }
        Validity::NotYet => {
            let text = format!("{what} in {shown} is not valid before {}", day(facts.begins));
            vec![Finding::failed(check, text, "check the clock of this machine (timedatectl)")]
        }
        Validity::EndsSoon => {
            let text = format!("{what} in {shown} expires on {}", day(facts.ends));
            vec![Finding::warning(check, text, "get a new one in time")]
        }
    }
}
