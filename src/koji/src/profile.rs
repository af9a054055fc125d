//! From options and profile to a login.

use koji_client::Credentials;
use koji_config::client::ClientSettings;
use koji_config::environment;

use crate::cli::GlobalOptions;
use crate::error::{CommandError, Result};
use crate::secrets::{self, Account};

/// The configuration with the command line's options laid over it.
pub fn apply(options: &GlobalOptions, settings: &mut ClientSettings) {
    fn set<T: Clone>(to: &mut Option<T>, from: &Option<T>) {
        if from.is_some() {
            to.clone_from(from);
        }
    }
    if let Some(server) = &options.server {
        settings.server.clone_from(server);
    }
    if let Some(weburl) = &options.weburl {
        settings.weburl.clone_from(weburl);
    }
    if let Some(topdir) = &options.topdir {
        settings.topdir.clone_from(topdir);
    }
    set(&mut settings.topurl, &options.topurl);
    set(&mut settings.authtype, &options.authtype);
    set(&mut settings.cert, &options.cert);
    set(&mut settings.keytab, &options.keytab);
    set(&mut settings.principal, &options.principal);
    set(&mut settings.user, &options.user);
    set(&mut settings.password, &options.password);
    settings.debug |= options.debug;
    settings.debug_xmlrpc |= options.debug_xmlrpc;
}

/// The way to log in, in upstream's order: what authtype says, else a certificate that exists, else user and
/// password, else Kerberos.
pub fn credentials(options: &GlobalOptions, settings: &ClientSettings) -> Result<Credentials> {
    let authtype = settings.authtype.as_deref();
    let cert = settings.cert.as_ref().filter(|c| c.is_file());
    match authtype {
        Some("ssl") => ssl(options, settings),
        Some("password") => password(settings),
        Some("kerberos" | "gssapi") => kerberos(options, settings),
        Some("noauth") => Err(CommandError::new("this command needs a login, but authtype is noauth")),
        Some(other) => Err(CommandError::new(format!(
            "authtype {other} is not known: noauth, ssl, password or kerberos"
        ))),
        None if cert.is_some() => ssl(options, settings),
        None if settings.user.is_some() => password(settings),
        None if settings.keytab.is_some() || settings.principal.is_some() => kerberos(options, settings),
        None => kerberos(options, settings).and_then(|login| match koji_client::kerberos_ticket() {
            Ok(()) => Ok(login),
            Err(_) => Err(nothing()),
        }),
    }
}

fn nothing() -> CommandError {
    CommandError::new(
        "Unable to log in, no authentication methods available\n\
         Give the profile a cert, or user and password, use --user, or get a Kerberos ticket with kinit",
    )
}

fn kerberos(options: &GlobalOptions, settings: &ClientSettings) -> Result<Credentials> {
    if let Some(keytab) = settings.keytab.as_ref().filter(|k| !k.is_file()) {
        return Err(CommandError::new(format!("the keytab {} does not exist", keytab.display())));
    }
    Ok(Credentials::Gssapi {
        principal: settings.principal.clone(),
        proxyuser: options.runas.clone(),
        proxyauthtype: None,
    })
}

/// Tells Kerberos' library of the profile's keytab. Its tickets stay in this process, where the user has not said otherwise:
/// they are not to take the place of the user's own.
///
/// # Safety
///
/// No other thread may exist yet.
pub unsafe fn prepare_kerberos(settings: &ClientSettings) {
    let Some(keytab) = &settings.keytab else { return };
    let ccache = (!environment::has_ccache()).then_some("MEMORY:koji");
    let wanted = environment::Kerberos { client_keytab: Some(keytab), ccache, keytab: None };
    // SAFETY: the caller's
    unsafe { environment::set_kerberos(wanted) };
}

fn ssl(options: &GlobalOptions, settings: &ClientSettings) -> Result<Credentials> {
    let cert = settings.cert.clone().ok_or_else(|| {
        CommandError::new("authtype is ssl, but there is no client certificate: set cert, or use --cert FILE")
    })?;
    if !cert.is_file() {
        return Err(CommandError::new(format!("the client certificate {} does not exist", cert.display())));
    }
    Ok(Credentials::Ssl { cert, proxyuser: options.runas.clone(), proxyauthtype: None })
}

fn password(settings: &ClientSettings) -> Result<Credentials> {
    let user = settings
        .user
        .clone()
        .ok_or_else(|| CommandError::new("authtype is password, but there is no user: use --user NAME"))?;
    let password = match &settings.password {
        Some(password) => password.clone(),
        None => match secrets::find(Account { server: &settings.server, user: &user })? {
            Some(password) => password,
            None => ask_password(&user)?,
        },
    };
    Ok(Credentials::Password { user, password })
}

/// Asks at the terminal, without showing what is typed.
fn ask_password(user: &str) -> Result<String> {
    let prompt = format!("Password for {user}: ");
    rpassword::prompt_password(prompt).map_err(|e| {
        CommandError::new(format!(
            "cannot ask for the password of {user} here ({e}): `koji profile set-password` keeps it, \
             or set password in the profile"
        ))
    })
}
