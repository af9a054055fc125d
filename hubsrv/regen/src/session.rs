//! The daemon's way to its hub.

use std::time::Duration;

use anyhow::Context;
use koji_client::{ClientOptions, Credentials, Session};
use koji_config::kojira::KojiraSettings;

/// Logs in, exclusively: one kojira a hub.
pub async fn login(settings: &KojiraSettings, force_lock: bool) -> anyhow::Result<Session> {
    let server =
        settings.server.as_deref().context("no hub: set server in kojira.conf, or give --server URL")?;
    let mut options = ClientOptions::new(server);
    options.serverca.clone_from(&settings.serverca);
    options.no_ssl_verify = settings.no_ssl_verify;
    options.max_retries = settings.max_retries;
    options.retry_interval = Duration::from_secs(settings.retry_interval);
    options.offline_retry = settings.offline_retry;
    options.offline_retry_interval = Some(Duration::from_secs(settings.offline_retry_interval));
    Ok(Session::of_daemon(options, credentials(settings)?, force_lock).await?)
}

fn credentials(settings: &KojiraSettings) -> anyhow::Result<Credentials> {
    let (user, password) = (settings.user.as_deref(), settings.password.as_deref());
    Credentials::of_daemon(settings.cert.as_deref(), user, password, || {
        settings.principal.clone().context(
            "no way to log in: set principal (and keytab), cert, or user and password in kojira.conf",
        )
    })
}
