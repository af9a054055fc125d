//! The daemon's way to its hub.

use std::time::Duration;

use anyhow::Context;
use koji_client::{ClientOptions, Session};
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
    let session = Session::new(options)?;
    match (&settings.user, &settings.password, &settings.cert) {
        (Some(user), Some(password), _) => session
            .login_password(user, password)
            .await
            .with_context(|| format!("cannot log in to {server} as {user}"))?,
        (_, _, Some(cert)) => session
            .login_ssl(cert, None)
            .await
            .with_context(|| format!("cannot log in to {server} with the certificate {}", cert.display()))?,
        _ => anyhow::bail!(
            "no way to log in to {server}: set user and password, or cert, in kojira.conf (Kerberos is not built in)"
        ),
    }
    session
        .exclusive_session(force_lock)
        .await
        .context("cannot get the exclusive session (another kojira runs? --force-lock takes it over)")?;
    Ok(session)
}
