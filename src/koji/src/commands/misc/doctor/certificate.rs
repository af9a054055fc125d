//! The facts of a certificate.

use std::time::{SystemTime, UNIX_EPOCH};

use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// What matters of an X.509 certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub subject: String,
    pub issuer: String,
    /// Names it is for: DNS names and addresses.
    pub names: Vec<String>,
    /// Seconds since 1970.
    pub begins: i64,
    pub ends: i64,
}

/// How a certificate stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    Valid,
    NotYet,
    Ended,
    /// Within two weeks.
    EndsSoon,
}

const SOON: i64 = 14 * 86400;

impl Facts {
    /// From DER; an error text for what is no certificate.
    pub fn of(der: &[u8]) -> Result<Facts, String> {
        let (_, cert) = X509Certificate::from_der(der).map_err(|e| e.to_string())?;
        let names = match cert.subject_alternative_name() {
            Ok(Some(extension)) => extension.value.general_names.iter().filter_map(name).collect(),
            _ => Vec::new(),
        };
        Ok(Facts {
            subject: cert.subject().to_string(),
            issuer: cert.issuer().to_string(),
            names,
            begins: cert.validity().not_before.timestamp(),
            ends: cert.validity().not_after.timestamp(),
        })
    }

    pub fn validity(&self) -> Validity {
        let now = now();
        match self {
            f if f.begins > now => Validity::NotYet,
            f if f.ends < now => Validity::Ended,
            f if f.ends < now + SOON => Validity::EndsSoon,
            _ => Validity::Valid,
        }
    }

    /// Whether it is for this host; a `*` stands for one label.
    pub fn is_for(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.names.iter().any(|name| {
            let name = name.to_ascii_lowercase();
            match name.strip_prefix("*.") {
                Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest == domain),
                None => name == host,
            }
        })
    }

    pub fn is_self_signed(&self) -> bool {
        self.subject == self.issuer
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(v4) => Some(std::net::Ipv4Addr::from(v4).to_string()),
            Err(_) => <[u8; 16]>::try_from(*bytes).ok().map(|v6| std::net::Ipv6Addr::from(v6).to_string()),
        },
        _ => None,
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map(|d| d.as_secs()).unwrap_or(0);
    i64::try_from(since).unwrap_or(i64::MAX)
}

/// A day in UTC, `2026-11-24`.
pub fn day(timestamp: i64) -> String {
    jiff::Timestamp::from_second(timestamp).map(|t| t.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn facts_of_a_certificate() {
        let names =
            vec!["koji.example.com".to_owned(), "*.pkgs.example.com".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let facts = Facts::of(made.cert.der()).unwrap();
        assert!(
            facts.is_for("koji.example.com")
                && facts.is_for("a.pkgs.example.com")
                && facts.is_for("127.0.0.1")
        );
        assert!(!facts.is_for("b.a.pkgs.example.com") && !facts.is_for("example.com"));
        assert!(facts.is_self_signed());
        assert_eq!(facts.validity(), Validity::Valid);
    }

    proptest! {
        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(Facts::of(&bytes).is_err());
        }
    }
}
