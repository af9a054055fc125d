//! Servers that are broken in one way each, on loopback.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use time::OffsetDateTime;

/// What a server does with a request: the whole answer, status line and all.
pub type Answer = Arc<dyn Fn(&str) -> Vec<u8> + Send + Sync>;

/// Starts a server; it lives as long as the test.
fn serve(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handle = Arc::new(handle);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = Arc::clone(&handle);
            std::thread::spawn(move || handle(stream));
        }
    });
    address
}

/// Plain http.
pub fn http(answer: Answer) -> SocketAddr {
    serve(move |stream| talk(stream, &answer))
}

/// https with a configuration.
pub fn https(config: Arc<ServerConfig>, answer: Answer) -> SocketAddr {
    serve(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
        talk(StreamOwned::new(connection, stream), &answer);
    })
}

/// A port where connections are closed, or kept without a word.
pub fn silent(keep: bool) -> SocketAddr {
    serve(move |stream| {
        if keep {
            std::thread::sleep(Duration::from_secs(20));
        }
        drop(stream);
    })
}

/// A port where nobody listens.
pub fn closed() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn talk(mut stream: impl Read + Write, answer: &Answer) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
            if body.len() >= length.unwrap_or(0) {
                stream.write_all(&answer(&text)).ok();
                stream.flush().ok();
                return;
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(n) => request.extend_from_slice(&buffer[..n]),
        }
        // what a web server says to a TLS handshake
        if request.first() == Some(&0x16) {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").ok();
            return;
        }
    }
}

/// An answer with this status, further header lines and body.
pub fn status(status: &str, headers: &str, body: &str) -> Answer {
    let text = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    Arc::new(move |_| text.clone().into_bytes())
}

/// A hub that works; `special` may answer a call otherwise, with a value or fault in XML.
pub fn hub(date_ahead: i64, special: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Answer {
    Arc::new(move |request| {
        let method =
            request.split("<methodName>").nth(1).and_then(|r| r.split('<').next()).unwrap_or_default();
        let body = special(method).unwrap_or_else(|| match method {
            "getAPIVersion" => value("<int>1</int>"),
            "getKojiVersion" => value("<string>1.36.1</string>"),
            "login" => value(
                "<struct><member><name>session-id</name><value><int>7</int></value></member><member><name>session-key\
                 </name><value><string>key</string></value></member></struct>",
            ),
            "getLoggedInUser" => {
                value("<struct><member><name>name</name><value><string>alice</string></value></member></struct>")
            }
            "getPerms" => value("<array><data><value><string>build</string></value></data></array>"),
            "logout" => value("<nil/>"),
            other => fault(1000, &format!("Invalid method: {other}")),
        });
        let now = SystemTime::now();
        let step = Duration::from_secs(date_ahead.unsigned_abs());
        let date = if date_ahead < 0 { now - step } else { now + step };
        let date = httpdate::fmt_http_date(date);
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nDate: {date}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    })
}

pub fn good_hub() -> Answer {
    hub(0, |_| None)
}

pub fn value(xml: &str) -> String {
    format!(
        "<?xml version='1.0'?><methodResponse><params><param><value>{xml}</value></param></params></methodResponse>"
    )
}

pub fn fault(code: i64, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<?xml version='1.0'?><methodResponse><fault><value><struct><member><name>faultCode</name><value><int>{code}</int>\
         </value></member><member><name>faultString</name><value><string>{text}</string></value></member></struct></value>\
         </fault></methodResponse>"
    )
}

/// An authority with its files.
pub struct Authority {
    dir: tempfile::TempDir,
    ca: CertifiedIssuer<'static, KeyPair>,
}

/// Days from now between which a certificate is valid.
pub type Days = (i64, i64);

pub const VALID: Days = (-10, 300);
pub const ENDED: Days = (-300, -10);
pub const FUTURE: Days = (10, 300);

impl Authority {
    pub fn new(name: &str) -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let authority = Authority { dir: tempfile::tempdir().unwrap(), ca };
        std::fs::write(authority.file(), authority.ca.pem()).unwrap();
        authority
    }

    pub fn file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    pub fn issue(&self, name: &str, days: Days) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.not_before = OffsetDateTime::now_utc() + time::Duration::days(days.0);
        params.not_after = OffsetDateTime::now_utc() + time::Duration::days(days.1);
        (params.signed_by(&key, &self.ca).unwrap(), key)
    }

    /// The server's side; with `clients` only clients with a certificate of that authority get in.
    pub fn server(&self, name: &str, days: Days, clients: Option<&Authority>) -> Arc<ServerConfig> {
        let (cert, key) = self.issue(name, days);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.ca.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Arc::new(builder.with_single_cert(vec![cert.der().clone()], key).unwrap())
    }
}
