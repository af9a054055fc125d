//! The builder's way to its hub.

use std::time::Duration;

use anyhow::Context;
use koji_client::{ClientOptions, Credentials, Session};
use koji_config::environment;
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

/// How this builder logs in, in upstream's order: a certificate that is there, user and password, Kerberos. Also what a task's
/// process renews its session with.
pub fn credentials(settings: &KojidSettings) -> anyhow::Result<Credentials> {
    if let Some(cert) = settings.cert.as_ref().filter(|c| c.is_file()) {
        return Ok(Credentials::Ssl { cert: cert.clone(), proxyuser: None, proxyauthtype: None });
    }
    if let Some(user) = &settings.user {
        let password = settings.password.clone();
        let password = password.with_context(|| format!("user is {user}, but there is no password"))?;
        return Ok(Credentials::Password { user: user.clone(), password });
    }
    if settings.keytab.is_file() {
        let principal = Some(principal(settings)?);
        return Ok(Credentials::Gssapi { principal, proxyuser: None, proxyauthtype: None });
    }
    let cert = match &settings.cert {
        Some(cert) => format!("cert {} does not exist, ", cert.display()),
        None => String::new(),
    };
    anyhow::bail!(
        "no way to log in: {cert}keytab {} does not exist, and user and password are not set in kojid.conf",
        settings.keytab.display()
    )
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

/// Tells Kerberos' library where keytab and tickets are.
///
/// # Safety
///
/// No other thread may exist yet.
pub unsafe fn prepare_kerberos(settings: &KojidSettings) {
    // an empty one stands for no login that ever works
    if std::fs::metadata(&settings.ccache).is_ok_and(|m| m.len() == 0) {
        let _ = std::fs::remove_file(&settings.ccache);
    }
    let ccache = format!("FILE:{}", settings.ccache.display());
    let wanted =
        environment::Kerberos { client_keytab: Some(&settings.keytab), ccache: Some(&ccache), keytab: None };
    // SAFETY: the caller's
    unsafe { environment::set_kerberos(wanted) };
}

/// Logs in, exclusively: one daemon a host.
pub async fn login(settings: &KojidSettings, server: &str, force_lock: bool) -> anyhow::Result<Session> {
    let session = Session::new(client_options(settings, server))?;
    let credentials = credentials(settings)?;
    let how = format!("{credentials:?}");
    session.login(credentials).await.with_context(|| format!("cannot log in to {server} by {how}"))?;
    session.exclusive_session(force_lock).await.context(
        "cannot get the host's exclusive session (another kojid of this host runs? --force-lock takes it over)",
    )?;
    Ok(session)
}
