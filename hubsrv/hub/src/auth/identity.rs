//! Who somebody other than the caller says the caller is: TLS, Kerberos, or a web server in front.

use std::fmt;

use super::Dn;

/// A verified identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A Kerberos principal, `alice@EXAMPLE.COM`.
    Principal(String),
    /// The subject of a client certificate from an authority that is trusted for that.
    Certificate(Dn),
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Identity::Principal(principal) => f.write_str(principal),
            Identity::Certificate(subject) => subject.fmt(f),
        }
    }
}
