//! The first call: is a hub at the other end?

use koji_api::methods::GetAPIVersion;
use koji_client::ClientError;

use super::finding::Finding;
use super::patient::Patient;
use crate::advice;

const CHECK: &str = "hub";

pub async fn check(patient: &mut Patient<'_>) -> Vec<Finding> {
    if let Some(skipped) = patient.skip(CHECK) {
        return vec![skipped];
    }
    let session = match patient.new_session() {
        Some(Ok(session)) => session,
        Some(Err(e)) => {
            patient.blocked = Some(CHECK);
            return vec![Finding::failed(
                CHECK,
                e.to_string(),
                "correct the setting or the file that it names",
            )];
        }
        None => return Vec::new(),
    };
    let finding = match session.call(GetAPIVersion {}).await {
        Ok(version) if version.as_int() == Some(1) => Finding::fine(CHECK, "answers calls"),
        Ok(version) => {
            let text = format!("it answers with API version {version:?}; this client knows version 1");
            Finding::warning(CHECK, text, "use a newer client")
        }
        Err(e) => failure(patient, &e),
    };
    if finding.state == super::State::Failed {
        patient.blocked = Some(CHECK);
    }
    patient.session = Some(session);
    vec![finding]
}

fn failure(patient: &Patient<'_>, e: &ClientError) -> Finding {
    let remedy = advice::remedy(e).unwrap_or_else(|| "ask those who run the hub".into());
    match (&patient.proxy, e) {
        (Some(proxy), ClientError::Connect { cause, .. } | ClientError::Lost { cause, .. }) => {
            let host = super::patient::host(proxy);
            let text = format!("the proxy {host} does not let the connection through: {cause}");
            Finding::failed("proxy", text, proxy_remedy(cause))
        }
        (Some(proxy), ClientError::Http { status: 407, .. }) => {
            let host = super::patient::host(proxy);
            let text = format!("the proxy {host} wants a login (HTTP status 407)");
            Finding::failed("proxy", text, proxy_remedy("407"))
        }
        (_, ClientError::Tls { cause, .. }) if cause.contains("UnknownIssuer") => {
            untrusted(patient, e, remedy)
        }
        _ => Finding::failed(CHECK, e.to_string(), remedy),
    }
}

/// Nobody here vouches for the hub's certificate.
fn untrusted(patient: &Patient<'_>, e: &ClientError, remedy: String) -> Finding {
    let Some(facts) = &patient.certificate else { return Finding::failed("tls", e.to_string(), remedy) };
    let by = if facts.is_self_signed() { "itself".to_owned() } else { facts.issuer.clone() };
    let serverca = patient.settings.as_ref().and_then(|s| s.serverca.as_ref());
    let (trusted, remedy) = match serverca {
        Some(file) => (
            format!("which is not in serverca {}", file.display()),
            "get the file of the hub's authority from those who run the hub",
        ),
        None => (
            "which this machine does not trust".to_owned(),
            "set serverca in the profile to the file of the hub's authority",
        ),
    };
    Finding::failed("tls", format!("the hub's certificate was issued by {by}, {trusted}"), remedy)
}

fn proxy_remedy(cause: &str) -> &'static str {
    if cause.contains("407") || cause.contains("proxy authorization required") {
        "give user and password in the variable: http://USER:PASSWORD@HOST:PORT"
    } else {
        "ask those who run the proxy, or name the hub in NO_PROXY"
    }
}
