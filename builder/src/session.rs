//! The builder's way to its hub.

use std::time::Duration;

use anyhow::Context;
use koji_client::{ClientOptions, Session};
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

/// Logs in, exclusively: one daemon a host.
pub async fn login(settings: &KojidSettings, server: &str, force_lock: bool) -> anyhow::Result<Session> {
    let session = Session::new(client_options(settings, server))?;
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
            "no way to log in to {server}: set user and password, or cert, in kojid.conf (Kerberos is not built in)"
        ),
    }
    session.exclusive_session(force_lock).await.context(
        "cannot get the host's exclusive session (another kojid of this host runs? --force-lock takes it over)",
    )?;
    Ok(session)
}
