//! The builder's way to its hub.

use std::time::Duration;

use anyhow::Context;
use koji_client::{ClientOptions, Credentials, Session};
use koji_config::kojid::KojidSettings;

/// What the client library needs to know, from kojid.conf.
pub fn client_options(settings: &KojidSettings, server: &str) -> ClientOptions {
    let mut options = ClientOptions::new(server);
    options.serverca = settings.serverca.clone();
    options.no_ssl_verify = settings.no_ssl_verify;
    options.max_retries = settings.max_retries;
    options.retry_interval = Duration::from_secs(settings.retry_interval);
    options.offline_retry = settings.offline_retry;
    options.offline_retry_interval = Some(Duration::from_secs(settings.offline_retry_interval));
    options.use_fast_upload = settings.use_fast_upload;
    if let Some(seconds) = settings.timeout {
        options.timeout = Duration::from_secs(seconds);
    }
    options
}

/// How this builder logs in. Also what a task's process renews its session with.
pub fn credentials(settings: &KojidSettings) -> anyhow::Result<Credentials> {
    let (user, password) = (settings.user.as_deref(), settings.password.as_deref());
    Credentials::of_daemon(settings.cert.as_deref(), user, password, || {
        if settings.keytab.is_file() {
            return principal(settings);
        }
        let cert = match &settings.cert {
            Some(cert) => format!("cert {} does not exist, ", cert.display()),
            None => String::new(),
        };
        anyhow::bail!(
            "no way to log in: {cert}keytab {} does not exist, and user and password are not set in kojid.conf",
            settings.keytab.display()
        )
    })
}

/// krb_principal, else host_principal_format with this host's full name.
fn principal(settings: &KojidSettings) -> anyhow::Result<String> {
    if let Some(principal) = &settings.krb_principal {
        return Ok(principal.clone());
    }
    let asked = std::process::Command::new("hostname").arg("-f").stdin(std::process::Stdio::null()).output();
    let name = asked.ok().filter(|o| o.status.success()).and_then(|o| String::from_utf8(o.stdout).ok());
    let name = name.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty());
    let name = match name {
        Some(name) => name,
        None => nix::unistd::gethostname()?.into_string().ok().context("the host's name is no text")?,
    };
    Ok(settings.host_principal_format.replace("%s", &name))
}

/// Logs in, exclusively: one daemon a host.
pub async fn login(settings: &KojidSettings, server: &str, force_lock: bool) -> anyhow::Result<Session> {
    let options = client_options(settings, server);
    Ok(Session::of_daemon(options, credentials(settings)?, force_lock).await?)
}
