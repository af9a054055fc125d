//! The daemon's way to its hub.

use std::time::Duration;

use anyhow::Context;
use koji_client::{ClientOptions, Credentials, Session};
use koji_config::environment;
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
    let credentials = credentials(settings)?;
    let how = format!("{credentials:?}");
    session.login(credentials).await.with_context(|| format!("cannot log in to {server} by {how}"))?;
    session
        .exclusive_session(force_lock)
        .await
        .context("cannot get the exclusive session (another kojira runs? --force-lock takes it over)")?;
    Ok(session)
}

/// In upstream's order: a certificate that is there, user and password, Kerberos.
fn credentials(settings: &KojiraSettings) -> anyhow::Result<Credentials> {
    if let Some(cert) = settings.cert.as_ref().filter(|c| c.is_file()) {
        return Ok(Credentials::Ssl { cert: cert.clone(), proxyuser: None, proxyauthtype: None });
    }
    if let Some(user) = &settings.user {
        let password = settings.password.clone();
        let password = password.with_context(|| format!("user is {user}, but there is no password"))?;
        return Ok(Credentials::Password { user: user.clone(), password });
    }
    let principal = settings.principal.clone();
    let principal = principal
        .context("no way to log in: set principal (and keytab), cert, or user and password in kojira.conf")?;
    Ok(Credentials::Gssapi { principal: Some(principal), proxyuser: None, proxyauthtype: None })
}

/// Tells Kerberos' library where keytab and tickets are.
///
/// # Safety
///
/// No other thread may exist yet.
pub unsafe fn prepare_kerberos(settings: &KojiraSettings) {
    let ccache = format!("FILE:{}", settings.ccache.display());
    let wanted =
        environment::Kerberos { client_keytab: Some(&settings.keytab), ccache: Some(&ccache), keytab: None };
    // SAFETY: the caller's
    unsafe { environment::set_kerberos(wanted) };
}
