//! What the checks know so far.

use std::time::Duration;

use koji_client::Session;
use koji_config::ClientSources;
use koji_config::client::ClientSettings;
use url::Url;

use super::certificate::Facts;
use super::finding::Finding;
use crate::cli::GlobalOptions;
use crate::commands::Setup;
use crate::context::session_with;
use crate::error::Result;

pub struct Patient<'a> {
    pub options: &'a GlobalOptions,
    pub sources: &'a ClientSources,
    pub wait: Duration,
    pub no_login: bool,
    /// Known after the profile's check.
    pub profile: String,
    pub settings: Option<ClientSettings>,
    pub server: Option<Url>,
    /// The proxy that stands between.
    pub proxy: Option<Url>,
    /// The hub's certificate, when it was seen.
    pub certificate: Option<Facts>,
    /// The first problem on the way to the hub: later checks are not made.
    pub blocked: Option<&'static str>,
    /// Made by the check of the hub.
    pub session: Option<Session>,
}

impl<'a> Patient<'a> {
    pub fn new(setup: &'a Setup<'_>, wait: Duration, no_login: bool) -> Patient<'a> {
        Patient {
            options: setup.options,
            sources: setup.sources,
            wait,
            no_login: no_login || setup.options.noauth,
            profile: String::new(),
            settings: None,
            server: None,
            proxy: None,
            certificate: None,
            blocked: None,
            session: None,
        }
    }

    /// The next stop on the way: the proxy, else the hub itself.
    pub fn next_stop(&self) -> Option<&Url> {
        self.proxy.as_ref().or(self.server.as_ref())
    }

    /// The line of a check that an earlier problem makes pointless.
    pub fn skip(&self, check: &'static str) -> Option<Finding> {
        self.blocked.map(|by| Finding::skipped(check, format!("{BLOCKED}: first see {by}")))
    }

    /// A session that asks once and does not wait long.
    pub fn new_session(&self) -> Option<Result<Session>> {
        let mut settings = self.settings.clone()?;
        settings.max_retries = 0;
        settings.anon_retry = false;
        settings.offline_retry = false;
        settings.timeout = self.wait.as_secs();
        settings.auth_timeout = self.wait.as_secs();
        Some(session_with(&settings))
    }
}

const BLOCKED: &str = "not checked, as what builds on it";

/// Whether an earlier problem is why a check was not made.
pub fn is_blocked(finding: &Finding) -> bool {
    finding.text.starts_with(BLOCKED)
}

/// Name or address of a URL's host, without the brackets of IPv6.
pub fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').to_owned()
}

/// The port, also where the scheme implies it.
pub fn port(url: &Url) -> u16 {
    url.port_or_known_default().unwrap_or(80)
}
