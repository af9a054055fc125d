//! What can go wrong between a program and a hub.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use koji_api::FaultKind;
use koji_xmlrpc::{ConvertError, FaultDoc, ParseError};

pub type Result<T, E = ClientError> = std::result::Result<T, E>;

/// Why a call, a login or a transfer failed. The text is one line with the cause.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The hub got the call and refused it or failed at it. Never repeated.
    #[error("{}: {}", .0.class(), .0)]
    Fault(HubFault),
    /// `server` or a file named by the options cannot be used.
    #[error("{0}")]
    Options(String),
    /// No connection came to stand.
    #[error("cannot connect to {url}: {cause}")]
    Connect { url: String, cause: String },
    /// The connection broke before the answer was complete.
    #[error("lost the connection to {url}: {cause}")]
    Lost { url: String, cause: String },
    #[error("no answer from {url} within {} s", after.as_secs_f64())]
    Timeout { url: String, after: Duration },
    /// One side did not accept the other's certificate. Never repeated.
    #[error("TLS with {url} failed: {cause}")]
    Tls { url: String, cause: String },
    /// Not a hub's answer but a web server's; `text` is its first line, or where a redirection leads.
    #[error("{url} answered HTTP status {status}{}{text}", if text.is_empty() { "" } else { ": " })]
    Http { url: String, status: u16, text: String },
    /// What came back is no XML-RPC response.
    #[error("{url} sent no readable answer: {cause}")]
    Protocol { url: String, cause: ParseError },
    /// The answer of `method` has another shape than the program expects.
    #[error("unexpected answer to {method}: {cause}")]
    Reply { method: String, cause: String },
    #[error("you must be logged in to {0}")]
    NotLoggedIn(&'static str),
    #[error("unable to obtain a session: {0}")]
    Login(String),
    /// Kerberos' own words. Not repeated: nothing was sent, or the other side is not who it should be.
    #[error("unable to obtain a session (gssapi auth failed: {0})")]
    Kerberos(String),
    #[error("cannot {action} {}: {cause}", path.display())]
    File { action: &'static str, path: PathBuf, cause: std::io::Error },
    #[error("upload of {name} failed: {cause}")]
    Upload { name: String, cause: String },
    #[error("download of {url} failed: {cause}")]
    Download { url: String, cause: String },
}

impl ClientError {
    /// The fault, if the hub sent one.
    pub fn fault(&self) -> Option<&HubFault> {
        match self {
            ClientError::Fault(fault) => Some(fault),
            _ => None,
        }
    }

    /// The kind of the fault, if the hub sent one of a known code.
    pub fn fault_kind(&self) -> Option<FaultKind> {
        self.fault().and_then(HubFault::kind)
    }

    /// Could the same request succeed later? False for faults, for certificates, and for what the other
    /// side will always answer the same way.
    pub fn is_transient(&self) -> bool {
        match self {
            ClientError::Connect { .. }
            | ClientError::Lost { .. }
            | ClientError::Timeout { .. }
            | ClientError::Protocol { .. } => true,
            // redirections, a login that is refused, and a request that is itself found wrong
            ClientError::Http { status, .. } => {
                !matches!(status, 300..=399 | 400 | 401 | 405 | 411 | 413 | 414 | 415 | 431)
            }
            _ => false,
        }
    }

    pub(crate) fn reply(method: &str, cause: impl fmt::Display) -> Self {
        ClientError::Reply { method: method.to_owned(), cause: cause.to_string() }
    }

    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> ClientError {
        let path = path.into();
        move |cause| ClientError::File { action, path, cause }
    }
}

/// A fault as it came: code and text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubFault {
    pub code: i64,
    pub message: String,
}

impl HubFault {
    /// `None` for a code that no known hub sends.
    pub fn kind(&self) -> Option<FaultKind> {
        FaultKind::from_code(self.code)
    }

    pub fn is(&self, kind: FaultKind) -> bool {
        self.kind() == Some(kind)
    }

    /// Upstream's name of the class, `TagError` for instance; `Fault` for codes that have no class.
    pub fn class(&self) -> &'static str {
        self.kind().map_or("Fault", FaultKind::class)
    }

    /// The text Python shows for the exception: the message where the code has a class, else the repr of
    /// a bare fault, `<Fault 1: 'text'>`.
    pub fn python_text(&self) -> String {
        match self.kind() {
            None | Some(FaultKind::Internal) => {
                format!("<Fault {}: {}>", self.code, python_quote(&self.message))
            }
            Some(_) => self.message.clone(),
        }
    }
}

impl fmt::Display for HubFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<FaultDoc> for HubFault {
    fn from(fault: FaultDoc) -> Self {
        HubFault { code: fault.code, message: fault.string }
    }
}

impl From<HubFault> for ClientError {
    fn from(fault: HubFault) -> Self {
        ClientError::Fault(fault)
    }
}

impl From<ConvertError> for ClientError {
    fn from(error: ConvertError) -> Self {
        ClientError::reply("the call", error)
    }
}

/// Python's `repr` of a string.
fn python_quote(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            c if c < ' ' || c == '\u{7f}' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts() {
        let fault = |code, message: &str| HubFault { code, message: message.into() };
        assert_eq!(ClientError::from(fault(1003, "locked")).to_string(), "TagError: locked");
        assert_eq!(fault(1003, "locked").python_text(), "locked");
        assert_eq!(
            fault(1, "<class 'KeyError'>: 'x'").python_text(),
            "<Fault 1: \"<class 'KeyError'>: 'x'\">"
        );
        assert_eq!(fault(77, "a\n'\"").python_text(), "<Fault 77: 'a\\n\\'\"'>");
        assert_eq!(fault(77, "x").class(), "Fault");
        let http = ClientError::Http { url: "http://h/kojihub".into(), status: 502, text: String::new() };
        assert_eq!(http.to_string(), "http://h/kojihub answered HTTP status 502");
        assert!(http.is_transient());
    }
}
