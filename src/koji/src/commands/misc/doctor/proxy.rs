//! The proxy that the environment names.

use koji_config::environment;
use url::Url;

use super::finding::Finding;
use super::patient::{Patient, host};

const CHECK: &str = "proxy";

pub fn check(patient: &mut Patient<'_>) -> Vec<Finding> {
    if let Some(skipped) = patient.skip(CHECK) {
        return vec![skipped];
    }
    let Some(server) = &patient.server else { return Vec::new() };
    let Some((variable, value)) = environment::proxy(server.scheme()) else {
        return vec![Finding::fine(CHECK, "none")];
    };
    let host = host(server);
    let direct = environment::no_proxy().into_iter().find(|entry| matches(entry, &host));
    if let Some(entry) = direct {
        return vec![Finding::fine(CHECK, format!("none for {host}: NO_PROXY has {entry}"))];
    }
    let with_scheme = if value.contains("://") { value.clone() } else { format!("http://{value}") };
    match Url::parse(&with_scheme) {
        Ok(url) if url.host_str().is_some() => {
            let shown = super::patient::host(&url);
            patient.proxy = Some(url);
            vec![Finding::fine(CHECK, format!("{shown}, from {variable}"))]
        }
        _ => {
            patient.blocked = Some(CHECK);
            let text = format!("{variable} is no URL of a proxy: {value:?}");
            vec![Finding::failed(CHECK, text, format!("set {variable} to http://HOST:PORT, or unset it"))]
        }
    }
}

/// Whether an entry of NO_PROXY is for the host: `*`, the name, or a domain it is in.
fn matches(entry: &str, host: &str) -> bool {
    let entry = entry.trim_start_matches('.');
    // an entry of dots alone is for nothing
    if entry.is_empty() {
        return false;
    }
    entry == "*" || host == entry || host.strip_suffix(entry).is_some_and(|before| before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::matches;
    use proptest::prelude::*;

    #[test]
    fn entries() {
        assert!(matches("*", "a") && matches(".example.com", "koji.example.com") && matches("a", "a"));
        assert!(!matches("example.com", "notexample.com"));
    }

    proptest! {
        #[test]
        fn any_entry(entry in "[a-z.*]{0,8}", host in "[a-z.]{0,12}") {
            let entry = entry.trim_start_matches('.');
            prop_assert!(!matches(entry, &host) || entry == "*" || host.ends_with(entry));
        }
    }
}
