//! The name of the next stop: does it stand for an address?

use super::finding::Finding;
use super::patient::{Patient, host, port};

const CHECK: &str = "dns";

pub async fn check(patient: &mut Patient<'_>) -> Vec<Finding> {
    if let Some(skipped) = patient.skip(CHECK) {
        return vec![skipped];
    }
    let Some(url) = patient.next_stop() else { return Vec::new() };
    let (name, port) = (host(url), port(url));
    let what = if patient.proxy.is_some() { "proxy" } else { "hub" };
    if name.parse::<std::net::IpAddr>().is_ok() {
        return vec![Finding::fine(CHECK, format!("{name} is an address"))];
    }
    let looked_up = tokio::time::timeout(patient.wait, tokio::net::lookup_host((name.as_str(), port))).await;
    let problem = match looked_up {
        Ok(Ok(found)) => {
            let mut addresses: Vec<String> = found.map(|a| a.ip().to_string()).collect();
            addresses.dedup();
            if !addresses.is_empty() {
                return vec![Finding::fine(CHECK, format!("{name} is {}", addresses.join(", ")))];
            }
            "it has no address".to_owned()
        }
        Ok(Err(e)) => e.to_string(),
        Err(_) => format!("no name server answered within {} s", patient.wait.as_secs()),
    };
    patient.blocked = Some(CHECK);
    let text = format!("the name of the {what}, {name}, cannot be resolved: {problem}");
    let remedy = match what {
        "proxy" => "correct the variable of the proxy, or unset it",
        _ => {
            "check the spelling of server in the profile; is a VPN needed? Is the name server in /etc/resolv.conf reachable?"
        }
    };
    vec![Finding::failed(CHECK, text, remedy)]
}
