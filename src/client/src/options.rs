//! How to reach a hub.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of a connection; the defaults are upstream's.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// URL of the hub's XML-RPC endpoint, such as `https://koji.example.com/kojihub`.
    pub server: String,
    /// PEM file with the authorities that may vouch for the hub, instead of the system's.
    pub serverca: Option<PathBuf>,
    /// Accept any certificate of the hub.
    pub no_ssl_verify: bool,
    /// For one call, until its answer is complete. [`crate::Session::with_timeout`] sets another one.
    pub timeout: Duration,
    /// For the calls of a login by certificate.
    pub auth_timeout: Duration,
    /// Until a TCP and TLS connection stands.
    pub connect_timeout: Duration,
    /// Further attempts after a failure that is not the call's own (connection, HTTP status, garbage), without those
    /// after a pause that was shorter than `retry_interval`.
    pub max_retries: u32,
    /// Between two attempts at most: the first repetition does not wait, the next ones 1 s, 2 s, 4 s and so on.
    pub retry_interval: Duration,
    /// Repeat calls that are made without a login, too.
    pub anon_retry: bool,
    /// Wait for a hub that says it is offline, for as long as it takes.
    pub offline_retry: bool,
    /// Between two attempts at a hub that is offline; `retry_interval` when unset.
    pub offline_retry_interval: Option<Duration>,
    /// Bytes in one request of an upload.
    pub upload_blocksize: usize,
    /// Upload in binary form without asking first whether the hub can.
    pub use_fast_upload: bool,
}

impl Default for ClientOptions {
    fn default() -> Self {
        ClientOptions {
            server: String::new(),
            serverca: None,
            no_ssl_verify: false,
            timeout: Duration::from_secs(12 * 60 * 60),
            auth_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(60),
            max_retries: 30,
            retry_interval: Duration::from_secs(20),
            anon_retry: false,
            offline_retry: false,
            offline_retry_interval: None,
            upload_blocksize: 1 << 20,
            use_fast_upload: false,
        }
    }
}

impl ClientOptions {
    /// The defaults for one hub.
    pub fn new(server: impl Into<String>) -> Self {
        ClientOptions { server: server.into(), ..Default::default() }
    }

    pub(crate) fn offline_interval(&self) -> Duration {
        self.offline_retry_interval.unwrap_or(self.retry_interval)
    }
}
