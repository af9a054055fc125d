//! A connection to the next stop.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use url::Url;

use super::finding::Finding;
use super::patient::{Patient, host, port};

const CHECK: &str = "tcp";

pub async fn check(patient: &mut Patient<'_>) -> Vec<Finding> {
    if let Some(skipped) = patient.skip(CHECK) {
        return vec![skipped];
    }
    let Some(url) = patient.next_stop() else { return Vec::new() };
    let what = if patient.proxy.is_some() { "the proxy" } else { "the hub" };
    match connect(url, patient.wait).await {
        Ok(_) => vec![Finding::fine(CHECK, format!("port {} of {} is open", port(url), host(url)))],
        Err((why, remedy)) => {
            let text = format!("no connection to {what}, port {} of {}: {why}", port(url), host(url));
            patient.blocked = Some(CHECK);
            vec![Finding::failed(CHECK, text, remedy)]
        }
    }
}

/// A connection, or why there is none and what to do.
pub async fn connect(url: &Url, wait: Duration) -> Result<TcpStream, (String, &'static str)> {
    let connecting = TcpStream::connect((host(url), port(url)));
    match tokio::time::timeout(wait, connecting).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(e)) => Err((e.to_string(), remedy(&e))),
        Err(_) => Err((
            format!("no answer within {} s", wait.as_secs()),
            "a firewall drops it, or the machine is off; is a VPN or a proxy (HTTPS_PROXY) needed?",
        )),
    }
}

fn remedy(e: &io::Error) -> &'static str {
    match e.kind() {
        io::ErrorKind::ConnectionRefused => {
            "nothing listens there: check the port in the URL; else the web server is down"
        }
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => {
            "there is no way to that network: check the network connection and the VPN"
        }
        io::ErrorKind::PermissionDenied => "a rule of this machine's firewall forbids it",
        _ => "check the network connection",
    }
}
